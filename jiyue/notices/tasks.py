"""Alarms are sent as soon as a worker comes to it; the clock sees to those that could not be delivered at first."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _
from django_tasks import task

from jiyue.common.clock import now
from jiyue.common.schedule import register_job
from jiyue.notices.delivery import deliver_due
from jiyue.notices.models import Alarm
from jiyue.notices.signals import alarm_raised


def register_jobs() -> None:
    register_job("notices.deliver", "* * * * *", _deliver, label=_("送出告警"))


@task()
def deliver_alarms() -> int:
    return deliver_due(at=now())


@receiver(alarm_raised)
def send_soon(sender: type[Alarm], alarm: Alarm, **kwargs: Any) -> None:
    if alarm.deliver_at is not None and alarm.deliver_at <= alarm.last_at:
        deliver_alarms.enqueue()


def _deliver(at: datetime) -> int:
    return deliver_due(at=at)
