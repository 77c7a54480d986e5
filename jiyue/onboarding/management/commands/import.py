"""``jiyue import PATH --website CODE --column CODE``: old content in, as drafts."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from jiyue.accounts.models import User
from jiyue.common.clock import now
from jiyue.common.errors import Refused
from jiyue.content.models import ColumnPage
from jiyue.onboarding import actions, imports
from jiyue.onboarding.reading import entries_in, others_in
from jiyue.onboarding.report import Report
from jiyue.websites.models import Website


class Command(BaseCommand):
    help = "迁入旧网站内容：JSON Lines、HTML、文本、Word 文件或文件夹。内容成为草稿，照常审核。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="文件或文件夹")
        parser.add_argument("--website", required=True, help="网站代码")
        parser.add_argument("--column", required=True, help="栏目代码，下级栏目写作 上级/下级")
        parser.add_argument("--by", default="", help="以谁的名义迁入（用户名）；不填则用该单位的信息员")
        parser.add_argument("--approve-in-demo", action="store_true", help="演示环境中自动走完审核；有疑问的仍留作草稿")
        parser.add_argument("--json", type=Path, help="把报告写入这个文件")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["path"]
        if not path.exists():
            raise CommandError(_("没有这个文件或文件夹：%s") % path)
        if options["approve_in_demo"] and not settings.DEMO:
            raise CommandError(_("--approve-in-demo 只能在演示环境使用（JIYUE_DEMO=1）；正式环境须逐条审核。"))
        column = _column(options["website"], options["column"])
        by = _person(options["by"], column)
        report = Report(str(path), options["website"], options["column"])
        console = Console()
        used = self._run(path, column, report, by=by, approve=options["approve_in_demo"], console=console)
        report.unused = [str(other) for other in others_in(path) if str(other.resolve()) not in used]
        report.show(console)
        if options["json"]:
            report.save(options["json"])

    def _run(
        self, path: Path, column: ColumnPage, report: Report, *, by: User, approve: bool, console: Console
    ) -> set[str]:
        total = sum(1 for _entry in entries_in(path))
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=console, transient=True) as progress:
            task = progress.add_task(_("迁入"), total=total)
            try:
                return imports.run(
                    entries_in(path),
                    column,
                    report,
                    by=by,
                    at=now(),
                    approve=approve,
                    step=lambda line: progress.advance(task),
                )
            except KeyboardInterrupt:
                console.print(_("已中断。再运行一次会接着做：已迁入的按重复跳过。"))
                return set()


def _column(website: str, code: str) -> ColumnPage:
    site = Website.objects.filter(code=website).first()
    if site is None:
        raise CommandError(_("没有代码为“%s”的网站。") % website)
    parts = code.strip("/").split("/")
    found = [
        column
        for column in ColumnPage.objects.filter(website=site, slug=parts[-1])
        if [page.slug for page in column.get_ancestors(inclusive=True)][-len(parts) :] == parts
    ]
    if len(found) != 1:
        codes = "、".join(ColumnPage.objects.filter(website=site).values_list("slug", flat=True))
        raise CommandError(
            _("网站“%(site)s”没有（或不止一个）栏目“%(code)s”。可用的栏目：%(codes)s")
            % {"site": site, "code": code, "codes": codes}
        )
    try:
        actions.model_for(found[0])
    except Refused as refused:
        raise CommandError(str(refused)) from refused
    column: ColumnPage = found[0]
    return column


def _person(username: str, column: ColumnPage) -> User:
    person = (
        User.objects.filter(username=username).first() if username else actions.importer_of(actions.unit_of(column))
    )
    if person is None:
        raise CommandError(_("没有用户“%s”。") % username if username else _("该单位还没有信息员，请用 --by 指定。"))
    return person
