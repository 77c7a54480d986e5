"""What the clock asks of operation. A backup takes minutes: it runs as a background task, beside everything else."""

import logging
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django_tasks import task

from jiyue.common.clock import now
from jiyue.common.errors import Refused
from jiyue.common.schedule import register_job
from jiyue.operations.actions import back_up, drill
from jiyue.operations.lateness import watch


logger = logging.getLogger(__name__)


def register_jobs() -> None:
    if settings.BACKUP_CRON:
        register_job("operations.backup", settings.BACKUP_CRON, lambda at: back_up_now.enqueue(), label=_("备份"))
    if settings.DRILL_CRON:
        register_job("operations.drill", settings.DRILL_CRON, lambda at: drill_now.enqueue(), label=_("恢复演练"))
    register_job("operations.certificates", "20 8 * * *", _watch_certificates, label=_("检查证书的期限"))
    register_job("operations.watch", "*/10 * * * *", watch, label=_("检查备份是否过期"))


@task()
def back_up_now() -> None:
    try:
        back_up(at=now())
    except Refused as refused:  # told by an alarm and on its row; the next one tries again
        logger.error("backup: %s", refused)


@task()
def drill_now() -> None:
    try:
        drill(at=now())
    except Refused as refused:
        logger.error("drill: %s", refused)


def _watch_certificates(at: datetime) -> None:
    from jiyue.operations.certificates import watch_certificates  # slow to load: not for every command

    watch_certificates(at)
