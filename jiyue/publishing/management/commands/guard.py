import os
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from jiyue.common import clock
from jiyue.publishing.guard import Guard
from jiyue.publishing.loops import run_until_stopped


NICE = 5  # readers come first


class Command(BaseCommand):
    help = _("防篡改守护：持续核对公开文件与发布清单，留存证据并立即恢复")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-events", action="store_true", help=_("不用内核的文件事件，只定时扫描"))
        parser.add_argument("--once", action="store_true", help=_("逐个文件核对一遍后结束"))

    def handle(self, *, no_events: bool, once: bool, **options: Any) -> None:
        os.nice(NICE)
        guard = Guard(events=not no_events)
        guard.start(at=clock.now())
        if once:
            guard.close()
            return

        def turn(at: datetime) -> None:
            guard.turn(at=at)

        try:
            run_until_stopped(turn, every=0)
        finally:
            guard.close()
