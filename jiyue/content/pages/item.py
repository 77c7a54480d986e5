"""One item, of whatever kind: its data in a few queries for the whole batch, its page by the template of its kind."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

from django.db.models import Q
from markupsafe import Markup, escape

from jiyue.common.clock import now
from jiyue.common.html import address_of
from jiyue.common.pages import Rendered, Target, depends_on, recording
from jiyue.common.qr import qr_svg
from jiyue.common.rendering import public_gettext as _
from jiyue.common.rendering import render
from jiyue.content.models import Interpretation
from jiyue.content.pages import jsonld
from jiyue.content.pages.body import body_html, contents_of
from jiyue.content.pages.frame import Frame, frame_of, plain_page
from jiyue.content.pages.home import plain
from jiyue.content.pages.rows import FIELDS, columns_named, row_of, tabs_of, validity_of
from jiyue.content.pages.sites import Site, local
from jiyue.library.classification import THEME_NAMES, Kind, Openness
from jiyue.library.models import Relation, Release


Data = dict[str, Any]

SELECTED = (
    "item_id", "website_id", "column_id", "kind", "address", "title", "subtitle", "summary", "keywords", "source", "source_url",
    "author", "editor", "cover", "body_html", "facts", "doc_number", "index_number", "theme", "validity",
    "released_at", "revised_at", "withdrawn_at", "withdrawn_reason",
)  # fmt: skip


def render_items(website: int, targets: Sequence[Target]) -> Iterator[Rendered]:
    frame = frame_of(website)
    ids = [int(target.ref) for target in targets]
    releases = {row["item_id"]: row for row in Release.objects.filter(website=website, item__in=ids).values(*SELECTED)}
    neighbours = Neighbours.of(ids)
    for target in targets:
        release = releases.get(int(target.ref))
        if release is None:
            continue
        gone = release["withdrawn_at"] is not None
        with recording() as keys:
            depends_on(f"item:{release['item_id']}")
            body = render("public/gone.html", _gone(frame, release)) if gone else page_of(frame, release, neighbours)
        yield Rendered(target, body.encode(), frozenset(keys), 410 if gone else 200)


def page_of(frame: Frame, release: Data, neighbours: Neighbours) -> str:
    """The page of one item from its ``SELECTED`` data; the preview of a draft comes through here too."""
    template, context = _PAGES[release["kind"]](frame, release, neighbours)
    return render(template, context)


@dataclass
class Neighbours:
    """The typed relations of a batch of items, read from both ends, with what is shown of the other item."""

    out: dict[int, list[tuple[str, int]]]
    back: dict[int, list[tuple[str, int]]]
    shown: dict[int, Data]

    @classmethod
    def of(cls, ids: Sequence[int]) -> Neighbours:
        edges = Relation.objects.filter(Q(source__in=ids) | Q(target__in=ids)).order_by("pk")
        out, back = defaultdict(list), defaultdict(list)
        others: set[int] = set()
        for source, kind, target in edges.values_list("source_id", "kind", "target_id"):
            out[source].append((kind, target))
            back[target].append((kind, source))
            others |= {source, target}
        found = Release.objects.live().filter(item__in=others).values(*FIELDS, "facts__form") if others else ()
        return cls(out, back, {row["item_id"]: row for row in found})

    def targets(self, item: int, *kinds: str) -> list[Data]:
        return self._read(self.out.get(item, ()), kinds)

    def sources(self, item: int, *kinds: str) -> list[Data]:
        return self._read(self.back.get(item, ()), kinds)

    def _read(self, edges: Sequence[tuple[str, int]], kinds: tuple[str, ...]) -> list[Data]:
        others = [other for kind, other in edges if kind in kinds]
        depends_on(*(f"item:{other}" for other in others))  # also of those not online: they may come
        return [self.shown[other] for other in others if other in self.shown]


def _item(frame: Frame, release: Data) -> Data:
    """What every content page says about its item."""
    site, released, revised = frame.site, local(release["released_at"]), local(release["revised_at"])
    url = site.origin + release["address"]
    return {
        "title": release["title"],
        "headline": headline(release["title"]),
        "subtitle": release["subtitle"],
        "summary": release["summary"],
        "url": url,
        "time": _minute(released),
        "date": released.date().isoformat(),
        "revised": _minute(revised) if (revised - released).total_seconds() >= 60 else "",
        "published": released.isoformat(timespec="seconds"),
        "updated": revised.isoformat(timespec="seconds"),
        "source": release["source"],
        "source_url": address_of(release["source_url"]) or "",
        "author": release["author"],
        "editor": release["editor"],
        "doc_number": release["doc_number"],
        "body": body_html(release["body_html"]),
        "files": [{**file, "size_text": size_text(file["size"])} for file in release["facts"].get("attachments") or ()],
        "qr": qr_svg(url, _("手机打开当前页")),
        "report_url": f"/report.html?url={quote(url, safe='')}",
    }


def _context(frame: Frame, release: Data, item: Data) -> Data:
    """Frame, breadcrumb and the ten national tags of a content page."""
    column = frame.site.columns.get(release["column_id"])
    image = frame.site.origin + release["cover"]["src"] if release["cover"] else ""
    return {
        **frame.context(channel=column.channel_address if column else ""),
        "page": {
            **plain_page(release["title"], frame, path=release["address"], description=release["summary"]),
            "type": "article",
            "image": image,
            "tags": _tags(release, item, image),
            "column_tags": frame.column_tags(column) if column else "",
            "jsonld": jsonld.article(frame.site, item, image),
        },
        "crumb": frame.crumb_to_text(column),
        "tools": frame.tools,
        "item": item,
    }


def _tags(release: Data, item: Data, image: str) -> list[tuple[str, str]]:
    """内容页标签. The required ones always stand; an optional one only with a value (never an empty tag)."""
    optional = (
        ("Keywords", release["keywords"]),
        ("Author", release["author"] or release["editor"]),
        ("Description", release["summary"]),
        ("Image", image),
        ("Url", item["url"]),
    )
    required = [("ArticleTitle", release["title"]), ("PubDate", item["time"]), ("ContentSource", release["source"])]
    return [*required, *(tag for tag in optional if tag[1])]


def _article(frame: Frame, release: Data, neighbours: Neighbours) -> tuple[str, Data]:
    context = _context(frame, release, _item(frame, release))
    return "content/article.html", {**context, "related": related(frame.site, release["item_id"], neighbours)}


def _interpretation(frame: Frame, release: Data, neighbours: Neighbours) -> tuple[str, Data]:
    item = release["item_id"]
    documents = [row_of(row, frame.site) for row in neighbours.targets(item, Relation.Kind.INTERPRETS)]
    form = release["facts"].get("form") or Interpretation.Form.TEXT
    return "content/interpretation.html", {
        **_context(frame, release, _item(frame, release)),
        "documents": documents,
        "form": str(Interpretation.Form(form).label),
        "related": related(frame.site, item, neighbours),
    }


def _policy(frame: Frame, release: Data, neighbours: Neighbours) -> tuple[str, Data]:
    site, facts, item = frame.site, release["facts"], _item(frame, release)
    context = _context(frame, release, item)
    validity = validity_of(release["validity"]) or {"label": _("有效"), "tone": "ok", "ended": False}
    item["body"], toc = contents_of(item["body"])
    replacement = next(iter(_replacements(release, neighbours)), None)
    context["page"]["jsonld"] = jsonld.legislation(site, item, facts, in_force=not validity["ended"])
    return "content/policy.html", {
        **context,
        "metadata": _metadata(release, item, facts, validity),
        "validity": validity,
        "replacement": row_of(replacement, site) if replacement else None,
        "issuer_head": f"{facts.get('issuer', '')}{_('文件')}",
        "doc_number": release["doc_number"],
        "toc": toc,
        "interpretations": [
            {**row_of(row, site), "label": _form_label(row), "tone": "info"}
            for row in neighbours.sources(release["item_id"], Relation.Kind.INTERPRETS)
        ],
        "history": list(_history(release, item, facts, neighbours, site)),
        "related": [],
    }


def _metadata(release: Data, item: Data, facts: Data, validity: Data) -> list[list[tuple[str, Any]]]:
    """The header table of the national portal (regulation.md §5.7); single rows run over the whole width."""
    tag = Markup('<span class="tag tag--{}">{}</span>').format(validity["tone"], validity["label"])
    return [
        [(_("索引号"), release["index_number"] or "—"), (_("主题分类"), str(THEME_NAMES.get(release["theme"], "—")))],
        [(_("发文机关"), facts.get("issuer") or "—"), (_("成文日期"), chinese_day(facts.get("issued_on")))],
        [(_("标题"), release["title"])],
        [(_("发文字号"), release["doc_number"] or "—"), (_("发布日期"), chinese_day(item["date"]))],
        [(_("有效性"), tag), (_("施行日期"), _in_force(facts))],
        [(_("体裁"), facts.get("genre") or "—"), (_("公开方式"), _openness(facts))],
    ]


def _history(release: Data, item: Data, facts: Data, neighbours: Neighbours, site: Site) -> Iterator[Data]:
    """文件沿革, newest first."""
    for row in _replacements(release, neighbours):
        yield {
            "date": row_of(row, site)["iso"],
            "text": _("由新文件替代：%s") % (row["doc_number"] or row["title"]),
            "url": row_of(row, site)["url"],
        }
    if facts.get("history_note"):
        yield {"date": "", "text": facts["history_note"], "url": ""}
    if facts.get("expires_on"):
        yield {"date": facts["expires_on"], "text": _("有效期届满"), "url": ""}
    if facts.get("effective_on"):
        yield {"date": facts["effective_on"], "text": _("施行"), "url": ""}
    yield {"date": item["date"], "text": _("公开发布"), "url": ""}
    if facts.get("issued_on"):
        yield {"date": facts["issued_on"], "text": _("成文"), "url": ""}
    for row in neighbours.sources(release["item_id"], Relation.Kind.RELATED):
        if row["kind"] == Kind.POLICY:
            old = row_of(row, site)
            yield {
                "date": old["iso"],
                "text": _("替代旧文件：%s") % (old["doc_number"] or old["title"]),
                "url": old["url"],
            }


def _replacements(release: Data, neighbours: Neighbours) -> list[Data]:
    new = release["facts"].get("replaced_by")
    related_to = neighbours.targets(release["item_id"], Relation.Kind.RELATED)
    return [row for row in related_to if row["item_id"] == new]


def _leader(frame: Frame, release: Data, neighbours: Neighbours) -> tuple[str, Data]:
    facts = release["facts"]
    return "content/leader.html", {
        **_context(frame, release, _item(frame, release)),
        "leader": {
            "name": release["title"],
            "post": facts.get("post", ""),
            "duties": [line for line in (facts.get("duties") or "").splitlines() if line.strip()],
            "resume": body_html(facts.get("resume") or ""),
            "photo": release["cover"],
            "verified_on": facts.get("verified_on") or "",
        },
    }


def _profile(frame: Frame, release: Data, neighbours: Neighbours) -> tuple[str, Data]:
    facts = release["facts"]
    contacts = (
        (_("办公地址"), facts.get("address")),
        (_("办公时间"), facts.get("hours")),
        (_("联系电话"), facts.get("phone")),
        (_("传真号码"), facts.get("fax")),
        (_("电子邮箱"), facts.get("email")),
    )
    return "content/profile.html", {
        **_context(frame, release, _item(frame, release)),
        "profile": {
            "functions": body_html(facts.get("functions") or ""),
            "divisions": body_html(facts.get("divisions") or ""),
            "contacts": [(label, value) for label, value in contacts if value],
        },
    }


def _gallery(frame: Frame, release: Data, neighbours: Neighbours) -> tuple[str, Data]:
    item = _item(frame, release)
    item["prose"] = Markup(re.sub(r"<figure>.*?</figure>", "", item["body"], flags=re.DOTALL).strip())
    return "content/gallery.html", {
        **_context(frame, release, item),
        "pictures": [picture for picture in release["facts"].get("pictures") or () if picture.get("src")],
        "related": related(frame.site, release["item_id"], neighbours),
    }


def _video(frame: Frame, release: Data, neighbours: Neighbours) -> tuple[str, Data]:
    facts = release["facts"]
    return "content/video.html", {
        **_context(frame, release, _item(frame, release)),
        "video": {name: facts.get(name) or "" for name in ("src", "poster", "duration", "transcript")},
        "related": related(frame.site, release["item_id"], neighbours),
    }


def _link(frame: Frame, release: Data, neighbours: Neighbours) -> tuple[str, Data]:
    column = frame.site.columns.get(release["column_id"])
    url = address_of(release["facts"]["url"]) or "/"
    return "content/link.html", {
        **_context(frame, release, _item(frame, release)),
        "name": frame.site.name,
        "target": {"url": url, "host": urlsplit(url).hostname or url},
        "back": {"title": column.title, "url": column.address} if column else {"title": _("首页"), "url": "/"},
    }


def _topic(frame: Frame, release: Data, neighbours: Neighbours) -> tuple[str, Data]:
    facts, site = release["facts"], frame.site
    ends_on = facts.get("ends_on") or ""
    return "content/topic.html", {
        **_context(frame, release, _item(frame, release)),
        "topic": {
            "banner": facts.get("banner"),
            "starts_on": facts.get("starts_on") or "",
            "ends_on": ends_on,
            "ended": bool(ends_on) and ends_on < local(now()).date().isoformat(),
        },
        "sections": list(_topic_sections(facts.get("blocks") or [], site)),
    }


def _topic_sections(raw: list[Data], site: Site) -> Iterator[Data]:
    stored = [(block["type"], plain(block["value"])) for block in raw]
    columns = columns_named(
        (tab["column"] for kind, value in stored if kind == "column" for tab in value["tabs"]), site
    )
    pages = {page for kind, value in stored if kind == "items" for page in value["pages"]}
    depends_on(*(f"column:{column}" for column in columns), *(f"item:{page}" for page in pages))
    rows = {row["item_id"]: row_of(row, site) for row in Release.objects.live().filter(item__in=pages).values(*FIELDS)}
    for kind, value in stored:
        if kind == "text":
            yield {"kind": "text", "title": "", "html": body_html(value)}
        elif kind == "column":
            yield {
                "kind": "list",
                "title": value["title"],
                "tabs": tabs_of(value["tabs"], value["count"], site, columns),
            }
        else:
            yield {
                "kind": "items",
                "title": value["title"],
                "rows": [rows[page] for page in value["pages"] if page in rows],
            }


def _gone(frame: Frame, release: Data) -> Data:
    column = frame.site.columns.get(release["column_id"])
    return {
        **frame.context(channel=column.channel_address if column else ""),
        "page": plain_page(_("该信息已撤下"), frame),
        "withdrawn": {
            "title": release["title"],
            "date": local(release["withdrawn_at"]).date().isoformat(),
            "reason": release["withdrawn_reason"],
            "column": {"title": column.title, "url": column.address} if column else None,
        },
    }


_PAGES: dict[str, Callable[[Frame, Data, Neighbours], tuple[str, Data]]] = {
    Kind.NEWS: _article,
    Kind.NOTICE: _article,
    Kind.POLICY: _policy,
    Kind.INTERPRETATION: _interpretation,
    Kind.LEADER: _leader,
    Kind.PROFILE: _profile,
    Kind.GALLERY: _gallery,
    Kind.VIDEO: _video,
    Kind.LINK: _link,
    Kind.TOPIC: _topic,
}


def related(site: Site, item: int, neighbours: Neighbours) -> list[Data]:
    kinds = (Relation.Kind.RELATED,)
    rows = [*neighbours.targets(item, *kinds), *neighbours.sources(item, *kinds)]
    return [{**row_of(row, site), "label": str(Kind(row["kind"]).label), "tone": ""} for row in rows]


def headline(title: str) -> Markup:
    """A title that breaks only where a reader would pause: before 关于 and after a space."""
    return Markup(str(escape(title)).replace("关于", "<wbr>关于", 1).replace(" ", " <wbr>").replace("　", "　<wbr>"))


def size_text(size: int) -> str:
    if size >= 1024 * 1024:
        return f"{size / 1024 / 1024:.1f} MB"
    return f"{max(round(size / 1024), 1)} KB" if size else ""


def chinese_day(iso: str | None) -> str:
    """2026-11-08 → 2026年11月8日."""
    if not iso:
        return "—"
    year, month, day = iso.split("-")
    return f"{year}年{int(month)}月{int(day)}日"


def _in_force(facts: Data) -> str:
    if not facts.get("expires_on"):
        return chinese_day(facts.get("effective_on"))
    return _("%(start)s（有效期至%(end)s）") % {
        "start": chinese_day(facts.get("effective_on")),
        "end": chinese_day(facts["expires_on"]),
    }


def _openness(facts: Data) -> str:
    return str(Openness(facts.get("openness") or Openness.PROACTIVE).label)


def _form_label(row: Data) -> str:
    return str(Interpretation.Form(row["facts__form"] or Interpretation.Form.TEXT).label)


def _minute(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M")
