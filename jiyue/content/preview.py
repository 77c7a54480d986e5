"""A draft as the public would see it, by the very functions that make the public page.

What differs is only where files come from: pictures of a draft have no public address yet, and the website itself may
not be online.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils.translation import gettext as _

from jiyue.common.assets import digest
from jiyue.common.clock import now
from jiyue.common.policy import nonce
from jiyue.content.pages import column as column_pages
from jiyue.content.pages import home as home_pages
from jiyue.content.pages import item as item_pages
from jiyue.content.pages.frame import Frame, frame_of, skin_css
from jiyue.content.pages.rows import FIELDS
from jiyue.content.pages.sites import Column
from jiyue.library.classification import Kind
from jiyue.library.models import BasePage, Release


Record = dict[str, Any]

SKIN_LINK = re.compile(r'<link rel="stylesheet" href="/skin\.css[^"]*">')
MEDIA = re.compile(r"/m/[0-9a-f]{2}/[0-9a-f]+\.[a-z0-9]+")
EMPTY: Record = {
    "subtitle": "", "summary": "", "keywords": "", "source": "", "source_url": "", "author": "", "editor": "", "cover": None,
    "body_html": "", "doc_number": "", "theme": "", "validity": "", "media": [],
}  # fmt: skip


def preview(page: BasePage) -> str:
    """``page`` is the specific object of a draft, saved or not."""
    record = {**EMPTY, **page.public_record()}
    website = page.website_id or _home_of(page).website_id
    frame = frame_of(website)
    html = _PREVIEWS.get(page.kind, _item)(frame, page, record)
    return _within_the_office(html, frame, files_of(record))


def files_of(record: Record) -> dict[str, str]:
    """Public path → address within the back office, of every file a record shows."""
    return {entry["path"]: default_storage.url(entry["file"]) for entry in record.get("media") or ()}


def with_office_files(html: str, files: dict[str, str]) -> str:
    return MEDIA.sub(lambda match: files.get(match[0], match[0]), html)


def _within_the_office(html: str, frame: Frame, files: dict[str, str]) -> str:
    assets = reverse("content_asset", args=["x"]).removesuffix("x")
    html = with_office_files(html, files).replace(f"/a/{digest()}/", assets)
    html = SKIN_LINK.sub(lambda _match: f'<style nonce="{nonce()}">{skin_css(frame.site)}</style>', html)
    return html.replace("<head>", '<head>\n<base target="_blank">\n<meta name="robots" content="noindex">', 1)


def _home(frame: Frame, page: BasePage, record: Record) -> str:
    return home_pages.page_of(frame, page.pk, record["facts"])


def _column(frame: Frame, page: BasePage, record: Record) -> str:
    facts = record["facts"]
    stored = frame.site.columns.get(page.pk) or Column(
        id=page.pk or 0,
        title="",
        address="/-/",
        description="",
        keywords="",
        kind="",
        layout="",
        in_navigation=False,
        filled=False,
    )
    shown = replace(
        stored, title=record["title"], description=record["summary"], keywords=record["keywords"],
        kind=facts["column_kind"], layout=facts["layout"],
    )  # fmt: skip
    return column_pages.page_of(frame, shown)


def _item(frame: Frame, page: BasePage, record: Record) -> str:
    released = (
        Release.objects.filter(item=page.pk).values("released_at", "index_number", "address").first()
        if page.pk
        else None
    )
    data = {
        **record,
        "item_id": page.pk or 0,
        "website_id": frame.site.id,
        "column_id": _column_of(page),
        "kind": page.kind,
        "address": "/",
        "index_number": _("（发布时生成）"),
        "released_at": record["released_at"] or now(),
        **(released or {}),
        "revised_at": now(),
        "withdrawn_at": None,
        "withdrawn_reason": "",
    }
    return item_pages.page_of(frame, data, _neighbours(page))


def _neighbours(page: BasePage) -> item_pages.Neighbours:
    """The relations this draft would have, not those of its last release."""
    found = item_pages.Neighbours.of([page.pk] if page.pk else [])
    edges = page.relations_out() if page.pk else []
    found.out[page.pk or 0] = edges
    others = Release.objects.live().filter(item__in=[other for _kind, other in edges])
    found.shown.update({row["item_id"]: row for row in others.values(*FIELDS, "facts__form")})
    return found


def _column_of(page: BasePage) -> int | None:
    path = page.path[: -page.steplen]
    return BasePage.objects.filter(path=path).values_list("pk", flat=True).first()


def _home_of(page: BasePage) -> BasePage:
    return BasePage.objects.get(path=page.path[: 2 * page.steplen])


_PREVIEWS: dict[str, Callable[[Frame, BasePage, Record], str]] = {Kind.HOME: _home, Kind.COLUMN: _column}
