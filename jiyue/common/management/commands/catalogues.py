"""``jiyue catalogues``: compiles message catalogues and says what has no English yet."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from jiyue.common import catalogues


class Command(BaseCommand):
    help = "编译界面词条；--extract 先从源码收集词条"
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--extract", action="store_true", help="从源码收集词条，更新英文词条文件")

    def handle(self, *, extract: bool, **options: Any) -> None:
        lacking = []
        for root in settings.LOCALE_PATHS:
            for po in sorted(root.glob("en/LC_MESSAGES/*.po")):
                if extract:
                    catalogues.refresh(po, catalogues.extract(settings.BASE, po.stem))
                lacking += catalogues.untranslated(catalogues.read(po))
            for po in catalogues.compile_stale(root):
                self.stdout.write(f"{po.relative_to(settings.BASE)} 已编译")
        if lacking:
            raise CommandError(f"{len(lacking)} 条没有英文：\n" + "\n".join(lacking))
