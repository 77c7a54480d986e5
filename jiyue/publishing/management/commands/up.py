import os
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections
from django.utils.translation import gettext as _

from jiyue.publishing.assets import are_collected
from jiyue.publishing.ports import is_free, is_open
from jiyue.publishing.supervisor import Supervisor
from jiyue.publishing.web import serve_here
from jiyue.websites.models import Host, Website


SHOWN = 8


class Command(BaseCommand):
    help = _("启动整个平台：公开网站和管理后台、发布、后台任务、定时任务、防篡改守护")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--address", default="127.0.0.1", help=_("监听地址"))
        parser.add_argument("--port", type=int, default=settings.PORT, help=_("端口"))

    def handle(self, *, address: str, port: int, **options: Any) -> None:
        if port != settings.PORT:
            self._restart_with(port)
        if not is_free(address, port):
            raise CommandError(_("端口 %d 已被占用，请用 --port 换一个。") % port)
        if not are_collected():
            call_command("collectstatic", interactive=False, verbosity=0)
        self.port, self.address, self.announced = port, address, False
        self.lines = _addresses(port)
        connections.close_all()
        Supervisor(_processes(address, port), log=self.stderr.write).run(each_round=self._announce)
        self.stdout.write(_("已全部停止。"))

    def _restart_with(self, port: int) -> None:
        """Settings already know another port and would write it into links."""
        os.environ["JIYUE_PORT"] = str(port)
        os.execv(sys.executable, [sys.executable, "-m", "jiyue", *sys.argv[1:]])

    def _announce(self) -> None:
        if not self.announced and is_open(self.address, self.port):
            self.stdout.write("\n".join([_("已启动，按 Ctrl+C 停止。"), *self.lines]))
            self.stdout.flush()
            self.announced = True


def _processes(address: str, port: int) -> dict[str, Callable[[], object]]:
    return {
        **_several("web", settings.WEB_PROCESSES, partial(serve_here, address=address, port=port)),
        **_several("worker", settings.WORKER_PROCESSES, partial(call_command, "worker")),
        **_several("tasks", settings.WORKER_PROCESSES, partial(call_command, "tasks")),
        "scheduler": partial(call_command, "scheduler"),
        "guard": partial(call_command, "guard"),
    }


def _several(name: str, number: int, main: Callable[[], object]) -> dict[str, Callable[[], object]]:
    return {name if number == 1 else f"{name}-{place}": main for place in range(1, number + 1)}


def _addresses(port: int) -> list[str]:
    """Portals first, some other websites as examples, and the back office."""
    hosts = Host.objects.filter(website__state=Website.State.ONLINE, primary=True).order_by("website__pk")
    rows = list(hosts.values_list("website__kind", "website__name", "name"))
    rows.sort(key=lambda row: row[0] != Website.Kind.PORTAL)
    lines = [f"  {name}  http://{host}:{port}/" for _kind, name, host in rows[:SHOWN]]
    if len(rows) > SHOWN:
        lines.append("  " + _("……共 %d 个网站") % len(rows))
    return [*lines, f"  {_('管理后台')}  http://{settings.ADMIN_HOST}:{port}/admin/"]
