"""Which addresses a website has, and which of them a key is about.

A key's own pages must be named here: a page that does not exist yet has no recorded dependency that could call it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.db.models import Count

from jiyue.common import assets
from jiyue.common.pages import Target
from jiyue.content.columns import ColumnKind
from jiyue.content.pages.feeds import FORMATS, month_path, months
from jiyue.content.pages.media import media_of_item, media_of_website
from jiyue.content.pages.standing import PATHS
from jiyue.library.classification import Kind
from jiyue.library.keys import archive_pages
from jiyue.library.models import Placement, Release
from jiyue.websites.models import Website


def locate(website: int | None, key: str | None) -> Iterator[Target]:
    """The locator of ``jiyue.common.pages``: all targets of a website, or those a key is about."""
    if website is not None:
        return _all(website)
    name, _, rest = (key or "").partition(":")
    about = _ABOUT.get(name)
    return about(rest) if about else iter(())


def _all(website: int) -> Iterator[Target]:
    yield from _standing(website)
    yield from _site_feeds(website)
    yield Target(website, "/sitemap-columns.xml", "sitemap", "columns")
    for month in months(website):
        yield Target(website, month_path(month), "sitemap", month)
    counts = _counts(website)
    columns = Release.objects.live().filter(website=website, kind=Kind.COLUMN)
    for item, address, facts in columns.values_list("item_id", "address", "facts"):
        yield from _column(website, item, address, facts.get("column_kind", ""))
        for number in range(1, archive_pages(counts.get(item, 0)) + 1):
            yield _archive(website, item, address, number)
    yield from media_of_website(website)
    items = Release.objects.items().filter(website=website)
    for item, address in items.order_by("item_id").values_list("item_id", "address").iterator(5000):
        yield Target(website, address, "item", str(item))


def _standing(website: int) -> Iterator[Target]:
    yield Target(website, "/", "home")
    for ref, path in PATHS.items():
        yield Target(website, path, "standing", ref)
    for name in assets.files():
        yield Target(website, assets.asset(name), "asset", name)


def _site_feeds(website: int) -> Iterator[Target]:
    for file, form in FORMATS.items():
        yield Target(website, f"/{file}", "feed", f":{form}")
    yield Target(website, "/sitemap.xml", "sitemap")


def _column(website: int, item: int, address: str, kind: str) -> Iterator[Target]:
    yield Target(website, address, "column", str(item))
    if kind != ColumnKind.CHANNEL:
        for file, form in FORMATS.items():
            yield Target(website, address + file, "feed", f"{item}:{form}")


def _archive(website: int, item: int, address: str, number: int) -> Target:
    return Target(website, f"{address}list-{number}.html", "archive", f"{item}:{number}")


def _counts(website: int) -> dict[int, int]:
    shown = Placement.objects.filter(column__website=website, approved=True, release__withdrawn_at=None)
    return dict(shown.order_by().values_list("column").annotate(n=Count("pk")))


def _about_item(rest: str) -> Iterator[Target]:
    for website, kind, address in Release.objects.filter(item=int(rest)).values_list("website_id", "kind", "address"):
        if kind == Kind.HOME:
            yield Target(website, "/", "home")
        elif kind != Kind.COLUMN:
            yield Target(website, address, "item", rest)
    yield from media_of_item(int(rest))


def _about_column(rest: str) -> Iterator[Target]:
    found = Release.objects.filter(item=int(rest), kind=Kind.COLUMN)
    for website, address, facts in found.values_list("website_id", "address", "facts"):
        yield from _column(website, int(rest), address, facts.get("column_kind", ""))


def _about_archive(rest: str) -> Iterator[Target]:
    """``<column>:<n>``, or ``<column>:*`` for all its pages."""
    column, _, number = rest.partition(":")
    found = Release.objects.filter(item=int(column), kind=Kind.COLUMN)
    for website, address in found.values_list("website_id", "address"):
        if number == "*":
            pages = archive_pages(Release.objects.in_column(int(column)).count())
            yield from (_archive(website, int(column), address, n) for n in range(1, pages + 1))
        else:
            yield _archive(website, int(column), address, int(number))


def _about_sitemap(rest: str) -> Iterator[Target]:
    """``<website>:<yyyy-mm>``: something of that month came, went or changed, so the website's feeds did, too."""
    website, _, month = rest.partition(":")
    yield Target(int(website), month_path(month), "sitemap", month)
    yield from _site_feeds(int(website))


def _about_frame(rest: str) -> Iterator[Target]:
    yield from _standing(int(rest))


def _about_site(rest: str) -> Iterator[Target]:
    if Website.objects.online().filter(pk=rest).exists():
        yield from _all(int(rest))


_ABOUT: dict[str, Callable[[str], Iterator[Target]]] = {
    "item": _about_item,
    "column": _about_column,
    "archive": _about_archive,
    "sitemap": _about_sitemap,
    "frame": _about_frame,
    "site": _about_site,
}
