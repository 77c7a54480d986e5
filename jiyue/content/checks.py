"""What a machine can say about a text before people read it. Doubts, never refusals: the reviewers decide."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from selectolax.lexbor import LexborHTMLParser

from jiyue.library.classification import Kind
from jiyue.library.models import BasePage, Relation, Release


Record = dict[str, Any]

SHORT = 20  # characters of text below which an article counts as empty
TEXTLESS = frozenset(
    {Kind.HOME, Kind.COLUMN, Kind.LINK, Kind.LEADER, Kind.PROFILE, Kind.GALLERY, Kind.VIDEO, Kind.TOPIC}
)


class Doubt(NamedTuple):
    code: str
    text: str


def doubts_about(page: BasePage) -> list[Doubt]:
    """Everything worth a second look in this draft (the specific object of a revision)."""
    if page.kind in {Kind.HOME, Kind.COLUMN}:
        return []
    record = page.public_record()
    document = LexborHTMLParser(record.get("body_html") or "")
    checks = (_source, _empty, _pictures, _links, _duplicates, _interpretation)
    return [found for check in checks for found in check(page, record, document)]


def _source(page: BasePage, record: Record, document: LexborHTMLParser) -> Iterator[Doubt]:
    """ContentSource is a required tag of every content page (《网页设计规范》, regulation.md §1.3)."""
    if not record["source"].strip():
        yield Doubt("source", _("没有填写来源。"))
    if record["released_at"] and not record["source_url"]:
        yield Doubt("source_url", _("填写了原发布时间，但没有原文网址；转载应注明出处。"))


def _empty(page: BasePage, record: Record, document: LexborHTMLParser) -> Iterator[Doubt]:
    if (
        page.kind not in TEXTLESS
        and len(record["body_text"].strip()) < SHORT
        and not record["facts"].get("attachments")
    ):
        yield Doubt("empty", _("正文不足 %s 个字，也没有附件。") % SHORT)


def _pictures(page: BasePage, record: Record, document: LexborHTMLParser) -> Iterator[Doubt]:
    silent = [image for image in document.css("img") if not (image.attributes.get("alt") or "").strip()]
    if silent:
        yield Doubt("alt", _("有 %s 张图片没有替代文字，读屏软件用户无法知道内容。") % len(silent))


def _links(page: BasePage, record: Record, document: LexborHTMLParser) -> Iterator[Doubt]:
    plain = [link for link in document.css("a[href]") if (link.attributes["href"] or "").startswith("http://")]
    if plain:
        first = plain[0].attributes["href"]
        yield Doubt("https", _("有 %(count)s 个链接没有使用 https：%(first)s") % {"count": len(plain), "first": first})


def _duplicates(page: BasePage, record: Record, document: LexborHTMLParser) -> Iterator[Doubt]:
    same = Release.objects.live().items().filter(website=page.website_id, title=record["title"]).exclude(item=page.pk)
    found = same.values_list("address", flat=True).first()
    if found:
        yield Doubt("duplicate", _("本网站已有同题信息：%s") % found)


def _interpretation(page: BasePage, record: Record, document: LexborHTMLParser) -> Iterator[Doubt]:
    """苏政办发〔2017〕96号 二(二)二: interpretations are released together with their document."""
    if page.kind == Kind.POLICY and not page.relations_to.filter(kind=Relation.Kind.INTERPRETS).exists():
        yield Doubt("interpretation", _("尚无已发布的解读与本文件关联。"))
