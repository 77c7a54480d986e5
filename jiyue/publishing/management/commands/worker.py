from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from jiyue.publishing.loops import DRAIN_EVERY, Drainer, run_until_stopped


class Command(BaseCommand):
    help = _("持续处理变更：发布文件、更新检索")

    def handle(self, **options: Any) -> None:
        run_until_stopped(Drainer(), every=DRAIN_EVERY)
