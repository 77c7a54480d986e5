"""The home of the system administrator: websites by state, periodic jobs, what waits to be published."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.components import Component

from jiyue.common.clock import now
from jiyue.common.models import ScheduledJob
from jiyue.common.outbox import consumers, waiting
from jiyue.common.schedule import label_of
from jiyue.websites.models import Website


LATE = timedelta(minutes=2)  # the scheduler looks every few seconds
QUEUES = {"publishing": _("待生成的页面变更"), "search": _("待更新的搜索索引")}


class PlatformPanel(Component):
    name = "platform"
    order = 100
    template_name = "websites/home_platform.html"

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        at = now()
        counts = dict(Website.objects.order_by().values_list("state").annotate(Count("pk")))
        return {
            "states": [(state.label, counts.get(state, 0)) for state in Website.State],
            "queues": [(QUEUES.get(name, name), waiting(name)) for name in consumers()],
            "jobs": [(label_of(job.name), job, *_state(job, at)) for job in ScheduledJob.objects.all()],
        }


def _state(job: ScheduledJob, at: datetime) -> tuple[Any, str]:
    if job.started_at:
        return _("正在运行"), "info"
    if job.leased_until:
        return _("失败，待重试"), "bad"
    return (_("迟了"), "warn") if at - job.next_at > LATE else (_("按时"), "ok")
