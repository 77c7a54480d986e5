"""Whether backups and drills happen: the newest good one must not be too old."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from cronsim import CronSim
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from jiyue.notices.actions import raise_alarm, settle
from jiyue.operations.models import Run, last_good


BACKUP_LATE, DRILL_LATE = "operations.backup_late", "operations.drill_late"
DRILLS = timedelta(days=30)  # a backup nobody has restored for so long is no backup
WITHOUT_PLAN = timedelta(hours=25)  # where somebody else starts `jiyue backup`
GRACE = timedelta(minutes=30)


def watch(at: datetime) -> None:
    told = dict(lateness(at))
    for code, subject in ((BACKUP_LATE, _("备份")), (DRILL_LATE, _("恢复演练"))):
        if code in told:
            raise_alarm(code, subject=subject, text=told[code], at=at, lasting=True)
        else:
            settle(code, subject=subject, at=at)


def lateness(at: datetime) -> Iterator[tuple[str, str]]:
    """What is too old, as (code of the alarm, sentence). Nothing in a demo."""
    if settings.DEMO:
        return
    backup, rehearsed = last_good(Run.Kind.BACKUP), last_good(Run.Kind.DRILL)
    if backup is None:
        yield BACKUP_LATE, _("还没有做成过备份。")
    elif at > _due_after(backup):
        yield BACKUP_LATE, _("最近一次成功的备份在 %s，已经过期。") % f"{timezone.localtime(backup):%Y-%m-%d %H:%M}"
    if rehearsed is None and backup is not None and at - backup > GRACE:
        yield DRILL_LATE, _("还没有做成过恢复演练：没有恢复过的备份不算备份。")
    elif rehearsed is not None and at - rehearsed > DRILLS:
        yield DRILL_LATE, _("最近一次成功的恢复演练在 %s，已超过三十天。") % f"{timezone.localtime(rehearsed):%Y-%m-%d}"


def _due_after(last: datetime) -> datetime:
    """One missed moment is forgiven, a second is not."""
    if not settings.BACKUP_CRON:
        return last + WITHOUT_PLAN
    moments = CronSim(settings.BACKUP_CRON, timezone.localtime(last))
    next(moments)
    return next(moments) + GRACE
