"""单位: the tree of units in which roles are held (security administrator)."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import django_filters
from django.db.models import Count, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.widgets import HeaderButton

from jiyue.accounts import actions
from jiyue.accounts.forms import RenameForm, UnitForm
from jiyue.accounts.screens import ActionScreen, ListScreen
from jiyue.common.clock import now
from jiyue.organisations.models import Unit


UNITS = (("accounts_units", _("单位")),)


class UnitFilters(WagtailFilterSet):
    level = django_filters.ChoiceFilter(label=_("层级"), choices=Unit.Level.choices)
    kind = django_filters.ChoiceFilter(label=_("性质"), choices=Unit.Kind.choices)

    class Meta:
        model = Unit
        fields: list[str] = []


class UnitName(TitleColumn):
    """Indented by its depth in the tree."""

    def get_value(self, instance: Unit) -> str:
        return "　" * (instance.path.count("/") - 1) + instance.name


class UnitButtons(Column):
    cell_template_name = "accounts/cells/unit_buttons.html"


class UnitList(ListScreen):
    page_title = _("单位")
    page_subtitle = _("权限、网站和信息都属于某个单位")
    header_icon = "folder-open-inverse"
    filterset_class = UnitFilters
    search_fields = ["name", "short_name", "code"]
    default_ordering = "path"
    paginate_by = 100
    verbose_name_plural = _("单位")
    columns = [
        UnitName("name", label=_("名称"), get_url=lambda unit: reverse("accounts_unit", args=[unit.pk])),
        Column("code", classname="bo-wide", label=_("代码")),
        Column("level", classname="bo-wide", label=_("层级"), accessor=Unit.get_level_display),
        Column("kind", classname="bo-wide", label=_("性质"), accessor=Unit.get_kind_display),
        Column("people", label=_("任职人数")),
        UnitButtons("buttons", label=_("办理")),
    ]

    @property
    def header_buttons(self) -> list[HeaderButton]:
        url = reverse("accounts_unit_new")
        return [HeaderButton(label=_("新建单位"), url=url, icon_name="plus", attrs={"class": "button"})]

    def get_base_queryset(self) -> QuerySet[Unit]:
        return Unit.objects.annotate(people=Count("memberships__user", distinct=True))


class UnitScreen(ActionScreen):
    parents = UNITS

    def get_back_url(self) -> str:
        return reverse("accounts_units")


class Establish(UnitScreen):
    page_title = _("新建单位")
    form_class = UnitForm
    button = _("新建单位")
    done = _("单位已建立。接下来可以给人授予该单位的角色，由监管员建网站。")

    def get_initial(self) -> dict[str, Any]:
        above = (
            Unit.objects.filter(pk=self.request.GET["parent"]) if self._named() else Unit.objects.filter(parent=None)
        )
        return {"parent": above.first(), "kind": Unit.Kind.DEPARTMENT}

    def _named(self) -> bool:
        return self.request.GET.get("parent", "").isdecimal()

    def act(self, form: UnitForm) -> Unit:
        return actions.establish_unit(**form.cleaned_data, by=self.request.user, at=now())


class Rename(UnitScreen):
    form_class = RenameForm
    button = _("更名")
    done = _("已更名，几分钟内该单位网站的全部页面随之更新。")
    explanation = _("代码、上级单位和已有的人员、网站、信息都不变。已发布信息中写明的来源是当时的名称，不改。")

    @cached_property
    def unit(self) -> Unit:
        return get_object_or_404(Unit, pk=self.kwargs["pk"])

    def get_page_title(self) -> str:
        return self.unit.name

    def get_page_subtitle(self) -> str:
        return f"{self.unit.code} · {self.unit.get_level_display()} · {self.unit.get_kind_display()}"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": get_object_or_404(Unit, pk=self.kwargs["pk"])}

    def act(self, form: RenameForm) -> Unit:
        return actions.rename_unit(self.unit, **form.cleaned_data, by=self.request.user, at=now())
