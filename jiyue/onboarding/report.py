"""The account of an import: for every document what became of it and why; nothing is dropped in silence."""

import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path

from django.utils.translation import gettext as _
from rich.console import Console
from rich.table import Table


class Result(StrEnum):
    TAKEN = "taken"
    DUPLICATE = "duplicate"
    REFUSED = "refused"


NAMES = {Result.TAKEN: "迁入", Result.DUPLICATE: "重复", Result.REFUSED: "未迁入"}


@dataclass(slots=True)
class Line:
    source: str
    result: Result
    kind: str = ""
    reason: str = ""
    title: str = ""
    item: int | None = None
    published_at: str = ""
    charset: str = ""
    pictures: int = 0
    attachments: int = 0
    approved: bool = False
    notes: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Report:
    path: str
    website: str
    column: str
    lines: list[Line] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        found = Counter(line.result for line in self.lines)
        return {result.value: found[result] for result in Result} | {
            "approved": sum(line.approved for line in self.lines),
            "doubtful": sum(bool(line.doubts) for line in self.lines),
        }

    def save(self, path: Path) -> None:
        data = {**asdict(self), "counts": self.counts()}
        path.write_text(json.dumps(data, ensure_ascii=False, indent=2), encoding="utf-8")

    def show(self, console: Console) -> None:
        counts = self.counts()
        console.print(
            _(
                "迁入 %(taken)d 条，重复 %(duplicate)d 条，未迁入 %(refused)d 条；自动审核 %(approved)d 条，待人工核对 %(doubtful)d 条。"
            )
            % counts
        )
        rows = [line for line in self.lines if line.result != Result.TAKEN or line.doubts]
        if rows:
            console.print(self._table(rows))
        if self.unused:
            console.print(_("文件夹中有 %d 个文件没有被任何信息引用，详见 JSON 报告。") % len(self.unused))

    def _table(self, rows: list[Line]) -> Table:
        table = Table(show_lines=False)
        for heading in (_("文件"), _("结果"), _("原因或疑问"), _("标题")):
            table.add_column(heading, overflow="fold")
        for line in rows:
            why = line.reason or "；".join(line.doubts)
            table.add_row(line.source, NAMES[line.result], why, line.title)
        return table
