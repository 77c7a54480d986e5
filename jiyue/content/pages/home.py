"""首页: the blocks the site manager put together, with what the columns behind them show now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from jiyue.common.html import address_of
from jiyue.common.pages import Rendered, Target, depends_on, recording
from jiyue.common.rendering import public_gettext as _
from jiyue.common.rendering import render
from jiyue.content.pages.frame import Frame, frame_of, plain_page
from jiyue.content.pages.jsonld import organisation
from jiyue.content.pages.rows import columns_named, newest, row_of, tabs_of
from jiyue.content.pages.sites import Site
from jiyue.library.classification import Kind
from jiyue.library.models import Release
from jiyue.organisations.models import Unit
from jiyue.websites.models import Website


Block = dict[str, Any]

BOXES = {"disclosure_box", "links"}  # a third of the width beside something wider
FULL = {"headline", "topics", "figures"}  # always a row of their own


def render_home(website: int, targets: Sequence[Target]) -> Iterator[Rendered]:
    frame = frame_of(website)
    home = Release.objects.live().filter(website=website, kind=Kind.HOME).values_list("item_id", "facts").first()
    if home is None:
        return
    for target in targets:
        with recording() as keys:
            body = page_of(frame, *home)
        yield Rendered(target, body.encode(), frozenset(keys))


def page_of(frame: Frame, item: int, facts: dict[str, Any]) -> str:
    return render("content/home.html", _context(frame, item, facts))


def _context(frame: Frame, item: int, facts: dict[str, Any]) -> dict[str, Any]:
    site = frame.site
    depends_on(f"item:{item}")
    blocks = list(blocks_of(facts.get("blocks") or [], site))
    return {
        **frame.context(channel="/", hero=site.is_portal),
        "page": {
            **plain_page(site.name, frame, path="/", description=site.register["description"]),
            "jsonld": organisation(site),
            "body_class": "home",
        },
        "name": site.name,
        "elder_tiles": _elder_tiles(blocks),
        "sections": list(_sections(blocks, site)),
    }


def blocks_of(raw: Iterable[Block], site: Site) -> Iterator[Block]:
    """Each stored block with its data; a block that has nothing to show is left out."""
    stored = [(block["type"], plain(block["value"])) for block in raw]
    columns = columns_named(_column_ids(stored), site)
    depends_on(*(f"column:{column}" for column in columns))
    for kind, value in stored:
        filled = _FILL[kind](value or {}, site, columns)
        if filled:
            yield {"type": kind, **filled}


def plain(value: Any) -> Any:
    """A stored block value without the identities StreamField keeps in its lists."""
    if isinstance(value, list):
        return [
            plain(entry["value"] if isinstance(entry, dict) and "value" in entry and "type" in entry else entry)
            for entry in value
        ]
    if isinstance(value, dict):
        return {name: _link(below) if name == "url" else plain(below) for name, below in value.items()}
    return value


def _link(url: str) -> str:
    """Only where a link may lead, whatever stands in the database."""
    return address_of(url) or "/"


def _column_ids(stored: Iterable[tuple[str, Any]]) -> Iterator[int]:
    for value in (value or {} for _kind, value in stored):
        if value.get("column"):
            yield value["column"]
        for tab in [*(value.get("tabs") or []), *(value.get("links") or [])]:
            if tab.get("column"):
                yield tab["column"]


def _headline(value: Block, site: Site, columns: dict[int, tuple[str, str]]) -> Block | None:
    rows = [row_of(release, site) for release in newest(value["column"], 3)] if value["column"] in columns else []
    return {"row": rows[0], "more": rows[1:]} if rows else None


def _picture_news(value: Block, site: Site, columns: dict[int, tuple[str, str]]) -> Block | None:
    found = newest(value["column"], value["count"], pictures=True) if value["column"] in columns else []
    return {"rows": [row_of(release, site) for release in found]} if found else None


def _news_tabs(value: Block, site: Site, columns: dict[int, tuple[str, str]]) -> Block | None:
    tabs = tabs_of(value["tabs"], value["count"], site, columns)
    shown = [tab for tab in tabs if tab["rows"]]
    return {"title": value["title"], "tabs": shown} if shown else None


def _disclosure_box(value: Block, site: Site, columns: dict[int, tuple[str, str]]) -> Block:
    def part(label: str, icon: str, code: str, anchor: str, *, wide: bool = False) -> Block:
        column = site.coded(code) if code else None
        url = column.address if column and column.filled else f"/gkpt/{anchor}"
        return {"label": label, "icon": icon, "url": url, "wide": wide}

    links = [
        {"label": tab.get("label") or columns[tab["column"]][0], "url": columns[tab["column"]][1]}
        for tab in value.get("links") or []
        if tab["column"] in columns and (tab["column"] not in site.columns or site.columns[tab["column"]].filled)
    ]
    return {
        "boxes": [
            part(_("公开指南"), "book", "gkzn", ""),
            part(_("公开制度"), "document", "gkzd", ""),
            part(_("法定主动公开内容"), "folder", "", "", wide=True),
            part(_("公开年报"), "chart", "gknb", ""),
            part(_("依申请公开"), "check", "", "#apply"),
        ],
        "links": links,
    }


def _service_tiles(value: Block, site: Site, columns: dict[int, tuple[str, str]]) -> Block | None:
    groups = [group for group in value.get("groups") or [] if group["tiles"]]
    return {"title": value["title"], "groups": groups, "hot": value.get("hot") or []} if groups else None


def _interaction_box(value: Block, site: Site, columns: dict[int, tuple[str, str]]) -> Block | None:
    tabs = [tab for tab in tabs_of(value.get("tabs") or [], 5, site, columns) if tab["rows"]]
    entrances = [{**entrance, "wide": False} for entrance in value["entrances"]]
    return {"title": value["title"], "entrances": entrances, "tabs": tabs} if entrances or tabs else None


def _topics(value: Block, site: Site, columns: dict[int, tuple[str, str]]) -> Block | None:
    if value["column"] not in columns:
        return None
    title, url = columns[value["column"]]
    rows = [row_of(release, site) for release in newest(value["column"], value["count"])]
    return {"title": title, "url": url, "rows": rows} if rows else None


def _figures(value: Block, site: Site, columns: dict[int, tuple[str, str]]) -> Block | None:
    figures = [{"unit": "", "note": "", **figure} for figure in value["figures"]]
    return {"title": value["title"], "source": value["source"], "figures": figures} if figures else None


def _site_cluster(value: Block, site: Site, columns: dict[int, tuple[str, str]]) -> Block | None:
    groups = cluster_groups(site)
    return {"groups": groups} if groups else None


def _links(value: Block, site: Site, columns: dict[int, tuple[str, str]]) -> Block | None:
    return {"title": value["title"], "links": value["links"]} if value["links"] else None


_FILL: dict[str, Callable[[Block, Site, dict[int, tuple[str, str]]], Block | None]] = {
    "headline": _headline,
    "picture_news": _picture_news,
    "news_tabs": _news_tabs,
    "policy_list": _news_tabs,
    "disclosure_box": _disclosure_box,
    "service_tiles": _service_tiles,
    "interaction_box": _interaction_box,
    "topics": _topics,
    "figures": _figures,
    "site_cluster": _site_cluster,
    "links": _links,
}


def cluster_groups(site: Site) -> list[Block]:
    """The websites below this one, or beside it, that are online."""
    depends_on("cluster")
    parent = site.id if site.is_portal else site.register["parent_id"] or site.id
    rows = (
        Website.objects.online()
        .filter(parent=parent)
        .order_by("unit__path")
        .values_list("id", "name", "short_name", "kind", "unit__kind")
    )
    named: dict[str, list[Block]] = {_("部门网站"): [], _("县（市、区）政府网站"): [], _("其他网站"): []}
    for website, name, short_name, kind, unit_kind in rows:
        group = (
            _("其他网站")
            if kind == Website.Kind.SPECIAL
            else _("县（市、区）政府网站")
            if unit_kind == Unit.Kind.GOVERNMENT
            else _("部门网站")
        )
        named[group].append({"label": short_name or name, "url": site.origins.get(website, "") + "/"})
    return [{"label": label, "sites": sites} for label, sites in named.items() if sites]


def _sections(blocks: Sequence[Block], site: Site) -> Iterator[Block]:
    """A department's blocks stand as cards on the ground; a portal's, from the first policy or service block on, as
    bands over the whole width, every other one tinted."""
    ground: list[list[Block]] = []
    tinted = False
    banded = False
    for row in rows_of_blocks(blocks, site):
        first = row[0]
        if first["type"] == "site_cluster":
            if ground:
                yield _section(ground)
                ground = []
            yield {**_section([row]), "band": "full"}
            continue
        banded = banded or (site.is_portal and first["type"] not in {"headline", "picture_news", "news_tabs"})
        if not banded or not first.get("title"):
            ground.append(row)
            continue
        if ground:
            yield _section(ground)
            ground = []
        title = first["title"] if first["type"] != "policy_list" else _("政务公开")
        yield {
            **_section([row]),
            "title": title,
            "lead": first.get("source", ""),
            "more": first.get("url", ""),
            "band": "tint" if tinted else "plain",
        }
        tinted = not tinted
    if ground:
        yield _section(ground)


def _section(rows: list[list[Block]]) -> Block:
    return {"title": "", "lead": "", "more": "", "band": "", "rows": rows}


def rows_of_blocks(blocks: Sequence[Block], site: Site) -> Iterator[list[Block]]:
    """Two blocks a row where both can stand beside another, each with its share of twelve columns."""
    waiting = list(blocks)
    while waiting:
        first = waiting.pop(0)
        if first["type"] in FULL or first["type"] == "site_cluster" or not waiting or not _fits_beside(waiting[0]):
            yield [{**first, "span": 12}]
            continue
        second = waiting.pop(0)
        left, right = _shares(first, second, site)
        yield [{**first, "span": left}, {**second, "span": right}]


def _fits_beside(block: Block) -> bool:
    return block["type"] not in FULL and block["type"] != "site_cluster"


def _shares(first: Block, second: Block, site: Site) -> tuple[int, int]:
    if first["type"] == "picture_news":
        return (7, 5) if site.is_portal else (5, 7)
    if _is_box(first) == _is_box(second):
        return 6, 6
    return (4, 8) if _is_box(first) else (8, 4)


def _is_box(block: Block) -> bool:
    return block["type"] in BOXES or (block["type"] == "interaction_box" and not block["tabs"])


def _elder_tiles(blocks: Iterable[Block]) -> list[Block]:
    """Six large entrances for the elder mode: the first services, and the telephone."""
    tiles = [tile for block in blocks if block["type"] == "service_tiles" for tile in block["groups"][0]["tiles"]]
    phone = {"label": _("打12345"), "icon": "phone", "url": "tel:12345"}
    return [*tiles[:5], phone] if tiles else []
