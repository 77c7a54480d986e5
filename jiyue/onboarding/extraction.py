"""An article out of an HTML page of any government site: title, date, source, text, pictures, attachments."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _
from selectolax.lexbor import LexborHTMLParser, LexborNode

from jiyue.common.html import clean, text_of
from jiyue.inspector import dates
from jiyue.onboarding import hijack
from jiyue.onboarding.enclosures import attachments_of, take_pictures
from jiyue.onboarding.facts import (
    Facts,
    closes,
    doc_number_in,
    facts_of,
    has_sentence,
    is_furniture,
    is_place,
    same,
    squeezed,
)
from jiyue.onboarding.page import NotAnArticle, Page
from jiyue.onboarding.texts import judge, title_without_site
from jiyue.onboarding.weighing import ENOUGH, elements, main_of, visible, weigh


_TITLE_HINTS: Final = (
    "h1, h2, ucaptitle, [class*=title], [id*=title], [class*=Title], [id*=Title], [class*=biaoti], .bt"
)
_BROKEN: Final = re.compile(
    r"^(?:404|403|500|5\d\d)\b|页面(?:不存在|没有找到|未找到|已删除)|找不到(?:页面|网页|该页)|您访问的(?:页面|网页)|系统维护|网站维护|安全验证|访问(?:被拒绝|受限)"
)
_SERVER_PAGE: Final = re.compile(r"<%.{0,4000}?%>", re.DOTALL)  # of a page saved before it was run
_WRITTEN_AT: Final = re.compile(r"<!--\s*(?:saved from url=\(\d+\))?\s*(https?://[^\s>]+?)\s*-->")
_META: Final = {
    "title": ("articletitle", "og:title", "dc.title"),
    "published": (
        "pubdate",
        "publishdate",
        "firstpublishedtime",
        "article:published_time",
        "publish_time",
        "dc.date",
        "dateissued",
    ),
    "source": ("contentsource", "source"),
    "author": ("author", "dc.creator"),
    "column": ("columnname", "lanmu", "article:section"),
    "url": ("url", "og:url"),
}


@dataclass(slots=True)
class _Document:
    """A parsed page with what every step needs to know about it."""

    tree: LexborHTMLParser
    html: str
    meta: dict[str, str]
    facts: Facts
    address: str
    weights: dict[int, float]

    def named(self, kind: str) -> str:
        return next((self.meta[name] for name in _META[kind] if self.meta.get(name)), "")


def page_of(html: str, *, address: str = "") -> Page:
    """The article of a page; raises ``NotAnArticle`` with the reason when there is none or it is not genuine."""
    html = _SERVER_PAGE.sub("", html)
    tree = LexborHTMLParser(html)
    forged = hijack.signs(html, tree)
    if forged:
        raise NotAnArticle("hijacked", _("疑似被篡改的页面：%s") % "；".join(forged))
    document = _read(tree, html, address)
    title = _title(document)
    if _BROKEN.search(title or visible(tree.body)[:40]):
        raise NotAnArticle("error", _("是出错或验证页面，不是信息"), title)
    main = main_of(document.tree, document.weights)
    page = _written(document, main, title)
    _refuse_what_is_no_article(page, document, main)
    judge(page)
    return page


def _read(tree: LexborHTMLParser, html: str, address: str) -> _Document:
    meta = _meta(tree)
    for node in tree.css("script, style, noscript, template, head > title ~ style"):
        node.decompose()
    known = address or meta.get("url") or meta.get("og:url") or _own_address(tree, html)
    document = _Document(tree, html, meta, facts_of(visible(tree.body)), known, {})
    if tree.body is not None:
        weigh(tree.body, document.weights, factor=1.0, depth=0)
    return document


def _meta(tree: LexborHTMLParser) -> dict[str, str]:
    """Meta tags by lower-case name; of doubled ones the first that says something."""
    found: dict[str, str] = {}
    for node in tree.css("meta"):
        name = (node.attributes.get("name") or node.attributes.get("property") or "").lower()
        value = re.sub(r"\s+", " ", text_of(node.attributes.get("content") or "")).strip()
        if name and value:
            found.setdefault(name, value)
    return found


def _own_address(tree: LexborHTMLParser, html: str) -> str:
    canonical = tree.css_first("link[rel=canonical]")
    if canonical is not None and canonical.attributes.get("href"):
        return canonical.attributes["href"] or ""
    written = _WRITTEN_AT.search(html[:2000])
    return written[1] if written else ""


def _title(document: _Document) -> str:
    """From the meta tag the norm asks for; else the heading the window title begins with; else the window title."""
    named = document.named("title")
    window = document.tree.css_first("title")
    whole = re.sub(r"\s+", " ", text_of(window.text()) if window is not None else "").strip()
    if len(named) >= 4:
        return title_without_site(named)
    headings = [re.sub(r"\s+", " ", node.text()).strip() for node in document.tree.css(_TITLE_HINTS)]
    printed = [
        line for line in headings if 6 <= len(line) <= 150 and squeezed(line) and squeezed(line) in squeezed(whole)
    ]
    if not printed and same(title_without_site(whole), whole):
        printed = [line for line in visible(document.tree.body).split("\n") if _begins(whole, line)]
    if printed:
        longest = max(printed, key=len)
        return longest if not same(longest, whole) else title_without_site(whole)
    if whole:
        return title_without_site(whole)
    return next((line for line in headings if 6 <= len(line) <= 150), document.facts.title)


def _begins(window: str, line: str) -> bool:
    """A line that is the window title up to the name of the site."""
    return 8 <= len(line) <= 150 and squeezed(window).startswith(squeezed(line)) and len(squeezed(line)) >= 8


def _written(document: _Document, main: LexborNode | None, title: str) -> Page:
    facts = document.facts
    attachments = attachments_of(document.tree, document.address, main)
    images, lost = take_pictures(main, document.address)
    body = _trimmed(clean(main.inner_html or "") if main is not None else "", title)
    page = Page(
        title=title,
        body=body,
        published_at=_published(document),
        source=_source(document),
        author=facts.author,
        editor=facts.editor,
        column=document.named("column") or _column(document.tree),
        doc_number=_number(document, title, body),
        index_number=facts.index_number,
        address=document.address,
        images=[image for image in images if image.placeholder in body],
        attachments=attachments,
    )
    _remark(page, document, lost)
    return page


def _remark(page: Page, document: _Document, lost: int) -> None:
    if lost:
        page.notes.append(_("%d 个相对链接不知指向何处，保留文字") % lost)
    pages = re.findall(r"【\d+】|\[\d+\]", visible(document.tree.body)[-4000:])
    if pages[:2] in (["【1】", "【2】"], ["[1]", "[2]"]):
        page.doubts.append(_("分页信息，文件里只有其中一页"))
    seen = document.facts.published_at
    if seen and page.published_at and seen.date() != page.published_at.date():
        page.notes.append(_("页面显示的日期是 %s，与元数据不同") % seen.date().isoformat())


def _refuse_what_is_no_article(page: Page, document: _Document, main: LexborNode | None) -> None:
    text = text_of(page.body)
    running = sum(len(line) for line in text.split("\n") if has_sentence(line))
    links = len(document.tree.css("li a, td a"))
    listed = sum(1 for line in visible(main).split("\n") if dates.alone_in(line))
    if running >= ENOUGH and not (listed >= 5 and running < 400):
        return
    shown = page.images or ("<table" in page.body and len(text) > 100)
    if page.title and shown and listed < 5 and _linked(main) < 0.4:
        return
    if page.title and page.attachments and len(page.title) > 8:
        page.doubts.append(_("正文只有附件"))
        return
    if document.named("title") or document.facts.index_number:
        raise NotAnArticle("empty", _("有标题和元数据，但文件里没有正文（可能由脚本加载）"), page.title)
    if links >= 8 or listed >= 3:
        raise NotAnArticle("list", _("是列表页或导航页（%d 个链接），没有成段的正文") % links, page.title)
    raise NotAnArticle("empty", _("没有正文"), page.title)


def _linked(main: LexborNode | None) -> float:
    """The share of an element's text that is links."""
    whole = len(re.sub(r"\s", "", visible(main)))
    inside = sum(len(re.sub(r"\s", "", link.text())) for link in main.css("a")) if main is not None else 0
    return inside / max(whole, 1)


def _published(document: _Document) -> datetime | None:
    """The meta tag of the national norm, the visible label, then the address. A time of day is taken from either."""
    named = dates.found_in(document.named("published"))
    seen = document.facts.published_at
    near = _near_title(document)
    same_day = [moment for moment in (named, seen, near) if moment and named and moment.date() == named.date()]
    return max(same_day, default=None) or seen or near or dates.in_address(document.address)


def _near_title(document: _Document) -> datetime | None:
    """A line that is a date with its time of day, as news sites print under the title without a label."""
    for line in visible(document.tree.body).split("\n"):
        found = dates.found_in(line)
        if found and len(line) <= 40 and re.search(r"\d[:：∶]\d\d", line):
            return found
    return None


def _source(document: _Document) -> str:
    named = re.sub(r"^(?:稿件|信息)?来源\s*[:：]\s*", "", document.named("source"))
    return (named or document.facts.source)[:60]


def _column(tree: LexborHTMLParser) -> str:
    """The last link of the breadcrumb."""
    for node in tree.css(
        "[class*=crumb], [class*=position], [class*=weizhi], [class*=location], [class*=path], div, td"
    ):
        text = re.sub(r"\s+", " ", node.text()).strip()
        if is_place(text):
            names = [link.text().strip() for link in node.css("a")]
            return names[-1] if names and names[-1] != "首页" else ""
    return ""


def _number(document: _Document, title: str, body: str) -> str:
    labelled = doc_number_in(document.facts.doc_number)
    near = [line for line in text_of(body).split("\n")[:8] if len(line) < 60 and not has_sentence(line)]
    return labelled or next((number for number in map(doc_number_in, (title, *near)) if number), "")


def _trimmed(html: str, title: str) -> str:
    """Without the title printed again, the tools above and the tools below."""
    blocks = _blocks(html)
    start, end = 0, len(blocks)
    while start < end and _leads(blocks[start], title):
        start += 1
    while end > start and _trails(blocks[end - 1]):
        end -= 1
    closing = next((at for at in range(start + (end - start) // 2, end) if _closes(blocks[at])), end)
    return "".join(blocks[start:closing])


def _blocks(html: str) -> list[str]:
    body = LexborHTMLParser(html).body if html else None
    return [node.html or "" for node in elements(body)] if body is not None else []


def _leads(block: str, title: str) -> bool:
    text = text_of(block).replace("\n", " ")
    return "<img" not in block and "<table" not in block and (same(text, title) or is_furniture(text))


def _trails(block: str) -> bool:
    text = text_of(block).replace("\n", " ")
    return "<img" not in block and "<table" not in block and is_furniture(text) and not dates.alone_in(text)


def _closes(block: str) -> bool:
    return "<img" not in block and closes(text_of(block))
