"""One website as its pages see it: register data, columns, addresses. Loaded once a batch; plain data only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, OuterRef

from jiyue.content.columns import ColumnKind
from jiyue.library.classification import Kind
from jiyue.library.models import Placement, Release
from jiyue.websites.models import Host, Website


ZONE = ZoneInfo(settings.TIME_ZONE)
CHINA_GOV = "https://www.gov.cn/"  # 中国政府网: every government website leads to it


@dataclass(frozen=True, slots=True)
class Column:
    id: int
    title: str
    address: str
    description: str
    keywords: str
    kind: str
    layout: str
    in_navigation: bool
    filled: bool

    @property
    def channel_address(self) -> str:
        """The address of the first-level column it belongs to (itself, perhaps)."""
        return f"/{self.address.split('/')[1]}/"

    @property
    def parent_address(self) -> str:
        return self.address.rsplit("/", 2)[0] + "/"


@dataclass(frozen=True)
class Site:
    id: int
    register: dict[str, Any]
    origins: dict[int, str]
    columns: dict[int, Column]  # in the order of the tree

    @property
    def origin(self) -> str:
        return self.origins[self.id]

    @property
    def name(self) -> str:
        return str(self.register["name"])

    @property
    def is_portal(self) -> bool:
        return bool(self.register["kind"] == Website.Kind.PORTAL)

    def href(self, website: int, address: str) -> str:
        """From a page of this site to an address of any site of the cluster."""
        return address if website == self.id else self.origins.get(website, "") + address

    def at(self, address: str) -> Column | None:
        return next((column for column in self.columns.values() if column.address == address), None)

    def below(self, address: str) -> list[Column]:
        return [column for column in self.columns.values() if column.parent_address == address]

    def shows(self, column: Column) -> bool:
        """No blank columns on a live site (网站检查指标): one without content stays out of menus until it has some."""
        return column.address in self._shown

    @cached_property
    def _shown(self) -> frozenset[str]:
        """Addresses of columns with content, and of all columns above them."""
        return frozenset(
            above.address for filled in self.columns.values() if filled.filled for above in self.trail(filled)
        )

    def trail(self, column: Column) -> list[Column]:
        """From the first level down to the column itself."""
        return [other for other in self.columns.values() if column.address.startswith(other.address)]

    def coded(self, code: str) -> Column | None:
        """The first column whose own code is this one, wherever it stands."""
        return next((c for c in self.columns.values() if c.address.endswith(f"/{code}/")), None)


def load(website: int) -> Site:
    """Four queries, whatever the size of the site."""
    row = (
        Website.objects.filter(pk=website)
        .values(
            "id", "code", "kind", "state", "name", "short_name", "description", "identification_code", "icp_filing", "police_filing",
            "mark_code", "operator", "address", "phone", "email", "skin", "mourning", "parent_id", "parent__name", "unit__name",
        )
        .get()
    )  # fmt: skip
    return Site(id=website, register=dict(row), origins=origins(), columns={c.id: c for c in _columns(website)})


def origins() -> dict[int, str]:
    """Scheme, host and port of every website."""
    hosts = Host.objects.order_by("primary", "-name").values_list("website_id", "name")  # the primary one last: it wins
    return {website: f"{settings.PUBLIC_SCHEME}://{name}{settings.PUBLIC_PORT}" for website, name in hosts}


def _columns(website: int) -> Iterator[Column]:
    content = Placement.objects.filter(column=OuterRef("item"), approved=True, release__withdrawn_at=None)
    rows = (
        Release.objects.live()
        .filter(website=website, kind=Kind.COLUMN)
        .annotate(filled=Exists(content))
        .order_by("item__path")
        .values_list("item_id", "title", "address", "summary", "keywords", "facts", "filled")
    )
    for item, title, address, summary, keywords, facts, filled in rows:
        yield Column(
            id=item,
            title=title,
            address=address,
            description=summary or title,
            keywords=keywords or title,
            kind=facts.get("column_kind", ColumnKind.NEWS),
            layout=facts.get("layout", "list"),
            in_navigation=facts.get("in_navigation", True),
            filled=filled,
        )


def domain_of(origin: str) -> str:
    return urlsplit(origin).netloc


def local(moment: datetime) -> datetime:
    return moment.astimezone(ZONE)
