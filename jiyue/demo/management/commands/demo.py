import os
import shutil
import sys
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from jiyue.accounts.models import User
from jiyue.accounts.roles import Role
from jiyue.common import clock
from jiyue.demo import actions
from jiyue.demo.city import DEFAULT_SITES
from jiyue.demo.material import read
from jiyue.demo.quickstart import create_database
from jiyue.publishing.actions import publish_all
from jiyue.publishing.ports import is_free
from jiyue.search.actions import reindex


MARK = "demo"  # a file that says: this installation is the sample city and may be thrown away
STATE = ("public", "store", "search", "media", "static")
ADDRESS = "127.0.0.1"


class Command(BaseCommand):
    help = "演示：建立样例城市云州市并启动；再次运行时保留数据直接启动"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--sites", type=int, default=DEFAULT_SITES, help="网站数量（1至150）")
        parser.add_argument("--items", type=int, help="每个网站的信息条数（用于性能测试）")
        parser.add_argument("--reset", action="store_true", help="清除演示数据，重新建立")
        parser.add_argument("--port", type=int, default=settings.PORT, help="端口")
        parser.add_argument("--no-serve", action="store_true", help="只建立，不启动")

    def handle(self, *, sites: int, items: int | None, reset: bool, port: int, no_serve: bool, **options: Any) -> None:
        if not 1 <= sites <= 150:
            raise CommandError(_("网站数量应在1至150之间。"))
        if not no_serve and not is_free(ADDRESS, port):
            raise CommandError(_("端口 %d 已被占用，请用 --port 换一个。") % port)
        if not settings.DEMO or port != settings.PORT:
            _start_again_as_demo(port)
        if reset:
            self._reset()
        self.console = Console(file=sys.stderr)
        if not self._is_ready():
            self._build(sites, items)
        elif (settings.HOME / MARK).read_text() != str(port):
            self._publish_again()
        (settings.HOME / MARK).write_text(str(port))
        self._show_accounts()
        if not no_serve:
            call_command("up", port=port)

    def _is_ready(self) -> bool:
        """Built before, and nobody else's: an installation that is not a demo is left alone."""
        if not connection.introspection.table_names():
            return False
        if not (settings.HOME / MARK).exists() and User.objects.exists():
            raise CommandError(_("%s 中已有正式数据，不能用于演示。请用 JIYUE_HOME 指定其他目录。") % settings.HOME)
        return (settings.HOME / MARK).exists() and actions.is_built()

    def _reset(self) -> None:
        if connection.vendor != "sqlite":
            raise CommandError(_("只能重置使用默认数据库的演示环境。"))
        if not (settings.HOME / MARK).exists() and (settings.HOME / "db.sqlite3").exists():
            raise CommandError(_("%s 不是演示环境，不予清除。") % settings.HOME)
        connection.close()
        for name in STATE:
            shutil.rmtree(settings.HOME / name, ignore_errors=True)
        for path in settings.HOME.glob("db.sqlite3*"):
            path.unlink()

    def _build(self, sites: int, items: int | None) -> None:
        began = time.perf_counter()
        (settings.HOME / MARK).touch()
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        # Drawn from here only: a thread that draws would be copied into the forked publishers with its locks held.
        with Progress(*columns, console=self.console, auto_refresh=False) as bar:
            show = _shower(bar)
            show(_("数据库"), 0, 1)
            if connection.vendor == "sqlite" and not connection.introspection.table_names():
                create_database()
            else:
                call_command("migrate", verbosity=0, interactive=False)
            show(_("数据库"), 1, 1)
            actions.build(sites=sites, items_per_site=items, at=clock.now(), progress=show)
            publish_all(
                at=clock.now(), workers=2, progress=lambda report, done, total: show(_("生成网站文件"), done, total)
            )
            show(_("搜索索引"), 0, 1)
            reindex(at=clock.now())
            show(_("搜索索引"), 1, 1)
            actions.settle()
        self.console.print(_("云州市已建成，用时 %.0f 秒。") % (time.perf_counter() - began))

    def _publish_again(self) -> None:
        """Links between websites carry the port, so another port needs other files."""
        with Progress(console=self.console, auto_refresh=False) as bar:
            show = _shower(bar)
            publish_all(
                at=clock.now(), workers=2, progress=lambda report, done, total: show(_("按新端口生成文件"), done, total)
            )

    def _show_accounts(self) -> None:
        data = read("accounts")
        table = Table(_("角色"), _("账号"), _("姓名"), title=_("演示账号（密码均为 %s）") % data["password"])
        for entry in data["accounts"]:
            table.add_row(str(Role(entry["role"]).label), entry["username"], entry["name"])
        self.console.print(table)


def _shower(bar: Progress) -> Callable[[str, int, int], None]:
    tasks: dict[str, TaskID] = {}

    def show(what: str, done: int, total: int) -> None:
        if what not in tasks:
            tasks[what] = bar.add_task(what, total=total)
        bar.update(tasks[what], completed=done, total=total)
        bar.refresh()

    return show


def _start_again_as_demo(port: int) -> None:
    """Settings are read once: the demo's band, its accounts and its port must be known before."""
    os.environ |= {"JIYUE_DEMO": "1", "JIYUE_PORT": str(port)}
    os.execv(sys.executable, [sys.executable, "-m", "jiyue", *sys.argv[1:]])
