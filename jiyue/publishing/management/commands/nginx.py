from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from jiyue.publishing.hosts import write_hosts
from jiyue.publishing.nginx import configuration


class Command(BaseCommand):
    help = _("写出完整的 nginx 配置（默认输出到屏幕）")
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--output", type=Path, help=_("写入该文件"))
        parser.add_argument("--port", type=int, default=80, help=_("nginx 监听的端口"))
        parser.add_argument("--application", default=f"127.0.0.1:{settings.PORT}", help=_("jiyue serve 的地址"))
        parser.add_argument("--run", type=Path, default=settings.HOME / "nginx", help=_("日志、进程号和临时文件的目录"))

    def handle(self, *, output: Path | None, port: int, application: str, run: Path, **options: Any) -> None:
        write_hosts()
        run.mkdir(parents=True, exist_ok=True)
        text = configuration(port=port, application=application, run=run)
        if output is None:
            self.stdout.write(text)
        else:
            output.write_text(text)
            self.stdout.write(str(_("已写入 %s。检查：nginx -t -c %s")) % (output, output))
