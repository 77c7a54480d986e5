"""Alarms: raised by machines, acknowledged by a person, settled when what they tell of is over."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from jiyue.accounts.audit import record
from jiyue.accounts.models import User
from jiyue.common.errors import Refused
from jiyue.notices.models import Alarm
from jiyue.notices.permissions import can_acknowledge
from jiyue.notices.signals import alarm_raised
from jiyue.organisations.models import Unit


REPEATED_AFTER = timedelta(hours=1)  # the same alarm leaves the house at most so often


@transaction.atomic
def raise_alarm(
    code: str,
    *,
    subject: str,
    text: str,
    at: datetime,
    unit: Unit | None = None,
    evidence: str = "",
    lasting: bool = False,
) -> Alarm:
    """Tells people that something is wrong. ``code`` says what (``publishing.tampered``), ``subject`` with what; both
    together name one alarm, and raising it again counts it up. ``evidence`` is where to look.

    A ``lasting`` alarm tells of a state: it stays one row, quiet once acknowledged, until ``settle``. Any other is over
    once acknowledged, and the next one rings anew.
    """
    facts = {"text": text, "unit": unit, "evidence": evidence[:300], "lasting": lasting}
    alarm, is_new = Alarm.objects.select_for_update().get_or_create(
        code=code,
        subject=subject[:200],
        settled_at=None,
        defaults={**facts, "raised_at": at, "last_at": at, "deliver_at": _delivery(None, at)},
    )
    if is_new:
        record(alarm, "notices.raise", by=None, at=at, unit=unit, code=code)
    else:
        _count_up(alarm, facts, at=at)
    transaction.on_commit(lambda: alarm_raised.send(Alarm, alarm=alarm), robust=True)
    return alarm


@transaction.atomic
def acknowledge(alarm: Alarm, *, by: User, at: datetime) -> None:
    if not can_acknowledge(by):
        raise Refused(_("只有系统管理员可以确认告警。"))
    alarm = Alarm.objects.select_for_update().get(pk=alarm.pk)
    if not alarm.is_ringing:
        raise Refused(_("该告警已经确认或结束。"))
    alarm.acknowledged_at, alarm.acknowledged_by = at, by
    alarm.settled_at = None if alarm.lasting else at
    alarm.deliver_at = None
    alarm.save(update_fields=["acknowledged_at", "acknowledged_by", "settled_at", "deliver_at"])
    record(alarm, "notices.acknowledge", by=by, at=at, code=alarm.code, times=alarm.times)


@transaction.atomic
def settle(code: str, *, subject: str, at: datetime) -> bool:
    """Ends an alarm because what it told of is over; answers whether there was one."""
    alarm = Alarm.objects.select_for_update().filter(code=code, subject=subject[:200], settled_at=None).first()
    if alarm is None:
        return False
    alarm.settled_at, alarm.deliver_at = at, None
    alarm.save(update_fields=["settled_at", "deliver_at"])
    record(alarm, "notices.settle", by=None, at=at, unit=alarm.unit, code=code)
    return True


def _count_up(alarm: Alarm, facts: Mapping[str, Any], *, at: datetime) -> None:
    due = alarm.deliver_at if alarm.acknowledged_at or alarm.deliver_at else _delivery(alarm.delivered_at, at)
    Alarm.objects.filter(pk=alarm.pk).update(**facts, last_at=at, times=F("times") + 1, deliver_at=due)
    alarm.refresh_from_db()


def _delivery(last: datetime | None, at: datetime) -> datetime | None:
    if not settings.ALARM_HOOK:
        return None
    return at if last is None else max(at, last + REPEATED_AFTER)
