"""Accounts nobody uses: warned of, then suspended (GOV.UK Signon counts the same way: 45 days; 14, 7, 3, 1 before)."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from jiyue.accounts.actions import suspend
from jiyue.accounts.audit import record
from jiyue.accounts.models import User
from jiyue.accounts.roles import ADMINISTRATORS
from jiyue.accounts.signals import account_idle


WARNINGS = (14, 7, 3, 1)  # days before


def limit() -> timedelta:
    return timedelta(days=settings.IDLE_DAYS)


def nearly_idle(at: datetime) -> QuerySet[User]:
    """Whoever will be suspended within the longest warning, the nearest first."""
    since = at - limit() + timedelta(days=WARNINGS[0])
    return User.objects.filter(is_active=True, idle_from__lte=since).order_by("idle_from")


def days_left(user: User, at: datetime) -> int:
    return max(0, (user.idle_from + limit() - at).days)


def sweep(at: datetime) -> int:
    """The daily job. Warns each person once for each warning; suspends who is over the limit. Answers how many."""
    if not settings.IDLE_DAYS:
        return 0
    for user in nearly_idle(at):
        _warn(user, at)
    over = User.objects.filter(is_active=True, idle_from__lte=at - limit())
    return sum(_suspend(user, at) for user in over)


@transaction.atomic
def _warn(user: User, at: datetime) -> None:
    left = days_left(user, at)
    due = min((days for days in WARNINGS if left <= days), default=None)
    if due is None or (user.idle_warned is not None and user.idle_warned <= due):
        return
    if User.objects.filter(Q(idle_warned=None) | Q(idle_warned__gt=due), pk=user.pk).update(idle_warned=due):
        record(user, "accounts.idle_warn", by=None, at=at, left=left)
        account_idle.send(User, user=user, left=left, at=at)


@transaction.atomic
def _suspend(user: User, at: datetime) -> bool:
    """The last of the three administrators' kinds stays: without one the platform has nobody to reinstate the others."""
    if user.kind in ADMINISTRATORS and not _another(user):
        return False
    suspend(user, by=None, at=at, reason=_("连续 %d 天没有登录") % settings.IDLE_DAYS)
    return True


def _another(user: User) -> bool:
    others = User.objects.select_for_update().filter(is_active=True, memberships__role=user.kind).exclude(pk=user.pk)
    return bool(list(others[:1]))
