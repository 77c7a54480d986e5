from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from jiyue.operations.examination import Level, examine
from jiyue.operations.soundness import complaints


class Command(BaseCommand):
    help = _("自检：数据库、迁移、磁盘、时钟、密钥权限、备份、三员、设置、nginx，并说明怎么办")
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--data", action="store_true", help=_("只核对数据：迁移、审计链、发布清单、文件库"))
        parser.add_argument(
            "--nginx",
            type=Path,
            default=settings.NGINX,
            metavar="FILE",
            help=_("核对这份 nginx 配置和其中的证书，默认 JIYUE_NGINX"),
        )

    def handle(self, *, data: bool, nginx: Path | None, **options: Any) -> None:
        if data:
            self._check_data()
            return
        findings = list(examine(nginx=nginx))
        for finding in findings:
            self.stdout.write(f"{finding.level} {finding.what}{'：' if finding.remedy else ''}{finding.remedy}")
        bad = sum(finding.level == Level.BAD for finding in findings)
        if bad:
            raise CommandError(_("有 %d 个问题须处理。") % bad)
        self.stdout.write(_("可以运行。"))

    def _check_data(self) -> None:
        found = list(complaints())
        for line in found:
            self.stdout.write(f"✗ {line}")
        if found:
            raise CommandError(_("有 %d 个问题。") % len(found))
        self.stdout.write(_("数据完好。"))
