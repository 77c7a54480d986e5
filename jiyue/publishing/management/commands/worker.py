from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from jiyue.common import clock
from jiyue.publishing.loops import DRAIN_EVERY, drain_consumers, run_until_stopped
from jiyue.publishing.verify import remove_leftovers, verify


class Command(BaseCommand):
    help = _("持续处理变更：发布文件、更新检索")

    def handle(self, **options: Any) -> None:
        remove_leftovers()
        verify(at=clock.now())  # finishes what a crash or a power cut has left undone
        run_until_stopped(drain_consumers, every=DRAIN_EVERY)
