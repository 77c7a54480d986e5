"""The rules of packs at work."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from jiyue.inspector.text.hits import Hit
from jiyue.inspector.text.packs import Rule


SHORT = 4  # a literal of so many characters may come about by chance, where two words meet
REACH = 120  # how far a pattern looks around its trigger


@dataclass(frozen=True, slots=True)
class Literal:
    rule: Rule
    guard: re.Pattern[str] | None

    @classmethod
    def of(cls, rule: Rule) -> "Literal":
        return cls(rule, re.compile(rule.guard) if rule.guard else None)

    def at(self, text: str, start: int, end: int) -> Iterator[Hit]:
        if self.guard and not self.guard.match(text, start):
            return
        if self.rule.right and text.startswith(self.rule.right, start + self.rule.right.find(self.rule.wrong)):
            return  # the wrong word is part of the right one, and the right one stands here
        yield _hit(self.rule, start, end, self.rule.right, is_splittable=end - start <= SHORT)


@dataclass(frozen=True, slots=True)
class Pattern:
    rule: Rule
    pattern: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "pattern", re.compile(self.rule.wrong))

    def at(self, text: str, start: int, end: int) -> Iterator[Hit]:
        for match in self.pattern.finditer(text, max(0, start - REACH), min(len(text), end + REACH)):
            if match.start() < end and start < match.end():
                yield self._hit(match)

    def everywhere(self, text: str) -> Iterator[Hit]:
        return map(self._hit, self.pattern.finditer(text))

    def _hit(self, match: re.Match[str]) -> Hit:
        return _hit(self.rule, match.start(), match.end(), self._right(match))

    def _right(self, match: re.Match[str]) -> str:
        return match.expand(self.rule.right) if "\\" in self.rule.right else self.rule.right


def _hit(rule: Rule, start: int, end: int, right: str, *, is_splittable: bool = False) -> Hit:
    return Hit(
        start, end, rule.id, rule.category, right, rule.severity, rule.reason, rule.basis, is_splittable=is_splittable
    )
