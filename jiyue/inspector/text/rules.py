"""The rules of packs at work."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
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

    def near(self, text: str, triggers: Sequence[tuple[int, int]]) -> Iterator[Hit]:
        """Matches that touch one of the triggers, which are given by their ends; no place is looked at twice."""
        ends = [end for _, end in triggers]
        for first, last in _windows(triggers, len(text)):
            for match in self.pattern.finditer(text, first, last):
                nearest = bisect_right(ends, match.start())
                if nearest < len(triggers) and triggers[nearest][0] < match.end():
                    yield self._hit(match)

    def everywhere(self, text: str) -> Iterator[Hit]:
        return map(self._hit, self.pattern.finditer(text))

    def _hit(self, match: re.Match[str]) -> Hit:
        return _hit(self.rule, match.start(), match.end(), self._right(match))

    def _right(self, match: re.Match[str]) -> str:
        return match.expand(self.rule.right) if "\\" in self.rule.right else self.rule.right


def _windows(triggers: Iterable[tuple[int, int]], length: int) -> Iterator[tuple[int, int]]:
    """What lies within reach of the triggers, without overlaps."""
    first = last = 0
    for start, end in triggers:
        if start - REACH > last:
            if last:
                yield first, last
            first = start - REACH
        last = min(length, end + REACH)
    if last:
        yield first, last


def _hit(rule: Rule, start: int, end: int, right: str, *, is_splittable: bool = False) -> Hit:
    return Hit(
        start, end, rule.id, rule.category, right, rule.severity, rule.reason, rule.basis, is_splittable=is_splittable
    )
