from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from jiyue.common.errors import Refused
from jiyue.publishing.hosts import write_hosts
from jiyue.publishing.nginx import certificate_of, configuration


class Command(BaseCommand):
    help = _("写出完整的 nginx 配置（默认输出到屏幕）")
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--output", type=Path, help=_("写入该文件"))
        parser.add_argument("--port", type=int, default=80, help=_("nginx 监听的端口"))
        parser.add_argument(
            "--tls",
            nargs=2,
            type=Path,
            action="append",
            default=[],
            metavar=("CERT", "KEY"),
            help=_("用该证书提供 HTTPS，HTTP 一律转过去；多个证书写多次，按证书里的域名选用"),
        )
        parser.add_argument("--tls-port", type=int, default=443, help=_("HTTPS 的端口"))
        parser.add_argument("--application", default=f"127.0.0.1:{settings.PORT}", help=_("jiyue serve 的地址"))
        parser.add_argument("--run", type=Path, default=settings.HOME / "nginx", help=_("日志、进程号和临时文件的目录"))

    def handle(self, *, output: Path | None, run: Path, tls: list[list[Path]], **options: Any) -> None:
        if tls and settings.PUBLIC_SCHEME != "https":
            raise CommandError(_("提供 HTTPS 时请设置 JIYUE_HTTPS=1：网页中的链接、Cookie 和 HSTS 由它决定。"))
        write_hosts()
        run.mkdir(parents=True, exist_ok=True)
        wanted = {name: options[name] for name in ("port", "application", "tls_port")}
        try:
            text = configuration(run=run, certificates=[certificate_of(*pair) for pair in tls], **wanted)
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        if output is None:
            self.stdout.write(text)
        else:
            output.write_text(text)
            self.stdout.write(str(_("已写入 %s。检查：nginx -t -c %s")) % (output, output))
