from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _


class Command(BaseCommand):
    help = _("不可用：密码只由本人设置")
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("anything", nargs="*")

    def handle(self, **options: Any) -> None:
        raise CommandError(
            _(
                "密码只由本人设置，别人不得知道。忘记密码由安全管理员发一次性链接；安全管理员自己进不来时，在服务器上用 jiyue readmit。"
            )
        )
