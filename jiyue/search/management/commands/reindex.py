from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import Progress

from jiyue.common.clock import now
from jiyue.search.actions import reindex
from jiyue.search.documents import searchable


class Command(BaseCommand):
    help = _("重建搜索索引：在旁边建好新的再切换，期间搜索照常")

    def handle(self, **options: Any) -> None:
        with Progress(console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task(str(_("重建索引")), total=searchable().count())
            count = reindex(at=now(), progress=lambda done: bar.update(task, completed=done))
        self.stdout.write(str(_("已索引 %(count)d 条信息。")) % {"count": count})
