"""The home of the system administrator: websites by state, periodic jobs, what waits to be published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.components import Component

from jiyue.common.clock import now
from jiyue.common.models import ScheduledJob
from jiyue.common.outbox import consumers, waiting
from jiyue.websites.models import Website


QUEUES = {"publishing": _("待生成的页面变更"), "search": _("待更新的搜索索引")}


class PlatformPanel(Component):
    name = "platform"
    order = 100
    template_name = "websites/home_platform.html"

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        counts = dict(Website.objects.order_by().values_list("state").annotate(Count("pk")))
        return {
            "at": now(),
            "states": [(state.label, counts.get(state, 0)) for state in Website.State],
            "queues": [(QUEUES.get(name, name), waiting(name)) for name in consumers()],
            "jobs": ScheduledJob.objects.all(),
        }
