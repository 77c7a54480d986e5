import base64
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from jiyue.common import signing
from jiyue.common.clock import now
from jiyue.notices.delivery import PURPOSE, DeliveryError, message_of, send
from jiyue.notices.models import Alarm


class Command(BaseCommand):
    help = _("告警：--test 向 JIYUE_ALARM_HOOK 送一条试验告警；--key 显示核对签名用的公钥；不带选项列出待确认的告警")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--test", action="store_true", help=_("送一条试验告警"))
        parser.add_argument("--key", action="store_true", help=_("显示公钥（Ed25519，base64）"))

    def handle(self, *, test: bool, key: bool, **options: Any) -> None:
        if key:
            self.stdout.write(base64.b64encode(signing.public_key(PURPOSE)).decode())
        elif test:
            self._test()
        else:
            for alarm in Alarm.objects.ringing():
                self.stdout.write(f"{alarm.last_at:%Y-%m-%d %H:%M} {alarm.code} ×{alarm.times} {alarm}")

    def _test(self) -> None:
        if not settings.ALARM_HOOK:
            raise CommandError(_("没有设置 JIYUE_ALARM_HOOK。"))
        at = now()
        alarm = Alarm(code="notices.test", subject=_("试验"), text=_("这是一条试验告警。"), raised_at=at, last_at=at)
        try:
            send(message_of(alarm, at))
        except DeliveryError as error:
            raise CommandError(_("没有送到：%s") % error) from error
        self.stdout.write(_("已送到。"))
