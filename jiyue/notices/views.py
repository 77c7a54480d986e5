"""告警: what machines noticed, and who took note of it."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column

from jiyue.accounts.screens import Act, ListScreen
from jiyue.common.clock import now
from jiyue.notices import actions
from jiyue.notices.models import Alarm
from jiyue.notices.permissions import alarms_of, can_acknowledge


class AlarmFilters(WagtailFilterSet):
    ringing = django_filters.BooleanFilter(label=_("待确认"), method="only_ringing")

    class Meta:
        model = Alarm
        fields: list[str] = []

    def only_ringing(self, queryset: Any, name: str, value: bool) -> Any:
        ringing = Alarm.objects.ringing()
        return queryset.filter(pk__in=ringing) if value else queryset.exclude(pk__in=ringing)


class WhatColumn(Column):
    cell_template_name = "notices/cells/what.html"


class StateColumn(Column):
    cell_template_name = "notices/cells/state.html"

    def get_cell_context_data(self, instance: Alarm, parent_context: Any) -> dict[str, Any]:
        context = super().get_cell_context_data(instance, parent_context)
        request = parent_context["request"]
        return {**context, "acknowledges": can_acknowledge(request.user), "csrf_token": get_token(request)}


class Alarms(ListScreen):
    page_title = _("告警")
    page_subtitle = _("程序自己发现、需要人来看的事")
    header_icon = "warning"
    filterset_class = AlarmFilters
    search_fields = ["subject", "text", "code"]
    default_ordering = "-last_at"
    verbose_name_plural = _("告警")
    empty_title = _("没有告警")
    empty_hint = _("网页被篡改、备份过期、审计链断开等情况会出现在这里。")
    columns = [
        WhatColumn("text", label=_("内容")),
        Column("unit", classname="bo-wide", label=_("单位"), accessor=lambda alarm: str(alarm.unit or "—")),
        Column("times", classname="bo-wide", label=_("次数")),
        Column(
            "last_at",
            classname="bo-nowrap",
            label=_("最近发生"),
            accessor=lambda alarm: date_format(localtime(alarm.last_at), "Y-m-d H:i", use_l10n=False),
            sort_key="last_at",
        ),
        StateColumn("state", label=_("状态")),
    ]

    def get_base_queryset(self) -> QuerySet[Alarm]:
        mine = Alarm.objects.filter(alarms_of(self.request.user))
        return mine.select_related("unit", "acknowledged_by")


class Acknowledge(Act):
    done = _("已确认。")
    back = "notices_alarms"

    def act(self) -> None:
        alarm = get_object_or_404(Alarm, pk=self.kwargs["pk"])
        actions.acknowledge(alarm, by=self.request.user, at=now())
