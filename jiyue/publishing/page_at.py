"""那天的网页: what an address answered at some moment, from history and store, and a statement others can verify."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db.models import Q
from django.utils.timezone import localtime

from jiyue.accounts.models import AuditEntry
from jiyue.common import signing
from jiyue.library.models import Receipt, Release
from jiyue.publishing.models import Output, OutputHistory
from jiyue.publishing.store import store
from jiyue.websites.models import Host, Suspension, Website


PURPOSE = "page"
FORMAT = "jiyue-page-1"
TOLD = ("library.receipt", "library.publish", "library.withdraw", "library.restore", "library.correct")


@dataclass(frozen=True, slots=True)
class Version:
    """What one address answered from ``since`` until ``until`` (``None``: still)."""

    website: Website
    path: str
    digest: str
    status: int
    since: datetime
    until: datetime | None

    def body(self) -> bytes | None:
        return store().get(self.digest)


def find_address(url: str) -> tuple[Website, str] | None:
    """Website and path of an address. The host is one of the register; ``index.html`` may be named or not."""
    parts = urlsplit(url if "//" in url else f"//{url}")
    host = Host.objects.filter(name=(parts.hostname or "").lower()).select_related("website__unit").first()
    if host is None:
        return None
    path = unquote(parts.path) or "/"
    return host.website, path.removesuffix("index.html") if path.endswith("/index.html") else path


def versions_of(website: Website, path: str) -> list[Version]:
    """The newest first. What was replaced in the same instant never reached anybody and is left out."""
    found = []
    current = Output.objects.filter(website=website, path=path).exclude(digest="").first()
    if current is not None:
        found.append(Version(website, path, current.digest, current.status, current.rendered_at, None))
    rows = OutputHistory.objects.filter(website=website, path=path).order_by("-since", "-pk")
    found += [Version(website, path, row.digest, row.status, row.since, row.until) for row in rows]
    return [version for version in found if version.until != version.since]


def version_at(website: Website, path: str, moment: datetime) -> Version | None:
    covering = (
        version
        for version in versions_of(website, path)
        if version.since <= moment and (version.until is None or moment < version.until)
    )
    return next(covering, None)


def proof_of(version: Version, moment: datetime, *, at: datetime) -> dict[str, Any]:
    """A statement with its signature; ``tools/verify_page.py`` verifies it with the page, without us."""
    statement = statement_of(version, moment, at=at)
    return {
        "statement": statement,
        "public_key": base64.b64encode(signing.public_key(PURPOSE)).decode(),
        "signature": base64.b64encode(signing.sign(PURPOSE, canonical(statement))).decode(),
    }


def canonical(statement: dict[str, Any]) -> bytes:
    return json.dumps(statement, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def statement_of(version: Version, moment: datetime, *, at: datetime) -> dict[str, Any]:
    body = version.body()
    website = version.website
    return {
        "format": FORMAT,
        "platform": settings.WAGTAIL_SITE_NAME,
        "website": {"code": website.code, "name": website.name, "unit": website.unit.name},
        "path": version.path,
        "moment": _iso(moment),
        "status": version.status,
        "digest": version.digest,
        "size": len(body) if body is not None else None,
        "since": _iso(version.since),
        "until": _iso(version.until) if version.until else None,
        "cleared": _cleared(version),
        "trail": list(_trail(version)),
        "suspended": [_suspension(row) for row in _suspensions(version, moment)],
        "stated_at": _iso(at),
    }


def _cleared(version: Version) -> dict[str, Any] | None:
    """The confidentiality conclusion on which the text of this version stood; ``None`` for pages made of many items."""
    release = _release(version)
    if release is None:
        return None
    published = _entries(release.item_id).filter(action="library.publish", at__lte=version.since).first()
    key = published.data.get("receipt") if published else release.receipt_id
    receipt = Receipt.objects.select_related("by").filter(pk=key).first()
    if receipt is None:
        return None
    return {
        "receipt": receipt.pk,
        "digest": receipt.digest,
        "basis": str(receipt.get_basis_display()),
        "by": str(receipt.by) if receipt.by else "",
        "at": _iso(receipt.at),
        "title": release.title,
    }


def _trail(version: Version) -> Iterator[dict[str, Any]]:
    release = _release(version)
    if release is None:
        return
    until = Q(at__lte=version.until) if version.until else Q()
    for entry in _entries(release.item_id).filter(until).order_by("seq"):
        yield {
            "seq": entry.seq,
            "digest": entry.digest,
            "at": _iso(entry.at),
            "action": entry.action,
            "by": entry.user_name,
        }


def _entries(item: int) -> Any:
    ours = Q(target_type__startswith="content.") | Q(target_type__startswith="library.")
    return AuditEntry.objects.filter(ours, target_id=str(item), action__in=TOLD).order_by("-seq")


def _release(version: Version) -> Release | None:
    return Release.objects.filter(website=version.website, address=version.path).first()


def _suspensions(version: Version, moment: datetime) -> Any:
    """When a notice stood before the page, readers did not see it."""
    here = Q(website=None) | Q(website=version.website, path__in=["", version.path])
    open_then = Q(until=None) | Q(until__gt=moment)
    return Suspension.objects.filter(here, open_then, since__lte=moment).order_by("since")


def _suspension(row: Suspension) -> dict[str, Any]:
    return {"since": _iso(row.since), "until": _iso(row.until) if row.until else None, "what": str(row)}


def _iso(moment: datetime) -> str:
    return localtime(moment).isoformat()
