"""Homes of the security administrator and the audit administrator. Neither sees content."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Count, Q
from wagtail.admin.ui.components import Component

from jiyue.accounts.models import AuditEntry, Membership, User
from jiyue.accounts.trail import name_of
from jiyue.common.clock import now


RECENT = 12  # rows of the trail on a home
IDLE = timedelta(days=45)  # as GOV.UK Signon counts: whoever has not come for so long no longer needs the account


class AccountsPanel(Component):
    name = "accounts"
    order = 100
    template_name = "accounts/home_security.html"

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        idle = Q(is_active=True) & (Q(last_login__lt=now() - IDLE) | Q(last_login=None))
        people = User.objects.aggregate(
            active=Count("pk", filter=Q(is_active=True), distinct=True),
            suspended=Count("pk", filter=Q(is_active=False), distinct=True),
            idle=Count("pk", filter=idle, distinct=True),
            bare=Count("pk", filter=Q(is_active=True, memberships=None), distinct=True),
        )
        recent = AuditEntry.objects.filter(action__startswith="accounts.").select_related("user", "unit")[:RECENT]
        return {
            "people": people,
            "memberships": Membership.objects.count(),
            "recent": [(entry, name_of(entry.action)) for entry in recent],
        }


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
        recent = AuditEntry.objects.select_related("user", "unit")[:RECENT]
        return {"counts": counts, "recent": [(entry, name_of(entry.action)) for entry in recent]}


class NothingPanel(Component):
    """For whoever has no screen of their own yet."""

    name = "nothing"
    order = 100
    template_name = "accounts/home_nothing.html"
