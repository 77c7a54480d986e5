"""On the home of the system administrator: whether the installation could be restored today."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wagtail.admin.ui.components import Component

from jiyue.common.clock import now
from jiyue.operations.lateness import BACKUP_LATE, DRILL_LATE, lateness
from jiyue.operations.models import Run


SHOWN = 6


class SafetyPanel(Component):
    name = "safety"
    order = 90
    template_name = "operations/home_safety.html"

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        late = dict(lateness(now()))
        return {
            "backup": Run.objects.good(Run.Kind.BACKUP).first(),
            "drill": Run.objects.good(Run.Kind.DRILL).first(),
            "backup_late": late.get(BACKUP_LATE, ""),
            "drill_late": late.get(DRILL_LATE, ""),
            "runs": Run.objects.all()[:SHOWN],
        }
