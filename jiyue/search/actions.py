"""What changes the index, and what is remembered of searches."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from jiyue.common.outbox import touch
from jiyue.library.models import Release
from jiyue.search.documents import documents, searchable
from jiyue.search.engine import search_index
from jiyue.search.index import Document
from jiyue.search.models import SearchQuery
from jiyue.search.text import terms_of
from jiyue.websites.models import Website


SAMPLE = 4000  # texts from which the lexicon of frequent strings is drawn
TERMS_A_DAY = 5000  # remembered per website; robots ask for more
_PERSONAL = re.compile(r"\d{6}|@")  # telephone and identity numbers, mail addresses


def consume(keys: list[str], at: datetime) -> None:
    """The consumer of the outbox: brings the index to what the library says now about these keys."""
    items = {int(key.removeprefix("item:")) for key in keys if key.startswith("item:")}
    websites = {int(key.removeprefix("site:")) for key in keys if key.startswith("site:")}
    items.update(Release.objects.items().filter(website__in=websites).values_list("item_id", flat=True))
    if not items:
        return
    if search_index().is_there():
        refresh(sorted(items))
    else:  # a new installation, or somebody has lost its folder: these keys alone would make an index without the rest
        reindex(at=at)


def refresh(items: list[int], *, batch: int = 500) -> None:
    """Writes those that the public may find and removes the others."""
    for start in range(0, len(items), batch):
        some = items[start : start + batch]
        found = list(documents(searchable().filter(item__in=some)))
        search_index().apply(found, set(some) - {document.id for document in found})


def reindex(*, at: datetime, progress: Callable[[int], None] = lambda count: None) -> int:
    """Builds the index anew from the library and switches over. What changed meanwhile goes through the outbox once
    more, into the new index."""
    before = set(_versions())
    count = search_index().rebuild(_counted(progress), documents(searchable().order_by("digest")[:SAMPLE]))
    with transaction.atomic():
        changed = {item for item, _ in before ^ set(_versions())}
        touch([f"item:{item}" for item in sorted(changed)], at=at)
    return count


def record_search(website: Website, query: str, *, found: int, at: datetime) -> None:
    """Counts one search. What looks like somebody's number or address is not kept."""
    term = " ".join(terms_of(query))[:60]
    if not term or _PERSONAL.search(term):
        return
    asked = SearchQuery.objects.filter(website=website, day=timezone.localdate(at))
    if asked.filter(term=term).update(times=F("times") + 1, found=found) or asked.count() >= TERMS_A_DAY:
        return
    row = SearchQuery(website=website, day=timezone.localdate(at), term=term, found=found)
    SearchQuery.objects.bulk_create([row], ignore_conflicts=True)


def _versions() -> Iterator[tuple[int, datetime]]:
    return searchable().values_list("item_id", "revised_at").iterator()


def _counted(progress: Callable[[int], None]) -> Iterator[Document]:
    for count, document in enumerate(documents(searchable().order_by("pk")), start=1):
        yield document
        if count % 100 == 0:
            progress(count)
