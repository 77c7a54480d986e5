"""The files pages show, on every website that shows them: a page never asks another host for a picture.

A target's ``ref`` is ``<item>:<name in the media storage>``; its path is the digest of the bytes, so it never changes.
"""

import hashlib
import logging
from collections.abc import Iterable, Iterator, Sequence

from django.core.files.storage import default_storage
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from jiyue.common.pages import Rendered, Target
from jiyue.content.bodies import public_path
from jiyue.library.models import Release


log = logging.getLogger(__name__)


def media_of_website(website: int) -> Iterator[Target]:
    shown = _shown_on(website).exclude(media=[])
    seen: set[str] = set()
    for item, media in shown.order_by("item_id").values_list("item_id", "media").distinct().iterator(2000):
        for file in media:
            if file["path"] not in seen:
                seen.add(file["path"])
                yield Target(website, file["path"], "media", f"{item}:{file['file']}")


def media_of_item(item: int) -> Iterator[Target]:
    for release in Release.objects.live().filter(item=item).exclude(media=[]):
        websites = {release.website_id, *release.placements.values_list("column__website", flat=True)}
        for website in sorted(websites):
            for file in release.media:
                yield Target(website, file["path"], "media", f"{item}:{file['file']}")


def render_media(website: int, targets: Sequence[Target]) -> Iterable[Rendered]:
    items = {int(target.ref.partition(":")[0]) for target in targets}
    live = dict(_shown_on(website).filter(item__in=items).values_list("item_id", "media"))
    for target in targets:
        item, _, name = target.ref.partition(":")
        user = int(item) if _has(live.get(int(item), []), target.path) else _another_user(website, target.path)
        if user is not None:
            body = _as_reviewed(target, name)
            if body is not None:
                yield Rendered(target, body, frozenset({f"item:{user}"}))


def _as_reviewed(target: Target, name: str) -> bytes | None:
    """The bytes whose digest the address is. A file exchanged or lost below the library was reviewed by nobody."""
    try:
        with default_storage.open(name) as file:
            body: bytes = file.read()
    except FileNotFoundError:
        body = b""
    if public_path(hashlib.sha256(body).hexdigest(), name) == target.path:
        return body
    log.error("the file %s is not the one that was reviewed for %s", name, target.path)
    return None


def _shown_on(website: int) -> QuerySet[Release]:
    here = Q(website=website) | Q(placements__column__website=website, placements__approved=True)
    return Release.objects.live().filter(here)


def _has(media: list[dict[str, str]], path: str) -> bool:
    return any(file["path"] == path for file in media)


def _another_user(website: int, path: str) -> int | None:
    """Another live release that shows the same bytes; looked for only when the first one has gone."""
    named = _shown_on(website).annotate(text=Cast("media", TextField())).filter(text__contains=path)
    return named.values_list("item_id", flat=True).first()
