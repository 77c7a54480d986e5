"""The checks of one page, what they are called, and how their findings look.

A check is a function that reads a page and says what it noticed; everything that does not depend on the page (severity,
clause, what to do) stands in rules.py. ``inspect`` runs them.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from jiyue.inspector.findings import Severity, Tier
from jiyue.inspector.markup import Element, Run
from jiyue.inspector.page import Page, excerpt_of


class Kind(StrEnum):
    """The national norm asks for different things on each."""

    HOME = "home"
    COLUMN = "column"
    CONTENT = "content"
    OTHER = "other"  # search results, forms, maps: only what holds for every page


@dataclass(frozen=True, slots=True)
class Case:
    """A page and what is known about it."""

    page: Page
    kind: Kind
    governmental: bool  # the norm for government websites holds
    at: datetime | None = None  # the moment for which ages are counted; without it none are


@dataclass(frozen=True, slots=True)
class Notice:
    rule: str
    excerpt: str = ""
    line: int = 1
    column: int = 1
    count: int = 1
    tier: Tier | None = None  # where it differs from the rule's


@dataclass(frozen=True, slots=True, order=True)
class PageFinding:
    """``line`` and ``column`` in the decoded source, from 1; ``digest`` is the SHA-256 of the bytes that were read."""

    address: str
    line: int
    column: int
    rule: str
    check: str
    tier: Tier
    severity: Severity
    title: str
    excerpt: str
    remedy: str
    digest: str
    count: int = 1

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


Check = Callable[[Case], Iterable[Notice]]
CHECKS: Final[dict[str, Check]] = {}


def check(name: str) -> Callable[[Check], Check]:
    """Registers a check under the name ``--only`` takes. Rules begin with it: ``meta`` -> ``meta-missing``."""

    def register(function: Check) -> Check:
        CHECKS[name] = function
        return function

    return register


def at_element(
    rule: str, element: Element | Run, excerpt: str = "", *, count: int = 1, tier: Tier | None = None
) -> Notice:
    return Notice(rule, excerpt or excerpt_of(element.text), element.line, element.column, count, tier)


def all_of(rule: str, found: list[Element], excerpt: Callable[[Element], str]) -> Iterator[Notice]:
    """One notice for what may stand on a page a hundred times: at the first, with the number."""
    if found:
        yield at_element(rule, found[0], excerpt_of(excerpt(found[0])), count=len(found))
