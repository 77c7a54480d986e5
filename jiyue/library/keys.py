"""The surrogate keys a change of the library touches.

Lists count from the oldest entry (page 1 of a column's archive never changes when something new arrives), so a new
release touches the column's front part and its newest archive page only; an old one that changes touches the archive
pages from its own on, because everything behind it moves.
"""

from collections.abc import Iterator

from django.db.models import Q
from django.utils import timezone

from jiyue.library.classification import Kind
from jiyue.library.models import Placement, Release


PAGE_SIZE = 20


def keys_of(release: Release) -> list[str]:
    return list(_keys_of(release))


def keys_of_placement(placement: Placement) -> list[str]:
    item = placement.release.item_id  # its pictures have to stand on the other website, too
    return [f"item:{item}", f"column:{placement.column_id}", *_archive_keys(placement.column_id, placement.release)]


def archive_pages(count: int) -> int:
    """How many full archive pages a column with ``count`` releases has beside its index page."""
    return max(count // PAGE_SIZE - 1, 0)


def _keys_of(release: Release) -> Iterator[str]:
    yield f"item:{release.item_id}"
    if release.kind in {Kind.HOME, Kind.COLUMN}:
        yield f"frame:{release.website_id}"
        yield f"column:{release.item_id}"
        return
    yield f"sitemap:{release.website_id}:{timezone.localtime(release.released_at):%Y-%m}"
    for column_id in release.placements.values_list("column_id", flat=True):
        yield f"column:{column_id}"
        yield from _archive_keys(column_id, release)


def _archive_keys(column_id: int, release: Release) -> Iterator[str]:
    shown = Release.objects.live().filter(placements__column=column_id, placements__approved=True)
    older = Q(released_at__lt=release.released_at) | Q(released_at=release.released_at, item_id__lt=release.item_id)
    pages = archive_pages(shown.count())
    first = min(shown.filter(older).count() // PAGE_SIZE + 1, max(pages, 1))
    for number in range(first, pages + 2):
        yield f"archive:{column_id}:{number}"
