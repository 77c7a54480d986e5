"""On everybody's home: what is suspended of the websites they work for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from wagtail.admin.ui.components import Component

from jiyue.accounts.models import User
from jiyue.accounts.permissions import can_anywhere, units_where
from jiyue.accounts.roles import Verb
from jiyue.websites.emergency_screens import MAY_SUSPEND
from jiyue.websites.models import Suspension
from jiyue.websites.permissions import can_suspend


@dataclass(frozen=True, slots=True)
class Suspended:
    suspension: Suspension
    is_told_why: bool  # the reason is for those who answer for the website: it may be what must not get out
    may_resume: bool


class SuspensionsPanel(Component):
    """Whoever works for a website must know that readers see a notice instead; alarms go to others."""

    name = "suspensions"
    order = 5
    template_name = "websites/home_suspensions.html"

    def __init__(self, user: User) -> None:
        super().__init__()
        self.suspensions = [_as_seen_by(user, row) for row in _active_of(user)]

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        return {"suspensions": self.suspensions}


def _active_of(user: User) -> list[Suspension]:
    active = Suspension.objects.active().select_related("website__unit")
    if not can_anywhere(user, Verb.RUN):
        active = active.filter(Q(website=None) | Q(website__unit__in=units_where(user, Verb.READ)))
    return list(active)


def _as_seen_by(user: User, suspension: Suspension) -> Suspended:
    may = can_suspend(user, suspension.website)
    answers_for_one = suspension.website is None and can_anywhere(user, *MAY_SUSPEND)
    return Suspended(suspension, is_told_why=may or answers_for_one, may_resume=may)
