"""What the reviewers read: the submitted text beside what is online now, differences marked by character."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from jiyue.common.difference import mark_text
from jiyue.common.html import clean
from jiyue.common.marked_html import mark_html
from jiyue.content.columns import ColumnKind
from jiyue.content.models import ColumnPage, Interpretation, Submission
from jiyue.content.preview import files_of, with_office_files
from jiyue.library.classification import THEME_NAMES, Openness, Validity
from jiyue.library.models import BasePage, Release


Record = dict[str, Any]

FIELDS = (
    ("subtitle", _("副标题")),
    ("source", _("来源")),
    ("source_url", _("原文网址")),
    ("author", _("作者")),
    ("editor", _("责任编辑")),
    ("summary", _("概述")),
    ("keywords", _("关键词")),
    ("theme", _("主题分类")),
    ("doc_number", _("发文字号")),
    ("validity", _("有效性")),
    ("sticky_until", _("置顶至")),
    ("expires_at", _("到期撤下")),
)
FACTS = (
    ("issuer", _("发文机关")),
    ("issued_on", _("成文日期")),
    ("effective_on", _("施行日期")),
    ("expires_on", _("失效日期")),
    ("genre", _("体裁")),
    ("openness", _("公开属性")),
    ("history_note", _("沿革说明")),
    ("form", _("解读形式")),
    ("documents", _("解读的文件")),
    ("replaced_by", _("替代文件")),
    ("post", _("职务")),
    ("duties", _("工作分工")),
    ("order", _("排序")),
    ("verified_on", _("核实日期")),
    ("address", _("办公地址")),
    ("hours", _("办公时间")),
    ("phone", _("联系电话")),
    ("fax", _("传真号码")),
    ("email", _("电子邮箱")),
    ("url", _("链接网址")),
    ("duration", _("时长")),
    ("transcript", _("文字稿")),
    ("starts_on", _("开始日期")),
    ("ends_on", _("结束日期")),
    ("column_kind", _("栏目类型")),
    ("layout", _("列表样式")),
    ("in_navigation", _("列入主导航")),
    ("attachments", _("附件")),
)
RICH_FACTS = ("resume", "functions", "divisions")
WORDS: dict[str, dict[str, Any]] = {
    "theme": THEME_NAMES,
    "validity": dict(Validity.choices),
    "openness": dict(Openness.choices),
    "form": dict(Interpretation.Form.choices),
    "column_kind": dict(ColumnKind.choices),
    "layout": dict(ColumnPage.Layout.choices),
}
PAGES = ("documents", "replaced_by")


@dataclass(frozen=True, slots=True)
class Field:
    label: str
    old: str
    new: str

    @property
    def changed(self) -> bool:
        return self.old != self.new

    @property
    def marked(self) -> SafeString:
        return mark_text(self.old, self.new)


@dataclass(frozen=True, slots=True)
class Comparison:
    """``first``: nothing is online yet, and the text stands alone."""

    first: bool
    title: SafeString
    fields: list[Field]
    body: SafeString  # the submitted text, marked where something is online
    live_title: str
    live_body: SafeString
    cover: str
    live_cover: str

    @property
    def text_changed(self) -> bool:
        return "<ins>" in self.body or "<del>" in self.body


def compare(submission: Submission) -> Comparison:
    page = submission.revision.as_object()
    new = page.public_record()
    release = Release.objects.live().filter(item=submission.page_id).first()
    old = _record_of(release) if release else {}
    files = {**files_of(old), **files_of(new)}
    before, after = _text(old), _text(new)
    body = mark_html(before, after) if release else mark_safe(clean(after))  # noqa: S308 -- from the sanitiser
    return Comparison(
        first=release is None,
        title=mark_text(old["title"], new["title"]) if release else mark_text(new["title"], new["title"]),
        fields=_fields(old, new),
        body=_shown(body, files),
        live_title=old.get("title", ""),
        live_body=_shown(mark_safe(clean(before)), files),  # noqa: S308 -- from the sanitiser
        cover=_cover(new, files),
        live_cover=_cover(old, files),
    )


def _record_of(release: Release) -> Record:
    names = [name for name, _label in FIELDS if hasattr(release, name)]
    record = {name: getattr(release, name) for name in names}
    rest = ("title", "body_html", "facts", "cover", "media")
    return {**record, **{name: getattr(release, name) for name in rest}}


def _fields(old: Record, new: Record) -> list[Field]:
    pairs = [(name, label, old.get(name), new.get(name)) for name, label in FIELDS]
    before, after = old.get("facts", {}), new.get("facts", {})
    pairs += [(name, label, before.get(name), after.get(name)) for name, label in FACTS]
    titles = _titles([value for name, _label, *values in pairs if name in PAGES for value in values])
    fields = [
        Field(str(label), _words(name, was, titles), _words(name, now, titles)) for name, label, was, now in pairs
    ]
    return [field for field in fields if field.old or field.new]


def _titles(values: list[Any]) -> dict[int, str]:
    wanted = {pk for value in values if value for pk in (value if isinstance(value, list) else [value])}
    return dict(BasePage.objects.filter(pk__in=wanted).values_list("pk", "title")) if wanted else {}


def _words(name: str, value: Any, titles: dict[int, str]) -> str:
    """A stored value as a person reads it."""
    if value in (None, "", []):
        return ""
    if name in PAGES:
        return "、".join(titles.get(pk, "") for pk in (value if isinstance(value, list) else [value]))
    if name == "attachments":
        return "、".join(entry["title"] for entry in value)
    if isinstance(value, bool):
        return str(_("是") if value else _("否"))
    if isinstance(value, datetime | date):
        return f"{value:%Y-%m-%d %H:%M}"
    return str(WORDS.get(name, {}).get(value, value))


def _text(record: Record) -> str:
    """The body, with the rich texts some kinds keep beside it."""
    facts = record.get("facts", {})
    return "".join([record.get("body_html") or "", *(facts.get(name) or "" for name in RICH_FACTS)])


def _shown(html: SafeString, files: dict[str, str]) -> SafeString:
    return mark_safe(with_office_files(html, files))  # noqa: S308 -- only addresses of files change


def _cover(record: Record, files: dict[str, str]) -> str:
    cover = record.get("cover")
    return files.get(cover["src"], "") if cover else ""
