import time
from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from jiyue.common import clock, outbox
from jiyue.publishing.actions import publish_all
from jiyue.publishing.batches import Report
from jiyue.publishing.store import RemoteStore, store
from jiyue.publishing.sweep import sweep_store
from jiyue.publishing.verify import Verification, verify
from jiyue.websites.models import Website


class Command(BaseCommand):
    help = _("发布：处理待处理变更；--all 重新生成全部文件；--verify 核对并修复公开文件；--sweep-store 清理文件库")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help=_("重新生成全部网站的文件"))
        parser.add_argument(
            "--website", action="append", metavar="CODE", type=_website, help=_("只处理该网站（可多次）")
        )
        parser.add_argument("--verify", action="store_true", help=_("逐个核对公开文件，修复不一致的文件"))
        parser.add_argument("--upload-store", action="store_true", help=_("把文件库中对象存储缺少的内容补传上去"))
        parser.add_argument(
            "--sweep-store", action="store_true", help=_("清除文件库中清单和历史都不引用、超过一天的内容")
        )
        parser.add_argument("--workers", type=int, default=2, help=_("进程数"))

    def handle(self, *, website: list[int] | None, verify: bool, workers: int, **options: Any) -> None:
        if options["upload_store"]:
            self._upload()
        elif options["sweep_store"]:
            files, size = sweep_store(at=clock.now())
            self.stdout.write(_("已清除 %(files)d 个文件，%(size)d 字节。") % {"files": files, "size": size})
        elif verify:
            self._verify(website)
        elif options["all"] or website:
            self._publish(website, workers)
        else:
            self._drain()

    def _publish(self, websites: list[int] | None, workers: int) -> None:
        began = time.perf_counter()
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[files]}"),
            TimeElapsedColumn(),
        )
        # Drawn from here only: a thread that draws would be copied into the forked workers with its locks held.
        with Progress(*columns, auto_refresh=False) as bar:
            task = bar.add_task(_("生成网站文件"), total=None, files="")

            def show(report: Report, done: int, total: int) -> None:
                bar.update(task, completed=done, total=total, files=_summary(report))
                bar.refresh()

            report = publish_all(at=clock.now(), websites=websites, workers=workers, progress=show)
        seconds = time.perf_counter() - began
        rate = report.rendered / seconds
        self.stdout.write(f"{_summary(report)}{_('，用时 %.1f 秒，每秒 %d 页。') % (seconds, rate)}")

    def _drain(self) -> None:
        handled = 0
        while rows := outbox.drain("publishing", at=clock.now()):
            handled += rows
        self.stdout.write(_("已处理 %d 项变更。") % handled)

    def _upload(self) -> None:
        remote = store()
        if not isinstance(remote, RemoteStore):
            raise CommandError(_("没有设置 JIYUE_STORE_S3。"))
        self.stdout.write(_("已补传 %d 份内容。") % sum(1 for _name in remote.upload()))

    def _verify(self, websites: list[int] | None) -> None:
        found = verify(at=clock.now(), websites=websites)
        self.stdout.write(_("核对了 %d 个文件。") % found.checked)
        for heading, names in _findings(found):
            for name in names:
                self.stdout.write(f"{heading} {name}")
        if found.unsound:
            raise CommandError(_("发布清单与签名不符的网站：%s。请核查数据库。") % "、".join(found.unsound))


def _summary(report: Report) -> str:
    return _("共 %(rendered)d 页，写入 %(written)d 个，移除 %(removed)d 个") % {
        "rendered": report.rendered,
        "written": report.written,
        "removed": report.removed,
    }


def _findings(found: Verification) -> list[tuple[str, list[str]]]:
    return [
        (_("已恢复"), found.restored),
        (_("已重新生成"), found.rendered),
        (_("已移除"), found.removed),
    ]


def _website(code: str) -> int:
    pk = Website.objects.filter(code=code).values_list("pk", flat=True).first()
    if pk is None:
        raise ArgumentTypeError(_("没有代码为“%s”的网站。") % code)
    return pk
