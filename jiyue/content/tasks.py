"""What the clock asks of content. Each job is one action."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from jiyue.common.schedule import register_job
from jiyue.content.actions import publish_due, withdraw_expired


def register_jobs() -> None:
    register_job("content.publish_due", "* * * * *", _publish_due, label=_("到时发布"))
    register_job("content.withdraw_expired", "* * * * *", _withdraw_expired, label=_("到期撤下"))


def _publish_due(at: datetime) -> int:
    return publish_due(at=at)


def _withdraw_expired(at: datetime) -> int:
    return withdraw_expired(at=at)
