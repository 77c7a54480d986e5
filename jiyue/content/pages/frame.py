"""What stands on every page of a website - head, top, footer - rendered once a batch and kept as finished HTML."""

from __future__ import annotations

import hashlib
from functools import cached_property
from typing import Any

from django.conf import settings
from django.template import engines
from markupsafe import Markup

from jiyue.common.assets import asset
from jiyue.common.pages import depends_on
from jiyue.common.qr import qr_svg
from jiyue.common.rendering import public_gettext as _
from jiyue.common.rendering import render
from jiyue.content.columns import ColumnKind
from jiyue.content.pages.sites import CHINA_GOV, Column, Site, domain_of, load


HOT_WORDS: tuple[str, ...] = ()
NAVIGATION_LIMIT = 8  # entries; two lines of four on a phone


class Frame:
    """The frame of one website. Pages that use it depend on ``frame:<website>``, which is also touched
    when a column gets its first item or loses its last, and on the name of the website above."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.mourning = bool(site.register["mourning"])
        self._tops: dict[str, Markup] = {}
        self._column_tags: dict[int, Markup] = {}
        self._crumbs: dict[int, Markup] = {}
        self._keys = [f"frame:{site.id}"]
        if site.register["parent_id"]:
            self._keys.append(f"name:{site.register['parent_id']}")

    def depend(self) -> None:
        depends_on(*self._keys)

    def context(self, *, channel: str = "", hero: bool = False) -> dict[str, Any]:
        """What base.html needs beside ``page``; notes the dependency."""
        self.depend()
        return {"frame": self, "top": self.top(channel, hero=hero)}

    @cached_property
    def head(self) -> Markup:
        return Markup(render("public/frame_head.html", {"site": self._site, "skin": skin_digest(self.site)}))

    @cached_property
    def foot(self) -> Markup:
        qr = qr_svg(self.site.origin + "/", _("手机版二维码"))
        return Markup(render("public/frame_foot.html", {"site": self._site, "qr": qr}))

    @cached_property
    def tools(self) -> Markup:
        return Markup(_components().tools())

    def top(self, channel: str = "", *, hero: bool = False) -> Markup:
        """The part above the breadcrumb; ``channel`` is the address of the entry the page belongs to."""
        slot = f"{channel} {hero}"
        if slot not in self._tops:
            context = {"site": self._site, "nav": self._navigation(channel), "hero": hero, "demo": settings.DEMO}
            self._tops[slot] = Markup(render("public/frame_top.html", context))
        return self._tops[slot]

    def column_tags(self, column: Column) -> Markup:
        """The four column tags of 《网页设计规范》, for column and content pages."""
        if column.id not in self._column_tags:
            tags = (
                ("ColumnName", column.title),
                ("ColumnDescription", column.description),
                ("ColumnKeywords", column.keywords),
                ("ColumnType", str(ColumnKind(column.kind).label)),
            )
            line = Markup('<meta name="{}" content="{}">\n')
            self._column_tags[column.id] = Markup().join(line.format(name, content) for name, content in tags)
        return self._column_tags[column.id]

    def crumbs(self, column: Column | None, last: str = "") -> list[dict[str, str]]:
        trail = self.site.trail(column) if column else []
        crumbs = [{"title": _("首页"), "url": "/"}, *({"title": c.title, "url": c.address} for c in trail)]
        return [*crumbs, {"title": last, "url": ""}] if last else crumbs

    def breadcrumb(self, crumbs: list[dict[str, str]]) -> Markup:
        return Markup(_components().breadcrumb(crumbs))

    def crumb_to_text(self, column: Column | None) -> Markup:
        """The breadcrumb of every item of a column."""
        slot = column.id if column else 0
        if slot not in self._crumbs:
            self._crumbs[slot] = self.breadcrumb(self.crumbs(column, _("正文")))
        return self._crumbs[slot]

    def side(self, column: Column) -> dict[str, Any] | None:
        """The columns of the same channel, two levels; none for a channel without others."""
        channel = self.site.at(column.channel_address)
        if channel is None:
            return None
        entries = [
            {
                **self._entry(c, column),
                "entries": [self._entry(b, column) for b in self.site.below(c.address) if b.filled],
            }
            for c in self.site.below(channel.address)
            if self.site.shows(c) or c is column
        ]
        depends_on(
            *(
                f"column:{c.id}"
                for c in self.site.columns.values()
                if not c.filled and c.channel_address == channel.address
            )
        )
        return {"title": channel.title, "url": channel.address, "entries": entries} if entries else None

    @cached_property
    def _site(self) -> dict[str, Any]:
        site, register = self.site, self.site.register
        parent = None
        superior = [{"title": _("中国政府网"), "url": CHINA_GOV}]
        if register["parent_id"] in site.origins:
            parent = {"name": register["parent__name"], "url": site.origins[register["parent_id"]] + "/"}
            superior.append({"title": parent["name"], "url": parent["url"]})
        return {
            **register,
            "domain": domain_of(site.origin),
            "origin": site.origin,
            "parent": parent,
            "owner": register["unit__name"],
            "superior_links": superior,
            "hot_words": HOT_WORDS,
            "foot_links": [
                {"title": _("政府信息公开"), "url": "/gkpt/"},
                {"title": _("网站纠错"), "url": "/report.html"},
            ],
        }

    def _navigation(self, channel: str) -> list[dict[str, str]]:
        site = self.site
        home = {
            "title": _("首页") if site.is_portal else _("本站首页"),
            "url": "/",
            "current": "page" if channel == "/" else "",
        }
        entries = [
            {"title": c.title, "url": c.address, "current": "true" if c.address == channel else ""}
            for c in site.below("/")
            if c.in_navigation and site.shows(c)
        ]
        return [home, *entries[: NAVIGATION_LIMIT - 1]]

    @staticmethod
    def _entry(column: Column, present: Column) -> dict[str, Any]:
        inside = present.address.startswith(column.address)
        return {
            "title": column.title,
            "url": column.address,
            "current": "page" if column is present else "true" if inside else "",
        }


def frame_of(website: int) -> Frame:
    """For pages other apps make: search results, forms."""
    return Frame(load(website))


def plain_page(title: str, frame: Frame, *, path: str = "", description: str = "") -> dict[str, Any]:
    """``page`` of base.html for a page that is neither column nor item. Without a path it has no canonical address."""
    name = frame.site.name
    return {
        "title": f"{title} - {name}" if title != name else name,
        "description": description or f"{name}{title}",
        "canonical": frame.site.origin + path if path else "",
        "type": "website",
        "image": "",
        "tags": (),
        "column_tags": "",
        "jsonld": "",
        "body_class": "",
    }


def skin_css(site: Site) -> str:
    """The website's own colours over the common design; readers in dark, contrast or elder-contrast keep theirs."""
    skin = site.register["skin"] or {}
    rules = "".join(f"--c-{token}:{value};" for token, value in sorted(skin.items()))
    return f":root:not([data-theme]){{{rules}}}\n" if rules else "/* 默认外观 */\n"


def skin_digest(site: Site) -> str:
    return hashlib.sha256(skin_css(site).encode()).hexdigest()[:8]


def icon_address(name: str) -> str:
    return f"{asset('icons.svg')}#{name}"


def _components() -> Any:
    return engines["jinja2"].env.get_template("public/components.html").module  # type: ignore[attr-defined]
