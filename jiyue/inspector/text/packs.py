"""Rule packs: what is wrong, as data with a version. The format is described in docs/reference/wording.md."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from jiyue.inspector.findings import Severity, Tier


class Default(StrEnum):
    ON = "on"
    HINT = "hint"  # only where hints are asked for
    OFF = "off"  # only where its category is asked for by name


@dataclass(frozen=True, slots=True)
class Category:
    """``reason`` may use {wrong} and {right}; ``is_quotable``: said in quotation marks or titles it is not our error."""

    code: str
    title: str
    title_en: str
    severity: Severity
    reason: str
    reason_en: str
    default: Default = Default.ON
    tier: Tier = Tier.CERTAIN
    is_quotable: bool = True


@dataclass(frozen=True, slots=True)
class Rule:
    """``wrong`` is a literal or, with ``is_pattern``, a regular expression that is tried only around ``triggers``.

    ``guard`` is a regular expression that must match where ``wrong`` starts, or the rule is silent.
    ``right`` of a pattern is a template for ``Match.expand`` when it refers to groups.
    """

    id: str
    category: Category
    wrong: str
    right: str = ""
    default: Default = Default.ON
    severity: Severity = Severity.ERROR
    is_pattern: bool = False
    guard: str = ""
    triggers: tuple[str, ...] = ()
    basis: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """A name that must be written exactly so; ``neighbours`` are other right names that differ by one character."""

    term: str
    category: Category
    neighbours: tuple[str, ...] = ()
    since: date = date.min
    until: date = date.max

    def holds(self, on: date) -> bool:
        return self.since <= on <= self.until


@dataclass(frozen=True, slots=True)
class Pack:
    name: str
    version: str
    categories: dict[str, Category]
    rules: tuple[Rule, ...] = ()
    terms: tuple[Term, ...] = ()

    @property
    def label(self) -> str:
        """What receipts and dismissals remember, e.g. ``wording-2026.11``."""
        return f"{self.name}-{self.version}".strip("-")
