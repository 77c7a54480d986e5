from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from jiyue.common.clock import now
from jiyue.common.errors import Refused
from jiyue.operations.actions import back_up
from jiyue.operations.backup import default_key
from jiyue.operations.originals import buckets
from jiyue.operations.sealing import make_key
from jiyue.operations.vault import SUFFIX


class Command(BaseCommand):
    help = _("备份：数据库、原件、文件库和密钥，加密、签名，只写新增的部分")
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", type=Path, metavar="DIR", help=_("存放备份的目录，默认 JIYUE_BACKUP_TO"))
        parser.add_argument("--new-key", action="store_true", help=_("只生成备份密钥文件，不备份"))

    def handle(self, *, to: Path | None, new_key: bool, **options: Any) -> None:
        try:
            if new_key:
                make_key(settings.BACKUP_KEY)
                self.stdout.write(_("已生成备份密钥 %s。请立即另存一份在别处。") % settings.BACKUP_KEY)
                return
            run = back_up(at=now(), to=to and to.resolve())
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(
            _("已备份 %(files)d 个文件，共 %(size)s，新写入 %(added)s，用时 %(seconds).1f 秒：%(path)s")
            % {
                "files": run.files,
                "size": filesizeformat(run.size),
                "added": filesizeformat(run.added),
                "seconds": run.seconds,
                "path": f"{run.place}/{run.name}{SUFFIX}",
            }
        )
        for bucket in buckets():
            self.stdout.write(
                _("不在备份里：对象存储 %s 的内容，由桶自己的历史版本保存（jiyue doctor 会核对）。") % bucket
            )
        if default_key() == settings.BACKUP_KEY:
            self.stdout.write(_("备份密钥在 %s：请另存一份在别处，没有它读不出备份。") % settings.BACKUP_KEY)
