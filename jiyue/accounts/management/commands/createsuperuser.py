from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _


class Command(BaseCommand):
    help = _("不可用：本平台没有超级用户")
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("anything", nargs="*")

    def handle(self, **options: Any) -> None:
        raise CommandError(
            _("本平台没有超级用户：三类管理员各管一件事。建账号由安全管理员在后台办理；首次安装用 jiyue init。")
        )
