"""The checks of a text, put together from packs."""

import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from functools import cache

from jiyue.inspector.findings import Finding
from jiyue.inspector.text import calendar, document_numbers, personal, protected
from jiyue.inspector.text.calendar import Calendar
from jiyue.inspector.text.document_numbers import DocumentNumber
from jiyue.inspector.text.guards import is_quoted, is_two_words
from jiyue.inspector.text.hits import Hit, Watcher
from jiyue.inspector.text.literals import Literals
from jiyue.inspector.text.loading import shipped
from jiyue.inspector.text.packs import Category, Default, Pack, Rule
from jiyue.inspector.text.rules import Literal, Pattern


class Checker:
    """Checks texts by the rules of all ``packs``; made once, then used for any number of texts, by any thread.

    ``only`` and ``without`` name categories, or groups of them by the part before a hyphen (``personal``). A category
    named in ``only`` is checked with its hints and with what is switched off by default; ``hints`` adds those of all
    others. ``today`` is the day terms must hold on and nobody can be born after. ``language`` is ``zh`` or ``en``.
    """

    def __init__(
        self,
        packs: Sequence[Pack],
        *,
        only: Collection[str] = (),
        without: Collection[str] = (),
        hints: bool = False,
        today: date | None = None,
        language: str = "zh",
    ) -> None:
        self._only, self._without, self._hints, self._language = only, without, hints, language
        self.labels = [pack.label for pack in packs]
        self._today = today or date(*time.localtime()[:3])
        self.categories = {code: each for pack in packs for code, each in pack.categories.items() if self._wants(each)}
        watchers: dict[str, list[Watcher]] = defaultdict(list)
        patterns: dict[str, list[int]] = defaultdict(list)
        self._patterns: list[Pattern] = []
        self._everywhere: list[Pattern] = []
        for rule in _last_of_each_id(packs):
            if rule.category.code in self.categories and self._is_on(rule.category, rule.default):
                self._add(rule, watchers, patterns)
        for term in (term for pack in packs for term in pack.terms):
            if term.category.code in self.categories and term.holds(self._today):
                for word, watcher in protected.watchers(term):
                    watchers[word].append(watcher)
        if number := self.categories.get("document-number"):
            watchers[document_numbers.TRIGGER].append(DocumentNumber(number))
        for trigger in calendar.TRIGGERS:
            watchers[trigger].append(Calendar(self.categories))
        words = list(dict.fromkeys([*watchers, *patterns]))
        self._watchers = [watchers.get(word, ()) for word in words]
        self._triggered = [patterns.get(word, ()) for word in words]
        self._literals = Literals(words)

    def check(self, text: str) -> list[Finding]:
        """All that is wrong with it, by place; of findings that overlap the most severe stays, then the longest."""
        hits = [hit for hit in self._hits(text) if not _is_excused(text, hit)]
        return sorted(hit.finding(text, self._language) for hit in _apart(hits))

    def title_of(self, finding: Finding) -> str:
        """The name of its category, in the language of the checker."""
        code = finding.rule if finding.rule in self.categories else finding.rule.rpartition("-")[0]
        category = self.categories[code]
        return category.title_en if self._language == "en" else category.title

    def _hits(self, text: str) -> Iterator[Hit]:
        triggers: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for start, end, number in self._literals.find(text):
            for watcher in self._watchers[number]:
                yield from watcher.at(text, start, end)
            for place in self._triggered[number]:
                triggers[place].append((start, end))
        for place, spans in triggers.items():
            yield from self._patterns[place].near(text, spans)
        for pattern in self._everywhere:
            yield from pattern.everywhere(text)
        yield from personal.hits(text, self.categories, self._today)

    def _add(self, rule: Rule, watchers: dict[str, list[Watcher]], patterns: dict[str, list[int]]) -> None:
        if not rule.is_pattern:
            watchers[rule.wrong].append(Literal.of(rule))
            return
        (self._patterns if rule.triggers else self._everywhere).append(Pattern(rule))
        for trigger in rule.triggers:
            patterns[trigger].append(len(self._patterns) - 1)

    def _wants(self, category: Category) -> bool:
        if _is_named(category, self._without):
            return False
        return _is_named(category, self._only) if self._only else True

    def _is_on(self, category: Category, default: Default) -> bool:
        if _is_named(category, self._only):
            return True
        return default is Default.ON or (default is Default.HINT and self._hints)


def check(text: str, packs: Sequence[Pack] | None = None) -> list[Finding]:
    """What is certainly wrong, by the shipped pack or by ``packs``."""
    return (_usual() if packs is None else Checker(packs)).check(text)


@cache
def _usual() -> Checker:
    return Checker([shipped()])


def _last_of_each_id(packs: Iterable[Pack]) -> Iterable[Rule]:
    """A later pack changes or switches off a rule by its id."""
    return {rule.id: rule for pack in packs for rule in pack.rules}.values()


def _is_named(category: Category, names: Collection[str]) -> bool:
    return any(category.code == name or category.code.startswith(name + "-") for name in names)


def _is_excused(text: str, hit: Hit) -> bool:
    if hit.category.is_quotable and is_quoted(text, hit.start, hit.end):
        return True
    return hit.is_splittable and is_two_words(text, hit.start, hit.end)


def _apart(hits: Iterable[Hit]) -> list[Hit]:
    kept: list[Hit] = []
    taken = bytearray()
    for hit in sorted(
        hits,
        key=lambda each: (
            each.severity or each.category.severity,
            -(each.end - each.start),
            each.start,
            each.rule == "protected",
            each.rule,
        ),
    ):
        if len(taken) < hit.end:
            taken.extend(bytes(hit.end - len(taken)))
        if not any(taken[hit.start : hit.end]):
            taken[hit.start : hit.end] = b"\1" * (hit.end - hit.start)
            kept.append(hit)
    return kept
