"""固定调用: a column shows whatever another website's column publishes, by one decision of the site manager."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import django_filters
from django import forms
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.widgets import HeaderButton

from jiyue.accounts.permissions import units_where
from jiyue.accounts.roles import Verb
from jiyue.accounts.screens import ActionScreen, ListScreen, get_visible_or_404
from jiyue.common.clock import now
from jiyue.content.columns import ColumnKind
from jiyue.content.models import ColumnPage
from jiyue.content.views.calls import CallForm
from jiyue.library import actions as library
from jiyue.library.models import StandingCall
from jiyue.websites.models import Website


ABOVE = (("content_calls", _("共享调用")), ("content_standing", _("固定调用")))


def _place(column: Any) -> str:
    return f"{column.website}　{column.title}"


class EndButton(Column):
    cell_template_name = "content/cells/standing_buttons.html"


class StandingList(ListScreen):
    page_title = _("固定调用")
    page_subtitle = _("来源栏目发布的信息，自动显示在本网站栏目")
    header_icon = "rotate"
    parents = ABOVE[:1]
    search_fields = ["source__title", "source__website__name", "target__title"]
    default_ordering = "-at"
    verbose_name_plural = _("固定调用")
    empty_title = _("还没有固定调用")
    empty_hint = _("选定来源栏目后，它已发布和今后发布的信息都显示在本网站栏目，不必逐条选取。")
    columns = [
        Column("source", label=_("来源栏目"), accessor=lambda standing: _place(standing.source)),
        Column("target", label=_("调用栏目"), accessor=lambda standing: _place(standing.target)),
        Column("by", classname="bo-wide", label=_("批准人"), accessor=lambda standing: str(standing.by or "")),
        DateColumn("at", label=_("时间"), sort_key="at"),
        EndButton("buttons", label=_("办理")),
    ]

    @property
    def header_buttons(self) -> list[HeaderButton]:
        url = reverse("content_standing_search")
        return [HeaderButton(label=_("选择来源栏目"), url=url, icon_name="plus", attrs={"class": "button"})]

    def get_base_queryset(self) -> Any:
        mine = StandingCall.objects.filter(target__unit__in=units_where(self.request.user, Verb.ARRANGE))
        return mine.select_related("source__website", "target__website", "by")


class ColumnFilters(WagtailFilterSet):
    website = django_filters.ModelChoiceFilter(label=_("网站"), queryset=Website.objects.online())

    class Meta:
        model = ColumnPage
        fields: list[str] = []


def source_columns(user: Any) -> Any:
    """Every column the public can see, except those of the only website the person keeps."""
    online = ColumnPage.objects.filter(live=True, website__state=Website.State.ONLINE)
    columns = online.exclude(column_kind=ColumnKind.CHANNEL).select_related("website")
    mine = list(Website.objects.filter(unit__in=units_where(user, Verb.ARRANGE)).values_list("pk", flat=True)[:2])
    return columns.exclude(website=mine[0]) if len(mine) == 1 else columns


class ColumnSearch(ListScreen):
    page_title = _("选择来源栏目")
    header_icon = "rotate"
    parents = ABOVE
    filterset_class = ColumnFilters
    search_fields = ["title", "website__name"]
    default_ordering = "path"
    verbose_name_plural = _("栏目")
    columns = [
        TitleColumn("title", label=_("栏目"), get_url=lambda column: reverse("content_standing_new", args=[column.pk])),
        Column("website", label=_("网站"), accessor=lambda column: str(column.website)),
        Column("kind", classname="bo-wide", label=_("类型"), accessor=lambda column: column.get_column_kind_display()),
    ]

    def get_base_queryset(self) -> Any:
        return source_columns(self.request.user)


class CallAlways(ActionScreen):
    form_class = CallForm
    page_title = _("设置固定调用")
    button = _("固定调用")
    parents = ABOVE
    done = _("已设置。来源栏目已发布的信息几秒后显示，今后发布的自动显示。")
    explanation = _("来源栏目发布的信息不再逐条审核调用。只对您信任其审核的网站设置；随时可以结束。")

    @cached_property
    def source(self) -> ColumnPage:
        return get_object_or_404(source_columns(self.request.user), pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return _place(self.source)

    def get_form_kwargs(self) -> dict[str, Any]:
        mine = ColumnPage.objects.filter(unit__in=units_where(self.request.user, Verb.ARRANGE), live=True)
        free = mine.exclude(column_kind=ColumnKind.CHANNEL).exclude(website=self.source.website_id)
        free = free.exclude(calls__source=self.source.pk).select_related("website").order_by("path")
        return {**super().get_form_kwargs(), "columns": free}

    def act(self, form: CallForm) -> StandingCall:
        return library.call_always(self.source, form.cleaned_data["column"], by=self.request.user, at=now())

    def get_back_url(self) -> str:
        return reverse("content_standing")


class EndStanding(ActionScreen):
    form_class = forms.Form
    page_title = _("结束固定调用")
    button = _("结束")
    tone = "no"
    parents = ABOVE
    done = _("已结束，它带来的信息几秒后不再显示。")

    @cached_property
    def standing(self) -> StandingCall:
        objects = StandingCall.objects.select_related("source__website", "target__website", "target__unit")
        return get_visible_or_404(objects, self.request.user, Verb.ARRANGE, within="target__unit", pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return f"{_place(self.standing.source)} → {_place(self.standing.target)}"

    @property
    def explanation(self) -> str:
        count = self.standing.brought().count()
        return str(_("由它带来的 %s 条信息从栏目中移出。本栏目自己的信息和逐条调用的信息不变。")) % count

    def act(self, form: Any) -> None:
        library.end_standing_call(self.standing, by=self.request.user, at=now())

    def get_back_url(self) -> str:
        return reverse("content_standing")
