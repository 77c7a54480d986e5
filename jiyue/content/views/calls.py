"""共享调用: find what the cluster has published, show it in a column of one's own, approve and end calls."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.widgets import HeaderButton

from jiyue.accounts.models import User
from jiyue.accounts.permissions import can, can_anywhere, units_where
from jiyue.accounts.roles import Verb
from jiyue.accounts.screens import Act, ActionScreen, ListScreen, get_visible_or_404
from jiyue.common.clock import now
from jiyue.content import actions
from jiyue.content.columns import ColumnKind
from jiyue.content.listing import SEES, websites_for
from jiyue.content.models import ColumnPage
from jiyue.library import actions as library
from jiyue.library.classification import Kind
from jiyue.library.models import Placement, Release
from jiyue.websites.models import Website


class ReleaseFilters(WagtailFilterSet):
    website = django_filters.ModelChoiceFilter(label=_("来源网站"), queryset=Website.objects.online())
    kind = django_filters.ChoiceFilter(
        label=_("类型"), choices=[choice for choice in Kind.choices if choice[0] not in {Kind.HOME, Kind.COLUMN}]
    )

    class Meta:
        model = Release
        fields: list[str] = []


class CallSearch(ListScreen):
    """Everything online in the cluster: it is public, so everybody who may call sees all of it."""

    page_title = _("选取信息")
    page_subtitle = _("在全平台已发布的信息中查找，调用到本网站栏目")
    header_icon = "link"
    parents = (("content_calls", _("共享调用")),)
    filterset_class = ReleaseFilters
    search_fields = ["title", "doc_number"]
    default_ordering = "-released_at"
    verbose_name_plural = _("信息")
    empty_title = _("平台上还没有已发布的信息")
    columns = [
        TitleColumn("title", label=_("标题"), get_url=lambda release: reverse("content_call", args=[release.pk])),
        Column("website", classname="bo-wide", label=_("来源网站"), accessor=lambda release: str(release.website)),
        Column(
            "column",
            classname="bo-wide",
            label=_("栏目"),
            accessor=lambda release: release.column.title if release.column else "",
        ),
        Column("kind", classname="bo-wide", label=_("类型"), accessor=lambda release: release.get_kind_display()),
        DateColumn("released_at", label=_("发布时间"), sort_key="released_at"),
    ]

    def get_base_queryset(self) -> Any:
        return online_releases().select_related("column").defer("body_html", "body_text", "facts", "media")


def online_releases() -> QuerySet[Release]:
    """What the public sees: a website that is not online yet shows its releases to nobody else."""
    online = Release.objects.live().items().filter(website__state=Website.State.ONLINE)
    return online.select_related("website")


class CallForm(forms.Form):
    column = forms.ModelChoiceField(label=_("调用到栏目"), queryset=ColumnPage.objects.none())

    def __init__(self, *args: Any, columns: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["column"]
        field.queryset = columns
        field.label_from_instance = lambda column: f"{column.website}　{column.title}"


class Call(ActionScreen):
    template_name = "content/call.html"
    form_class = CallForm
    page_title = _("调用到栏目")
    button = _("调用")
    parents = (("content_calls", _("共享调用")), ("content_call_search", _("选取信息")))

    @cached_property
    def release(self) -> Release:
        return get_object_or_404(online_releases(), pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return self.release.title

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "columns": callable_columns(self.request.user, self.release)}

    def act(self, form: CallForm) -> Placement:
        return actions.call(self.release, form.cleaned_data["column"], by=self.request.user, at=now())

    def get_done(self) -> str:
        return str(_("已调用，几秒后显示。") if self.result.approved else _("已提交调用，等本网站审核员审核后显示。"))

    def get_back_url(self) -> str:
        return reverse("content_calls")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        url = self.release.item.get_full_url()
        return {**super().get_context_data(**kwargs), "release": self.release, "public_url": url}


def callable_columns(user: User, release: Release) -> Any:
    """The columns of the person's websites that may still show the release."""
    mine = ColumnPage.objects.filter(unit__in=units_where(user, Verb.CALL), live=True)
    free = mine.exclude(column_kind=ColumnKind.CHANNEL).exclude(placements__release=release)
    return free.select_related("website").order_by("path")


class CallFilters(WagtailFilterSet):
    website = django_filters.ModelChoiceFilter(label=_("调用网站"), field_name="column__website", queryset=websites_for)
    approved = django_filters.BooleanFilter(label=_("已审核"))

    class Meta:
        model = Placement
        fields: list[str] = []


class CallButtons(Column):
    cell_template_name = "content/cells/call_buttons.html"

    def get_cell_context_data(self, instance: Placement, parent_context: Any) -> dict[str, Any]:
        request = parent_context["request"]
        unit = instance.column.unit
        reviews = not instance.approved and can(request.user, Verb.REVIEW, unit) and instance.by_id != request.user.pk
        return {
            **super().get_cell_context_data(instance, parent_context),
            "request": request,
            "csrf_token": get_token(request),
            "reviews": reviews,
            "ends": can(request.user, Verb.CALL, unit),
        }


class CallState(Column):
    cell_template_name = "content/cells/state.html"

    def get_cell_context_data(self, instance: Placement, parent_context: Any) -> dict[str, Any]:
        text, tone = (_("已审核"), "ok") if instance.approved else (_("待审核"), "warn")
        if instance.release.withdrawn_at:
            text, tone = _("原文已撤下"), "bad"
        return {**super().get_cell_context_data(instance, parent_context), "text": text, "tone": tone}


class CallList(ListScreen):
    page_title = _("共享调用")
    header_icon = "link"
    filterset_class = CallFilters
    search_fields = ["release__title"]
    default_ordering = "-at"
    verbose_name_plural = _("共享调用")
    empty_title = _("还没有调用别的网站的信息")
    empty_hint = _("一处发布，多处显示：调用的信息随原文更新，原文撤下时同时消失。")
    columns = [
        Column("release", label=_("信息"), accessor=lambda placement: placement.release.title),
        Column(
            "source",
            classname="bo-wide",
            label=_("来源网站"),
            accessor=lambda placement: str(placement.release.website),
        ),
        Column("column", label=_("调用栏目"), accessor=lambda call: f"{call.column.website}　{call.column.title}"),
        Column("by", classname="bo-wide", label=_("调用人"), accessor=lambda placement: str(placement.by or "")),
        DateColumn("at", label=_("调用时间"), sort_key="at"),
        CallState("approved", label=_("状态")),
        CallButtons("buttons", label=_("办理")),
    ]

    @property
    def header_buttons(self) -> list[HeaderButton]:
        offered = (
            (Verb.CALL, "content_call_search", _("选取信息"), "plus", "button"),
            (Verb.ARRANGE, "content_standing", _("固定调用"), "rotate", "button button-secondary"),
        )
        return [
            HeaderButton(label=label, url=reverse(name), icon_name=icon, attrs={"class": look})
            for verb, name, label, icon, look in offered
            if can_anywhere(self.request.user, verb)
        ]

    def get_base_queryset(self) -> Any:
        calls = Placement.objects.filter(home=False, column__unit__in=units_where(self.request.user, *SEES))
        return calls.select_related("release__website", "column__website", "column__unit", "by").defer(
            "release__body_html", "release__body_text", "release__facts", "release__media"
        )


class CallAct(Act):
    back = "content_calls"

    @cached_property
    def placement(self) -> Placement:
        calls = Placement.objects.select_related("column__unit", "release").filter(home=False)
        return get_visible_or_404(calls, self.request.user, *SEES, within="column__unit", pk=self.kwargs["pk"])


class ApproveCall(CallAct):
    done = _("已审核，几秒后显示。")

    def act(self) -> None:
        library.approve_call(self.placement, by=self.request.user, at=now())


class EndCall(CallAct):
    done = _("已结束调用。")

    def act(self) -> None:
        library.end_call(self.placement, by=self.request.user, at=now())
