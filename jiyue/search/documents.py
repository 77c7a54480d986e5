"""What goes from the library into the index: released, not withdrawn, on a website that is online."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from jiyue.library.classification import Kind
from jiyue.library.models import Release
from jiyue.search.index import Document
from jiyue.websites.models import Website


# What answers a question comes before what reports about it (L4: services and answers first).
WEIGHTS: dict[str, float] = {
    Kind.POLICY: 1.5,
    Kind.INTERPRETATION: 1.4,
    Kind.TOPIC: 1.2,
    Kind.NOTICE: 1.1,
    Kind.LINK: 0.8,
}
NOT_TEXT = frozenset(
    {"path", "file", "src", "url", "ext", "size", "poster", "cover", "banner", "digest", "width", "height"}
)


def searchable() -> QuerySet[Release]:
    return Release.objects.live().items().filter(website__state=Website.State.ONLINE)


def documents(releases: QuerySet[Release]) -> Iterator[Document]:
    return map(document_of, releases.defer("body_html", "media").iterator(chunk_size=500))


def document_of(release: Release) -> Document:
    return Document(
        id=release.item_id,
        website=release.website_id,
        unit=release.unit_id,
        kind=release.kind,
        title=release.title,
        address=release.address,
        released_at=release.released_at,
        year=timezone.localtime(release.released_at).year,
        body=release.body_text,
        summary=release.summary,
        doc_number=release.doc_number,
        extra="\n".join(
            filter(None, (release.subtitle, release.keywords, release.index_number, *_texts(release.facts)))
        ),
        validity=release.validity,
        weight=WEIGHTS.get(release.kind, 1.0),
    )


def _texts(facts: Any) -> Iterable[str]:
    """The words among the facts of a kind: duties, divisions, names of attachments, telephone numbers ..."""
    if isinstance(facts, str):
        yield facts
    elif isinstance(facts, list):
        for fact in facts:
            yield from _texts(fact)
    elif isinstance(facts, dict):
        for name, fact in facts.items():
            if name not in NOT_TEXT:
                yield from _texts(fact)
