from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from jiyue.accounts.reference import doors_page


class Command(BaseCommand):
    help = "从闸门的登记生成文档 docs/reference/doors.md"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", nargs="?", type=Path, default=Path("docs/reference/doors.md"))

    def handle(self, *, path: Path, **options: Any) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(doors_page(), encoding="utf-8")
