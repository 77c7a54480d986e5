"""What a rule saw, before it is known whether it will be said."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from jiyue.inspector.findings import Finding, Severity
from jiyue.inspector.text.packs import Category


@dataclass(frozen=True, slots=True)
class Hit:
    """Characters ``start`` to ``end`` of a text. ``is_splittable``: may be two ordinary words side by side."""

    start: int
    end: int
    rule: str
    category: Category
    right: str = ""
    severity: Severity | None = None
    reason: str = ""  # Chinese; empty for the category's
    basis: str = ""
    is_splittable: bool = False

    def finding(self, text: str, language: str) -> Finding:
        template = self.category.reason_en if language == "en" else self.reason or self.category.reason
        wrong = text[self.start : self.end]
        if not self.right and "{right}" in template:  # nothing better is known
            template = "此处不宜写“{wrong}”，请核对。" if language == "zh" else "Better not “{wrong}”: please check."
        reason = template.replace("{wrong}", wrong).replace("{right}", self.right)
        if self.basis:
            reason += f"（依据：{self.basis}）" if language == "zh" else f" (source: {self.basis})"
        severity = self.severity or self.category.severity
        return Finding(self.start, self.end - self.start, self.rule, self.category.tier, severity, self.right, reason)


class Watcher(Protocol):
    """Looks closer where one of its words stands."""

    def at(self, text: str, start: int, end: int) -> Iterable[Hit]: ...
