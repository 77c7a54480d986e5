from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from jiyue.publishing.loops import SCHEDULE_EVERY, run_jobs, run_until_stopped


class Command(BaseCommand):
    help = _("按时运行定时任务")

    def handle(self, **options: Any) -> None:
        run_until_stopped(run_jobs, every=SCHEDULE_EVERY)
