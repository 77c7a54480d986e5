from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse
from django.utils.translation import gettext as _

from jiyue.accounts.actions import enrol, grant, issue_link
from jiyue.accounts.models import User
from jiyue.accounts.roles import Role
from jiyue.common.clock import now
from jiyue.organisations.actions import establish
from jiyue.organisations.models import Unit


def in_use() -> bool:
    return User.objects.exists()


class Command(BaseCommand):
    help = _("新装：建库、生成随机密钥、设立本级政府和三类管理员，并给出各自的一次性链接（没有默认密码）")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--unit", required=True, help=_("本级政府全称，如“云州市人民政府”"))
        parser.add_argument("--code", required=True, help=_("单位代码，如 yunzhou"))
        parser.add_argument("--level", default="city", choices=["province", "city", "county"], help=_("层级"))
        parser.add_argument("--username", default="security", help=_("首位安全管理员的登录名"))
        parser.add_argument("--system", default="system", help=_("首位系统管理员的登录名"))
        parser.add_argument("--audit", default="audit", help=_("首位审计管理员的登录名"))

    def handle(
        self, *, unit: str, code: str, level: str, username: str, system: str, audit: str, **options: Any
    ) -> None:
        Path(settings.HOME).mkdir(parents=True, exist_ok=True)
        call_command("migrate", interactive=False, verbosity=0)
        call_command("catalogues", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        if in_use():
            raise CommandError(_("这里已经安装过：账号已存在，没有改动任何数据。"))
        at = now()
        government = establish(name=unit, code=code, level=level, kind="government")
        names = {Role.SECURITY_ADMIN: username, Role.SYSTEM_ADMIN: system, Role.AUDIT_ADMIN: audit}
        people = [self._appoint(role, name, government, at) for role, name in names.items()]
        self.stdout.write(self.style.SUCCESS(_("安装完成。数据在 %s") % settings.HOME))
        self.stdout.write(
            _("三类管理员须由三个人担任。三天之内各人用自己的一次性链接设置密码，首次登录时登记第二因素：")
        )
        for user in people:
            path = reverse("accounts_first", args=issue_link(user, by=None, at=at))
            self.stdout.write(f"{user}（{user.username}）  {settings.BASE_URL}{path}")

    def _appoint(self, role: Role, username: str, government: Unit, at: datetime) -> User:
        user = enrol(username=username, name=str(role.label), by=None, at=at, kind=role.value)
        grant(user, role, government, by=None, at=at)
        return user
