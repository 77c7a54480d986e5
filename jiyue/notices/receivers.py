"""What lower apps tell of that people must hear about."""

from typing import Any

from django.dispatch import receiver
from django.utils.translation import gettext as _

from jiyue.accounts.models import AuditCheck
from jiyue.accounts.signals import trail_broken
from jiyue.accounts.verification import FAULTS
from jiyue.notices.actions import raise_alarm


@receiver(trail_broken)
def the_trail_is_broken(check: AuditCheck, **kwargs: Any) -> None:
    raise_alarm(
        "accounts.trail_broken",
        subject=f"#{check.wrong_seq or ''}",
        text=f"{_('审计记录没有通过核对。')}{_(FAULTS[check.fault])} {check.detail}".strip(),
        at=check.at,
        evidence=f"/admin/trail/{check.wrong_seq}/" if check.wrong_seq else "/admin/trail/soundness/",
        lasting=True,
    )
