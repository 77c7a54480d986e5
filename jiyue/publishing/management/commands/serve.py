from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from jiyue.publishing.web import serve


class Command(BaseCommand):
    help = _("在一个端口上提供公开网站文件和管理后台")
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--address", default="127.0.0.1", help=_("监听地址"))
        parser.add_argument("--port", type=int, default=settings.PORT, help=_("端口"))
        parser.add_argument("--workers", type=int, default=1, help=_("进程数"))
        parser.add_argument("--files-only", action="store_true", help=_("只提供公开文件，不启动管理后台"))

    def handle(self, *, address: str, port: int, workers: int, files_only: bool, **options: Any) -> None:
        serve(address=address, port=port, workers=workers, files_only=files_only)
