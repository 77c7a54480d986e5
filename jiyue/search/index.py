"""The port: what the rest of the platform needs of a search engine, whichever it is.

An index is derived data. Whatever is in it can be written again from ``library.Release``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Facet(StrEnum):
    SITE = "site"
    KIND = "kind"
    YEAR = "year"
    UNIT = "unit"
    VALIDITY = "validity"


class Sort(StrEnum):
    RELEVANCE = "relevance"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Document:
    """What the public may find of one release."""

    id: int
    website: int
    unit: int
    kind: str
    title: str
    address: str
    released_at: datetime
    year: int  # of the local calendar
    body: str = ""
    summary: str = ""
    doc_number: str = ""
    extra: str = ""  # found but not shown: subtitle, index number, names of attachments
    validity: str = ""
    weight: float = 1.0  # of its kind; the engine adds how recent it is


@dataclass(frozen=True, slots=True)
class Query:
    """``terms`` in normal form, see ``text.terms_of``; all must be contained. ``website`` narrows the scope, ``filters``
    the choice within it."""

    terms: tuple[str, ...]
    website: int | None = None
    filters: Mapping[Facet, str] = field(default_factory=dict)
    sort: Sort = Sort.RELEVANCE
    offset: int = 0
    limit: int = 10


@dataclass(frozen=True, slots=True)
class Results:
    """``facets``: value → count, each counted with every filter but its own, so that one can change one's mind."""

    total: int
    hits: list[Document]
    facets: dict[Facet, dict[str, int]]
    by_initials: bool = False


EMPTY = Results(0, [], {facet: {} for facet in Facet})


class SearchIndex(Protocol):
    def is_there(self) -> bool:
        """Whether there is something to search in; else only a rebuild makes it whole."""
        ...

    def search(self, query: Query) -> Results: ...

    def apply(self, upserts: Iterable[Document], deletes: Iterable[int]) -> None:
        """Writes and removes documents by id; when it returns, every reader finds them so."""
        ...

    def rebuild(self, documents: Iterable[Document], sample: Iterable[Document]) -> int:
        """Writes a new index beside the old one, then switches; answers how many documents it holds."""
        ...

    def close(self) -> None:
        """Finishes what goes on in the background and lets another process write."""
        ...
