from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn

from jiyue.common.errors import Refused
from jiyue.operations.databases import as_conninfo
from jiyue.operations.restore import check_data, check_every_byte, put_in_public, restore
from jiyue.operations.sealing import read_key
from jiyue.operations.vault import fingerprint


class Command(BaseCommand):
    help = _("把一份备份恢复到空目录（和空数据库），并核对每个字节、每张表和全部数据；从不覆盖")
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("backup", type=Path, metavar="FILE", help=_("备份文件（.jiyue），旁边须有 objects 目录"))
        goal = parser.add_mutually_exclusive_group(required=True)
        goal.add_argument("--into", type=Path, metavar="DIR", help=_("恢复到这个空目录，之后把它设为 JIYUE_HOME"))
        goal.add_argument("--verify", action="store_true", help=_("只读出并核对每个字节，不恢复"))
        parser.add_argument("--database", default="", metavar="URL", help=_("恢复到这个空的 PostgreSQL 数据库"))
        parser.add_argument("--key", type=Path, default=settings.BACKUP_KEY, help=_("备份密钥文件"))

    def handle(self, *, backup: Path, into: Path | None, database: str, key: Path, **options: Any) -> None:
        try:
            if into is None:
                snapshot = check_every_byte(backup, secret=read_key(key))
                self.stdout.write(_("%d 个文件，每个字节都完好。") % len(snapshot.files))
            else:
                self._restore(backup, into.resolve(), as_conninfo(database), read_key(key))
        except Refused as refused:
            raise CommandError(str(refused)) from refused

    def _restore(self, backup: Path, into: Path, database: str, secret: bytes) -> None:
        self.stdout.write(_("备份的签名公钥 %s…，请与备份时记下的核对。") % fingerprint(backup))
        columns = (TextColumn(_("恢复")), BarColumn(), DownloadColumn(), TimeElapsedColumn())
        with Progress(*columns, transient=True) as bar:
            task = bar.add_task("", total=None)
            done = restore(
                backup,
                into=into,
                secret=secret,
                database=database,
                progress=lambda so_far, total: bar.update(task, completed=so_far, total=total),
            )
        told = {"files": done.files, "size": filesizeformat(done.size), "rows": done.rows, "into": into}
        self.stdout.write(_("已恢复 %(files)d 个文件（%(size)s）和 %(rows)d 行数据到 %(into)s。") % told)
        self.stdout.write(check_data(into, database))
        put_in_public(into, database)
        self.stdout.write(
            _("公开文件已就位。接着：把 JIYUE_HOME 设为该目录，运行 jiyue collectstatic --noinput、jiyue reindex。")
        )
