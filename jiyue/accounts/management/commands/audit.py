from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from jiyue.accounts import anchors, certificates, exports, retention, verification
from jiyue.accounts.models import AuditEntry
from jiyue.common.clock import now
from jiyue.common.errors import Refused


class Command(BaseCommand):
    help = _("审计记录：核对整条链、出具无缺证明、导出、清除到期的记录")

    def add_arguments(self, parser: CommandParser) -> None:
        one = parser.add_mutually_exclusive_group(required=True)
        one.add_argument("--verify", action="store_true", help=_("从头核对；有不符时退出码为 1，并指出第一条"))
        one.add_argument("--certificate", metavar="MONTH", help=_("出具某月的无缺证明（签名的 JSON），如 2026-10"))
        one.add_argument("--export", metavar="FILE", type=Path, help=_("全部导出为 JSON 行，末行是签名"))
        one.add_argument("--anchor", action="store_true", help=_("立即锚定最新一条"))
        one.add_argument("--purge", action="store_true", help=_("导出并清除超过保存期的记录；183 天以内的一律拒绝"))
        parser.add_argument("--days", type=int, help=_("清除多少天以前的；默认按 JIYUE_AUDIT_DAYS"))

    def handle(self, **options: Any) -> None:
        try:
            self._do(**options)
        except Refused as refused:
            raise CommandError(str(refused)) from None

    def _do(self, **options: Any) -> None:
        if options["verify"]:
            self._verify()
        elif options["certificate"]:
            self.stdout.write(certificates.certify(options["certificate"], by=None, at=now()).signed())
        elif options["export"]:
            self._export(options["export"])
        elif options["anchor"]:
            anchor = anchors.anchor_head(now())
            self.stdout.write(_("已锚定到第 %d 条。") % anchor.seq if anchor else _("没有新的记录需要锚定。"))
        else:
            self._purge(options["days"])

    def _verify(self) -> None:
        check = verification.verify(at=now())
        self.stdout.write(
            _(
                "核对了第 %(first)d 至 %(last)d 条，与 %(anchors)d 个锚点相符，用时 %(seconds).1f 秒；时间倒退 %(steps)d 处。"
            )
            % {
                "first": check.first_seq,
                "last": check.last_seq,
                "anchors": check.anchors,
                "seconds": check.seconds,
                "steps": check.clock_steps,
            }
        )
        if not check.is_sound:
            fault = _(verification.FAULTS[check.fault])
            raise CommandError(f"#{check.wrong_seq or ''} {fault} {check.detail}".strip())
        self.stdout.write(self.style.SUCCESS(_("全部相符。")))

    def _export(self, file: Path) -> None:
        at = now()
        anchors.anchor_head(at)
        count = exports.export(AuditEntry.objects.all(), file, whole=True, by=None, at=at)
        self.stdout.write(_("已导出 %(count)d 条到 %(file)s") % {"count": count, "file": file})

    def _purge(self, days: int | None) -> None:
        entry = retention.purge(by=None, at=now(), days=days)
        if entry is None:
            self.stdout.write(_("没有超过保存期的记录。"))
            return
        self.stdout.write(
            _("已清除 %(entries)d 条，到第 %(last)d 条为止；清除前导出在 %(file)s")
            % {**entry.data, "file": retention.archive(entry.data["first"], entry.data["last"])}
        )
