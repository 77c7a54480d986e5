import os
import signal
import socket
import threading
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks_db.models import DBTaskResult

from jiyue.common import queue
from jiyue.common.clock import now


LOOK_EVERY = 0.5  # seconds
WITH_REDIS = 2.0  # the bell wakes sooner


class Command(BaseCommand):
    help = _("执行后台任务；--failed 列出已放弃的任务，--retry 重新执行")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help=_("做完现有的任务就结束"))
        parser.add_argument("--failed", action="store_true", help=_("列出多次失败、已放弃的任务"))
        parser.add_argument("--retry", metavar="ID", help=_("重新执行一个已放弃的任务；all 为全部"))

    def handle(self, *, once: bool, failed: bool, retry: str | None, **options: Any) -> None:
        if failed:
            self._list()
        elif retry:
            rows = DBTaskResult.objects.all() if retry == "all" else DBTaskResult.objects.filter(pk=retry)
            self.stdout.write(_("%d 个任务将重新执行。") % queue.retry(rows, at=now()))
        else:
            self._work(once=once)

    def _list(self) -> None:
        for row in DBTaskResult.objects.failed().order_by("finished_at"):
            at = timezone.localtime(row.finished_at)
            self.stdout.write(f"{row.pk}  {at:%Y-%m-%d %H:%M}  {row.task_path}  {row.exception_class_path}")

    def _work(self, *, once: bool) -> None:
        stop = threading.Event()

        def stop_soon(number: int, frame: FrameType | None) -> None:
            stop.set()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, stop_soon)
        name = f"{socket.gethostname()}:{os.getpid()}"
        queue.reap(at=now())
        while not stop.is_set():
            close_old_connections()
            row = queue.claim(name, at=now())
            if row is not None:
                queue.run(row)
            elif once:
                break
            else:
                queue.reap(at=now())
                queue.wait_for_ring(WITH_REDIS if settings.QUEUE_URL else LOOK_EVERY)
