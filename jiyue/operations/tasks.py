"""What the clock asks of operation. A backup takes minutes: it runs as a background task, beside everything else."""

import logging

from django.conf import settings
from django_tasks import task

from jiyue.common.clock import now
from jiyue.common.errors import Refused
from jiyue.common.schedule import register_job
from jiyue.operations.actions import back_up, drill
from jiyue.operations.lateness import watch


logger = logging.getLogger(__name__)


def register_jobs() -> None:
    if settings.BACKUP_CRON:
        register_job("operations.backup", settings.BACKUP_CRON, lambda at: back_up_now.enqueue())
    if settings.DRILL_CRON:
        register_job("operations.drill", settings.DRILL_CRON, lambda at: drill_now.enqueue())
    register_job("operations.watch", "*/10 * * * *", watch)


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
