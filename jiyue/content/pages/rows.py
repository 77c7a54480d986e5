"""Lists of releases: what a column, a tab or a feed shows of each, as plain rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from jiyue.common.clock import now
from jiyue.common.html import address_of
from jiyue.common.rendering import public_gettext as _
from jiyue.content.pages.sites import Site, local
from jiyue.library.classification import Kind, Validity
from jiyue.library.models import Release, ReleaseQuerySet


FIELDS = (
    "item_id", "website_id", "kind", "title", "address", "released_at", "doc_number", "validity", "cover",
    "facts__url", "facts__duration", "sticky_until",
)  # fmt: skip
MORE_FIELDS = (*FIELDS, "summary", "index_number", "revised_at")

TONES = {Validity.VALID: "ok", Validity.AMENDED: "warn", Validity.REPEALED: "bad", Validity.EXPIRED: "mute"}


def row_of(release: dict[str, Any], site: Site) -> dict[str, Any]:
    released = local(release["released_at"])
    iso = released.date().isoformat()
    return {
        "title": release["title"],
        "url": link_of(release, site),
        "kind": release["kind"],
        "day": iso[5:],
        "iso": iso,
        "doc_number": release["doc_number"],
        "validity": validity_of(release["validity"]),
        "cover": release["cover"],
        "duration": release["facts__duration"] or "",
        "site": "",
    }


def link_of(release: dict[str, Any], site: Site) -> str:
    """Where a list leads: to the item, or straight on when the item is a link to another government website.

    Any other outside link leads through its own page, which says that the reader is leaving (指引: 跳转提示)."""
    outside = address_of(release["facts__url"]) or "" if release["kind"] == Kind.LINK else ""
    if outside and _is_government(outside):
        return outside
    return site.href(release["website_id"], release["address"])


def validity_of(value: str) -> dict[str, Any] | None:
    if not value:
        return None
    ended = value in {Validity.REPEALED, Validity.EXPIRED}
    return {"label": str(Validity(value).label), "tone": TONES[Validity(value)], "ended": ended}


def newest(column: int, count: int, *, pictures: bool = False) -> list[dict[str, Any]]:
    """The newest releases a column shows, the ones on top first."""
    found: ReleaseQuerySet = Release.objects.in_column(column)
    if pictures:
        found = found.filter(cover__isnull=False)
    return on_top_first(found.values(*FIELDS)[:count], now())


def on_top_first(releases: Iterable[dict[str, Any]], at: datetime) -> list[dict[str, Any]]:
    return sorted(releases, key=lambda r: not (r["sticky_until"] and r["sticky_until"] > at))


def tabs_of(
    tabs: Iterable[dict[str, Any]], count: int, site: Site, columns: dict[int, tuple[str, str]]
) -> list[dict[str, Any]]:
    """Tabs of a block: ``[{label, column}]`` → ``[{label, url, rows}]``. Columns that are not online are left out."""
    return [
        {
            "label": tab.get("label") or columns[tab["column"]][0],
            "url": columns[tab["column"]][1],
            "rows": [row_of(release, site) for release in newest(tab["column"], count)],
        }
        for tab in tabs
        if tab["column"] in columns
    ]


def columns_named(ids: Iterable[int], site: Site) -> dict[int, tuple[str, str]]:
    """Title and address of columns of any website."""
    found = Release.objects.live().filter(item__in=set(ids), kind=Kind.COLUMN)
    rows = found.values_list("item_id", "title", "website_id", "address")
    return {item: (title, site.href(website, address)) for item, title, website, address in rows}


def kind_label(kind: str) -> str:
    return str(Kind(kind).label)


def counted(count: int) -> str:
    return _("共 %(count)s 条") % {"count": count}


def _is_government(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host == "gov.cn" or host.endswith(".gov.cn")
