"""What rings, above everything else on the home of those who must look."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wagtail.admin.ui.components import Component

from jiyue.notices.models import Alarm
from jiyue.notices.permissions import alarms_of, can_acknowledge


SHOWN = 8


class AlarmsPanel(Component):
    name = "alarms"
    order = 10
    template_name = "notices/home_alarms.html"

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        request = parent_context["request"]
        ringing = Alarm.objects.ringing().filter(alarms_of(request.user)).select_related("unit")
        return {
            "request": request,
            "alarms": list(ringing[:SHOWN]),
            "count": ringing.count(),
            "acknowledges": can_acknowledge(request.user),
        }
