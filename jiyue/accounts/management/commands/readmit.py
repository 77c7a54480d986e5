from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from jiyue.accounts import factors
from jiyue.accounts.actions import issue_link
from jiyue.accounts.models import User
from jiyue.common.clock import now


class Command(BaseCommand):
    help = _("在服务器上让安全管理员重新进来：第二因素作废，给出设置密码的一次性链接（记入审计）")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help=_("安全管理员的登录名"))
        parser.add_argument("--reason", required=True, help=_("原因，记入审计"))

    @transaction.atomic
    def handle(self, *, username: str, reason: str, **options: Any) -> None:
        user = User.objects.filter(username=username, kind=User.Kind.SECURITY_ADMIN, is_active=True).first()
        if user is None:
            raise CommandError(_("没有这个启用的安全管理员。其他人请由安全管理员在后台办理。"))
        at = now()
        factors.reset(user, by=None, at=at, reason=reason)
        path = reverse("accounts_first", args=issue_link(user, by=None, at=at))
        self.stdout.write(_("三天之内用这个一次性链接设置新密码，登录后重新登记第二因素："))
        self.stdout.write(f"{settings.BASE_URL}{path}")
