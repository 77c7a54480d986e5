"""What machines read: RSS, Atom and JSON feeds of a website and of each column, site maps by month."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from django.db.models.functions import TruncMonth

from jiyue.common.pages import Rendered, Target, depends_on, recording
from jiyue.common.rendering import render
from jiyue.content.pages.rows import MORE_FIELDS, link_of
from jiyue.content.pages.sites import ZONE, Site, load, local
from jiyue.library.classification import Kind
from jiyue.library.models import Release


Data = dict[str, Any]

FORMATS = {"feed.xml": "rss", "atom.xml": "atom", "feed.json": "json"}
ENTRIES = 20


def render_feeds(website: int, targets: Sequence[Target]) -> Iterator[Rendered]:
    """``ref`` is ``<column>:<format>``, or ``:<format>`` for the whole website."""
    site = load(website)
    feeds: dict[str, tuple[Data, list[Data]]] = {}
    for target in targets:
        column, form = target.ref.split(":")
        if column and int(column) not in site.columns:
            continue
        if column not in feeds:
            feeds[column] = _feed(site, column)
        with recording() as keys:
            depends_on(f"frame:{site.id}", f"column:{column}" if column else f"site:{site.id}")
            body = _written(form, *feeds[column], self_url=site.origin + target.path)
        yield Rendered(target, body.encode(), frozenset(keys))


def _feed(site: Site, column: str) -> tuple[Data, list[Data]]:
    shown = site.columns[int(column)] if column else None
    releases = Release.objects.in_column(shown.id) if shown else Release.objects.live().items().filter(website=site.id)
    shows_any = shown is None or shown.filled
    entries = [_entry(release, site) for release in releases.values(*MORE_FIELDS)[:ENTRIES]] if shows_any else []
    title = f"{shown.title} - {site.name}" if shown else site.name
    return {
        "title": title,
        "url": site.origin + (shown.address if shown else "/"),
        "description": (shown.description if shown else site.register["description"]) or title,
        "author": site.register["unit__name"],
        "updated": max((entry["updated"] for entry in entries), default=""),
    }, entries


def _entry(release: Data, site: Site) -> Data:
    url = link_of(release, site)
    published = local(release["released_at"])
    return {
        "title": release["title"],
        "url": url if "://" in url else site.origin + url,
        "summary": release["summary"],
        "published": published.isoformat(timespec="seconds"),
        "published_rfc": format_datetime(published),
        "updated": local(release["revised_at"]).isoformat(timespec="seconds"),
    }


def _written(form: str, feed: Data, entries: list[Data], *, self_url: str) -> str:
    if form == "json":
        return _json(feed, entries, self_url)
    updated = format_datetime(datetime.fromisoformat(feed["updated"])) if feed["updated"] else ""
    context = {"feed": {**feed, "self": self_url, "updated_rfc": updated}, "entries": entries}
    return render(f"content/feed_{form}.xml", context)


def _json(feed: Data, entries: list[Data], self_url: str) -> str:
    return json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": feed["title"],
            "home_page_url": feed["url"],
            "feed_url": self_url,
            "description": feed["description"],
            "language": "zh-CN",
            "items": [
                {
                    "id": entry["url"],
                    "url": entry["url"],
                    "title": entry["title"],
                    "content_text": entry["summary"],
                    "date_published": entry["published"],
                    "date_modified": entry["updated"],
                }
                for entry in entries
            ],
        },
        ensure_ascii=False,
        indent=1,
    )


def render_sitemaps(website: int, targets: Sequence[Target]) -> Iterator[Rendered]:
    """``ref`` is a month, ``columns``, or empty for the index."""
    site = load(website)
    for target in targets:
        with recording() as keys:
            if not target.ref:
                depends_on(f"site:{site.id}")
                addresses = [site.origin + path for path in ("/sitemap-columns.xml", *map(month_path, months(website)))]
                body = render("content/sitemap_index.xml", {"addresses": addresses})
            else:
                entries = _columns(site) if target.ref == "columns" else _month(site, target.ref)
                if not entries:
                    continue
                body = render("content/sitemap.xml", {"entries": entries})
        yield Rendered(target, body.encode(), frozenset(keys))


def _columns(site: Site) -> list[Data]:
    depends_on(f"frame:{site.id}")
    shown = [column.address for column in site.columns.values() if site.shows(column)]
    return [{"url": site.origin + address, "updated": ""} for address in ("/", *shown)]


def _month(site: Site, month: str) -> list[Data]:
    depends_on(f"sitemap:{site.id}:{month}")
    first = datetime.strptime(month, "%Y-%m").replace(tzinfo=ZONE)
    following = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
    found = Release.objects.live().items().filter(website=site.id, released_at__gte=first, released_at__lt=following)
    return [
        {"url": site.origin + address, "updated": local(revised).isoformat(timespec="seconds")}
        for address, revised in found.exclude(kind=Kind.LINK)
        .order_by("released_at", "item_id")
        .values_list("address", "revised_at")
    ]


def months(website: int) -> list[str]:
    """Months with something in them, as ``2026-11``."""
    found = Release.objects.live().items().exclude(kind=Kind.LINK).filter(website=website)
    starts = (
        found.annotate(month=TruncMonth("released_at", tzinfo=ZONE)).order_by("month").values_list("month", flat=True)
    )
    return [f"{start:%Y-%m}" for start in starts.distinct()]


def month_path(month: str) -> str:
    return f"/sitemap-{month}.xml"
