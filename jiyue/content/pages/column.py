"""栏目: the front page of a column and its archive pages.

An archive page counts from the oldest release: page n holds releases (n-1)·20 … n·20 for ever, and says nothing about
how many pages there are. A new release therefore changes the front page only, and every twentieth time one archive page.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from jiyue.common.clock import now
from jiyue.common.pages import Rendered, Target, depends_on, recording
from jiyue.common.rendering import public_gettext as _
from jiyue.common.rendering import render
from jiyue.content.columns import ColumnKind
from jiyue.content.models import ColumnPage
from jiyue.content.pages.frame import Frame, frame_of, plain_page
from jiyue.content.pages.rows import FIELDS, counted, newest, on_top_first, row_of
from jiyue.content.pages.sites import Column
from jiyue.library.keys import PAGE_SIZE, archive_pages
from jiyue.library.models import Release


PAGES_SHOWN = 5  # links to archive pages on the front page, beside the first and the last
CHILD_ROWS = 8


def render_columns(website: int, targets: Sequence[Target]) -> Iterator[Rendered]:
    frame = frame_of(website)
    for target in targets:
        column = frame.site.columns.get(int(target.ref))
        if column is None:
            continue
        with recording() as keys:
            depends_on(f"column:{column.id}")
            body = page_of(frame, column)
        yield Rendered(target, body.encode(), frozenset(keys))


def page_of(frame: Frame, column: Column) -> str:
    """The front page of a column."""
    if column.kind == ColumnKind.LEADER:
        return render("content/leaders.html", _leaders(frame, column))
    return render("content/column.html", _front(frame, column))


def render_archives(website: int, targets: Sequence[Target]) -> Iterator[Rendered]:
    """``ref`` is ``<column>:<n>``."""
    frame = frame_of(website)
    wanted: dict[int, dict[int, Target]] = defaultdict(dict)
    for target in targets:
        column_id, number = map(int, target.ref.split(":"))
        wanted[column_id][number] = target
    for column_id, numbers in wanted.items():
        column = frame.site.columns.get(column_id)
        if column is not None:
            yield from _archives(frame, column, numbers)


def _archives(frame: Frame, column: Column, numbers: dict[int, Target]) -> Iterator[Rendered]:
    pages = archive_pages(Release.objects.in_column(column.id).count())
    first, last = min(numbers), min(max(numbers), pages)
    if first > last:
        return
    found = Release.objects.in_column(column.id).reverse().values(*FIELDS)
    releases = list(found[(first - 1) * PAGE_SIZE : last * PAGE_SIZE])  # one query for all of them
    for number, target in numbers.items():
        start = (number - first) * PAGE_SIZE
        shown = releases[start : start + PAGE_SIZE]
        if number > pages or not shown:
            continue
        with recording() as keys:
            depends_on(f"archive:{column.id}:{number}", f"archive:{column.id}:{number + 1}")
            rows = [row_of(release, frame.site) for release in reversed(shown)]
            body = render("content/column.html", _archive(frame, column, number, rows, newest_page=number == pages))
        yield Rendered(target, body.encode(), frozenset(keys))


def _front(frame: Frame, column: Column) -> dict[str, Any]:
    count = Release.objects.in_column(column.id).count() if column.filled else 0
    pages = archive_pages(count)
    releases = Release.objects.in_column(column.id).values(*FIELDS)[: count - pages * PAGE_SIZE] if count else ()
    rows = [row_of(release, frame.site) for release in on_top_first(releases, now())]
    return {
        **_common(frame, column, title=column.title, path=column.address),
        "rows": rows,
        "searchable": column.kind == ColumnKind.POLICY,
        "children": [] if rows else list(_children(frame, column)),
        "count_text": counted(count),
        "pages": _pager(column, pages) if pages else None,
    }


def _archive(
    frame: Frame, column: Column, number: int, rows: list[dict[str, Any]], *, newest_page: bool
) -> dict[str, Any]:
    span = _("%(first)s 至 %(last)s") % {"first": rows[-1]["iso"], "last": rows[0]["iso"]}
    path = archive_address(column, number)
    newer = column.address if newest_page else archive_address(column, number + 1)
    older = archive_address(column, number - 1) if number > 1 else None
    links = [
        {"label": _("最新"), "url": column.address, "current": False},
        {"label": span, "url": path, "current": True},
        {"label": _("最早"), "url": archive_address(column, 1), "current": False},
    ]
    return {
        **_common(frame, column, title=f"{column.title}（{span}）", path=path),
        "rows": rows,
        "searchable": False,
        "children": [],
        "count_text": span,
        "pages": {"previous": newer, "next": older, "links": links if number > 1 else links[:2]},
    }


def _common(frame: Frame, column: Column, *, title: str, path: str) -> dict[str, Any]:
    return {
        **frame.context(channel=column.channel_address),
        "page": {
            **plain_page(title, frame, path=path, description=column.description),
            "column_tags": frame.column_tags(column),
        },
        "crumbs": frame.crumbs(column),
        "side": frame.side(column),
        "column": {
            "title": column.title,
            "description": column.description,
            "url": column.address,
            "feed": "" if column.kind == ColumnKind.CHANNEL else f"{column.address}feed.xml",
        },
        "pictures": column.layout == ColumnPage.Layout.PICTURES or column.kind == ColumnKind.MEDIA,
    }


def _children(frame: Frame, column: Column) -> Iterator[dict[str, Any]]:
    """What a channel shows: each column below it with its newest rows."""
    for child in frame.site.below(column.address):
        depends_on(f"column:{child.id}")
        if frame.site.shows(child):
            rows = [row_of(release, frame.site) for release in newest(child.id, CHILD_ROWS)]
            yield {"title": child.title, "url": child.address, "rows": rows}


def _leaders(frame: Frame, column: Column) -> dict[str, Any]:
    found = Release.objects.in_column(column.id).values_list("title", "website_id", "address", "facts", "cover")
    leaders = [
        {
            "name": title,
            "post": facts.get("post", ""),
            "url": frame.site.href(website, address),
            "photo": cover,
            "rank": facts.get("order", 100),
        }
        for title, website, address, facts, cover in found
    ]
    return {
        **_common(frame, column, title=column.title, path=column.address),
        "leaders": sorted(leaders, key=lambda leader: leader["rank"]),
    }


def archive_address(column: Column, number: int) -> str:
    return f"{column.address}list-{number}.html"


def _pager(column: Column, pages: int) -> dict[str, Any]:
    """Of the front page: itself, then the archive pages from the newest to the oldest."""
    numbers = list(range(pages, 0, -1))
    shown = numbers if pages <= PAGES_SHOWN + 1 else numbers[:PAGES_SHOWN]
    links: list[dict[str, Any]] = [{"label": "1", "url": column.address, "current": True}]
    links += [{"label": str(pages - n + 2), "url": archive_address(column, n), "current": False} for n in shown]
    if shown != numbers:
        links.append({"label": "…", "url": "", "current": False})
        links.append({"label": str(pages + 1), "url": archive_address(column, 1), "current": False})
    return {"previous": None, "next": archive_address(column, pages), "links": links}
