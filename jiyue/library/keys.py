"""The surrogate keys a change of the library touches.

Lists count from the oldest entry (page 1 of a column's archive never changes when something new arrives), so a new
release touches the column's front part and its newest archive page only; an old one that changes touches the archive
pages from its own on, because everything behind it moves.
"""

from collections.abc import Iterator

from django.db.models import Q
from django.utils import timezone

from jiyue.library.classification import Kind
from jiyue.library.models import BasePage, Placement, Release


PAGE_SIZE = 20


def keys_of(release: Release) -> list[str]:
    return list(_keys_of(release))


def keys_of_placement(placement: Placement) -> list[str]:
    item = placement.release.item_id  # its pictures have to stand on the other website, too
    return [f"item:{item}", f"column:{placement.column_id}", *_archive_keys(placement)]


def keys_of_column(column: BasePage, items: list[int]) -> list[str]:
    """A column that has just got these items together, or is about to lose them."""
    count = Placement.objects.filter(column=column.pk, approved=True, release__withdrawn_at=None).count()
    frame = [f"frame:{column.website_id}"] if count <= len(items) else []  # the navigation shows filled columns only
    archive = [f"archive:{column.pk}:{number}" for number in range(1, archive_pages(count) + 2)]
    return [*frame, f"column:{column.pk}", *archive, *(f"item:{item}" for item in items)]


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
    for placement in release.placements.select_related("column"):
        yield f"column:{placement.column_id}"
        yield from _archive_keys(placement)


def _archive_keys(placement: Placement) -> Iterator[str]:
    shown = Placement.objects.filter(column=placement.column_id, approved=True, release__withdrawn_at=None)
    count = shown.count()
    if count <= 1:  # the column appears in the navigation, or leaves it
        yield f"frame:{placement.column.website_id}"
    older = Q(released_at__lt=placement.released_at) | Q(
        released_at=placement.released_at, release_id__lt=placement.release_id
    )
    pages = archive_pages(count)
    first = min(shown.filter(older).count() // PAGE_SIZE + 1, max(pages, 1))
    for number in range(first, pages + 2):
        yield f"archive:{placement.column_id}:{number}"
