from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from jiyue.common.clock import now
from jiyue.common.errors import Refused
from jiyue.operations.actions import drill


class Command(BaseCommand):
    help = _("恢复演练：把最新的备份恢复到临时的地方，全部核对，记录结果，然后清除")
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--place", type=Path, metavar="DIR", help=_("备份所在的目录，默认 JIYUE_BACKUP_TO"))

    def handle(self, *, place: Path | None, **options: Any) -> None:
        try:
            run = drill(at=now(), place=place and place.resolve())
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(
            _("演练成功：%(name)s，%(files)d 个文件全部核对，用时 %(seconds).1f 秒。")
            % {"name": run.name, "files": run.files, "seconds": run.seconds}
        )
