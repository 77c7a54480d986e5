"""The pages every website has besides what its editors write: disclosure platform, site map, statements, notices, robots
and its own colours."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.conf import settings

from jiyue.common import assets
from jiyue.common.pages import Rendered, Target, depends_on, recording
from jiyue.common.rendering import public_gettext as _
from jiyue.common.rendering import render
from jiyue.content.columns import ColumnKind
from jiyue.content.pages.frame import Frame, frame_of, plain_page, skin_css
from jiyue.content.pages.home import cluster_groups
from jiyue.content.pages.rows import MORE_FIELDS, link_of, newest, row_of
from jiyue.content.pages.sites import Column, local
from jiyue.library.classification import Kind
from jiyue.library.models import Release


Data = dict[str, Any]

PATHS = {
    "map": "/map.html",
    "accessibility": "/accessibility.html",
    "report": "/report.html",
    "disclosure": "/gkpt/",
    "not_found": "/404.html",
    "maintenance": "/maintenance.html",
    "robots": "/robots.txt",
    "skin": "/skin.css",
}
CATALOGUE_ROWS = 20
PART_ROWS = 5
SUMMARY_LENGTH = 60
STATUTORY = "statutory"
PARTS = ("gkzn", "gkzd", "gknb")  # codes of the columns that are parts of their own


def render_standing(website: int, targets: Sequence[Target]) -> Iterator[Rendered]:
    """``ref`` is one of ``PATHS``."""
    frame = frame_of(website)
    for target in targets:
        with recording() as keys:
            depends_on(f"frame:{website}")
            body = _PAGES[target.ref](frame)
        yield Rendered(target, body.encode(), frozenset(keys))


def render_assets(website: int, targets: Sequence[Target]) -> Iterator[Rendered]:
    """``ref`` is the name of the file. An address of an older version is not yielded: it no longer exists."""
    for target in targets:
        body = assets.files().get(target.ref)
        if body is not None and target.path == assets.asset(target.ref):
            yield Rendered(target, body, frozenset({"assets"}))


def _map(frame: Frame) -> str:
    site = frame.site
    tree = [
        {
            "title": channel.title,
            "url": channel.address,
            "entries": [{"title": c.title, "url": c.address} for c in _below(frame, channel) if site.shows(c)],
        }
        for channel in site.below("/")
        if site.shows(channel)
    ]
    depends_on(*(f"column:{column.id}" for column in site.columns.values() if not column.filled))
    return render(
        "content/site_map.html",
        {**_common(frame, _("网站地图"), PATHS["map"]), "tree": tree, "cluster": cluster_groups(site)},
    )


def _below(frame: Frame, channel: Column) -> list[Column]:
    return [c for c in frame.site.columns.values() if c is not channel and c.channel_address == channel.address]


def _accessibility(frame: Frame) -> str:
    context = _common(frame, _("无障碍声明"), PATHS["accessibility"])
    return render("content/accessibility.html", {**context, "site": frame.site.register})


def _report(frame: Frame) -> str:
    context = _common(frame, _("网站纠错"), PATHS["report"])
    return render("content/report.html", {**context, "site": frame.site.register})


def _disclosure(frame: Frame) -> str:
    """国办公开办函〔2019〕61号: four parts and an entrance for applications, nothing else."""
    site = frame.site
    columns = {code: site.coded(code) for code in PARTS}
    parts = [
        _part(
            frame,
            _("政府信息公开指南"),
            columns["gkzn"],
            _("信息的分类、编排体系、获取方式，以及受理机构的名称、地址、时间和联系方式。"),
        ),
        _part(frame, _("政府信息公开制度"), columns["gkzd"], _("法律、行政法规和本机关有关政府信息公开的规定。")),
        {
            "title": _("法定主动公开内容"),
            "url": "",
            "text": _(
                "按照《中华人民共和国政府信息公开条例》第二十条、第二十一条主动公开。下面是最新目录，各类信息见左侧栏目。"
            ),
            "rows": [],
            "id": STATUTORY,
        },
        _part(frame, _("政府信息公开年报"), columns["gknb"], _("每年 1 月 31 日前公布上一年度工作报告。")),
    ]
    return render(
        "content/disclosure.html",
        {
            **_common(frame, _("政府信息公开"), PATHS["disclosure"]),
            "side": _disclosure_side(frame),
            "unit": site.register["unit__name"],
            "apply_url": "",
            "parts": parts,
            "catalogue": list(_catalogue(frame)),
        },
    )


def _part(frame: Frame, title: str, column: Column | None, text: str) -> Data:
    if column is None:
        return {"title": title, "url": "", "text": text, "rows": [], "id": ""}
    depends_on(f"column:{column.id}")
    rows = [row_of(release, frame.site) for release in newest(column.id, PART_ROWS)]
    return {"title": title, "url": column.address if rows else "", "text": text, "rows": rows, "id": ""}


def _statutory(frame: Frame) -> list[Column]:
    """The columns whose content the law requires: policies, notices, disclosure, profiles, leaders."""
    kinds = {
        ColumnKind.POLICY, ColumnKind.NOTICE, ColumnKind.DISCLOSURE, ColumnKind.PROFILE, ColumnKind.LEADER,
        ColumnKind.INTERPRETATION,
    }  # fmt: skip
    return [column for column in frame.site.columns.values() if column.kind in kinds]


def _disclosure_side(frame: Frame) -> Data:
    """The four parts and the entrance; below the third, the columns the law requires."""
    depends_on(*(f"column:{column.id}" for column in _statutory(frame) if not column.filled))
    guide, rules, reports = (frame.site.coded(code) for code in PARTS)
    below = [
        _side_entry(c.title, c.address) for c in _statutory(frame) if c.filled and c not in (guide, rules, reports)
    ]
    entries = [
        _side_entry(_("政府信息公开指南"), _address(guide)),
        _side_entry(_("政府信息公开制度"), _address(rules)),
        {**_side_entry(_("法定主动公开内容"), f"/gkpt/#{STATUTORY}"), "entries": below},
        _side_entry(_("政府信息公开年报"), _address(reports)),
        _side_entry(_("依申请公开"), "/gkpt/#apply"),
    ]
    return {"title": _("政府信息公开"), "url": "", "entries": entries}


def _side_entry(title: str, url: str) -> Data:
    return {"title": title, "url": url, "current": "", "entries": []}


def _address(column: Column | None) -> str:
    return column.address if column and column.filled else "/gkpt/"


def _catalogue(frame: Frame) -> Iterator[Data]:
    """条例 第十二条: 索引、名称、内容概述、生成日期."""
    columns = [column.id for column in _statutory(frame)]
    depends_on(*(f"column:{column}" for column in columns))
    found = Release.objects.live().filter(column__in=columns).exclude(kind__in=[Kind.LINK, Kind.LEADER])
    for release in found.order_by("-released_at", "-item_id").values(*MORE_FIELDS, "facts__issued_on")[:CATALOGUE_ROWS]:
        summary = release["summary"]
        yield {
            "index_number": release["index_number"] or "—",
            "title": release["title"],
            "url": link_of(release, frame.site),
            "summary": summary if len(summary) <= SUMMARY_LENGTH else summary[: SUMMARY_LENGTH - 1] + "…",
            "date": release["facts__issued_on"] or local(release["released_at"]).date().isoformat(),
        }


def _not_found(frame: Frame) -> str:
    return render("public/not_found.html", {**frame.context(), "page": plain_page(_("没有找到这个页面"), frame)})


def _maintenance(frame: Frame) -> str:
    register = frame.site.register
    contact = " ".join(filter(None, [register["phone"], register["email"]]))
    title = _("网站正在维护")
    notice = {
        "title": title,
        "text": _("为了更好地提供服务，本网站正在维护，暂时不能访问。"),
        "since": "",
        "until": "",
        "contact": contact,
        "links": [{"label": _("中国政府网"), "url": "https://www.gov.cn/"}],
    }
    return render("public/notice.html", {**frame.context(), "page": plain_page(title, frame), "notice": notice})


def _robots(frame: Frame) -> str:
    return render("content/robots.txt", {"demo": settings.DEMO, "origin": frame.site.origin})


def _skin(frame: Frame) -> str:
    return skin_css(frame.site)


def _common(frame: Frame, title: str, path: str) -> Data:
    return {
        **frame.context(),
        "page": plain_page(title, frame, path=path),
        "crumbs": frame.crumbs(None, title),
    }


_PAGES: dict[str, Callable[[Frame], str]] = {
    "map": _map,
    "accessibility": _accessibility,
    "report": _report,
    "disclosure": _disclosure,
    "not_found": _not_found,
    "maintenance": _maintenance,
    "robots": _robots,
    "skin": _skin,
}
