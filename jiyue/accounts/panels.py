"""Homes of the security administrator and the audit administrator. Neither sees content."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from wagtail.admin.ui.components import Component

from jiyue.accounts import idle, report
from jiyue.accounts.lockout import accounts_of, is_locked
from jiyue.accounts.models import AuditCheck, AuditEntry, GuessCount, Membership, User
from jiyue.accounts.trail_words import brief
from jiyue.common.clock import now


RECENT = 12  # rows of the trail on a home
ORDINARY = ("accounts.login", "accounts.logout", "accounts.read_personal", "accounts.repeated")


class AccountsPanel(Component):
    name = "accounts"
    order = 100
    template_name = "accounts/home_security.html"

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        at = now()
        soon = list(idle.nearly_idle(at)[:RECENT]) if settings.IDLE_DAYS else []
        people = User.objects.aggregate(
            active=Count("pk", filter=Q(is_active=True), distinct=True),
            suspended=Count("pk", filter=Q(is_active=False), distinct=True),
            bare=Count("pk", filter=Q(is_active=True, memberships=None), distinct=True),
        )
        recent = AuditEntry.objects.filter(action__startswith="accounts.").exclude(action__in=ORDINARY)
        return {
            "people": people,
            "soon": [(person, idle.days_left(person, at)) for person in soon],
            "locked": [user for user in _tried(at) if is_locked(user, at)],
            "review_due": report.due(at),
            "memberships": Membership.objects.count(),
            "recent": brief(recent.select_related("user", "unit")[:RECENT]),
        }


def _tried(at: datetime) -> list[User]:
    """Whose accounts somebody guesses at. Counts know digests only, so the digests of all people are made."""
    enough = GuessCount.objects.filter(until__gt=at, count__gte=settings.LOCKOUT_FAILURES)
    counted = set(enough.values_list("account", flat=True)[:1000])
    return [user for user in User.objects.filter(is_active=True) if counted & set(accounts_of(user))] if counted else []


class TrailPanel(Component):
    name = "trail"
    order = 100
    template_name = "accounts/home_audit.html"

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        at = now()
        counts = AuditEntry.objects.filter(at__gte=at - timedelta(days=7)).aggregate(
            week=Count("pk"),
            day=Count("pk", filter=Q(at__gte=at - timedelta(days=1))),
            granting=Count("pk", filter=Q(action__startswith="accounts.")),
            emergencies=Count("pk", filter=Q(action="content.emergency")),
        )
        return {
            "counts": counts,
            "check": AuditCheck.objects.first(),
            "recent": brief(AuditEntry.objects.select_related("user", "unit")[:RECENT]),
        }


class NothingPanel(Component):
    """For whoever has no screen of their own yet."""

    name = "nothing"
    order = 100
    template_name = "accounts/home_nothing.html"
