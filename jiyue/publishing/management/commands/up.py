import os
import sys
import threading
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiyue.publishing.ports import is_free, wait_until_open
from jiyue.publishing.supervisor import Supervisor
from jiyue.websites.models import Host, Website


READY_WITHIN = 60.0


class Command(BaseCommand):
    help = gettext_lazy("启动整个平台：公开网站和管理后台、发布、后台任务、定时任务")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--address", default="127.0.0.1", help=gettext_lazy("监听地址"))
        parser.add_argument("--port", type=int, default=settings.PORT, help=gettext_lazy("端口"))

    def handle(self, *, address: str, port: int, **options: Any) -> None:
        if not is_free(address, port):
            raise CommandError(_("端口 %d 已被占用，请用 --port 换一个。") % port)
        os.environ["JIYUE_PORT"] = str(port)  # the processes below write it into links
        lines = _addresses(port)
        connections.close_all()
        supervisor = Supervisor(_commands(address, port), log=self.stderr.write)
        threading.Thread(target=self._announce, args=[address, port, lines], daemon=True).start()
        supervisor.run()
        self.stdout.write(_("已全部停止。"))

    def _announce(self, address: str, port: int, lines: Sequence[str]) -> None:
        if wait_until_open(address, port, seconds=READY_WITHIN):
            self.stdout.write("\n".join([_("已启动，按 Ctrl+C 停止。"), *lines]))
            self.stdout.flush()


def _commands(address: str, port: int) -> dict[str, Sequence[str]]:
    jiyue = [sys.executable, "-m", "jiyue"]
    return {
        "web": [*jiyue, "serve", "--address", address, "--port", str(port)],
        "worker": [*jiyue, "worker"],
        "tasks": [*jiyue, "db_worker", "--queue-name", "*", "--interval", "0.5", "--no-reload", "--no-startup-delay"],
        "scheduler": [*jiyue, "scheduler"],
    }


def _addresses(port: int) -> list[str]:
    """Portals first, a few other websites as examples, and the back office."""
    hosts = Host.objects.filter(website__state=Website.State.ONLINE, primary=True)
    rows = list(hosts.order_by("website__parent", "website__kind", "name").values_list("website__kind", "website__name", "name"))
    rows.sort(key=lambda row: row[0] != Website.Kind.PORTAL)
    shown = [f"  {name}  http://{host}:{port}/" for _kind, name, host in rows[:8]]
    if len(rows) > len(shown):
        shown.append("  " + _("……共 %d 个网站") % len(rows))
    return [*shown, f"  {_('管理后台')}  http://{settings.ADMIN_HOST}:{port}/admin/"]
