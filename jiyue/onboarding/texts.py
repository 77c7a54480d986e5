"""Plain text into a page: law texts with Markdown headings, exported texts, and dumps of whole web pages as lines."""

import html
import re
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from jiyue.common.html import clean, text_of
from jiyue.inspector import dates
from jiyue.onboarding.facts import (
    Facts,
    closes,
    doc_number_in,
    facts_of,
    has_sentence,
    is_furniture,
    is_place,
    is_prose,
    same,
    squeezed,
)
from jiyue.onboarding.page import NotAnArticle, Page


ENOUGH: Final = 60  # characters of running text; less is a list, a form or an empty page
GENRES: Final = "通知|意见|决定|办法|规定|条例|公告|通告|报告|方案|批复|细则|函|纪要|措施|要点|规划|决议|令|法|规则|制度|预案|答复|解读|公报"
_MARKUP: Final = re.compile(r"<(?:p|div|br|table|h[1-6]|strong|span)\b[^>]*>", re.IGNORECASE)
_SITE: Final = re.compile(r"\s*(?:[_|｜]+|--+|\s[-–—]\s)\s*|-(?=[^-]{0,14}(?:网|网站|政府|频道)$)")
_REFERENCE: Final = re.compile(r"^(?:【法宝引证码】|\S+/\S+\.\w+$|\S+\.(?:md|txt|html?)$)")
_ENACTED: Final = re.compile(r"^[\W_]*(?:19|20)\d\d\s*年.*(?:公布|发布|印发|通过|批准|修订|修正|施行|上)[\W_]*$")


def page_of(text: str, title: str = "") -> Page:
    """A page from plain text. ``title`` is what the source calls it; it may be a file name or a cut sentence."""
    lines = [line for line in (_bare(raw) for raw in text.split("\n")) if line]
    facts = facts_of("\n".join(lines))
    headline, body = _split(lines, title, facts)
    if sum(len(line) for line in body if has_sentence(line) or len(line) > 200) < ENOUGH:
        raise NotAnArticle("list", _("没有成段的正文，是列表、表单或导航页"), headline)
    page = Page(
        title=headline,
        body=clean("".join(_written(line) for line in body)),
        source=facts.source,
        author=facts.author,
        editor=facts.editor,
        column=facts.column,
        index_number=facts.index_number,
        doc_number=_number(lines, facts, headline),
    )
    _date(page, lines, facts)
    judge(page)
    return page


def title_without_site(title: str) -> str:
    """The title of a browser window without the names of column and site after it."""
    parts = [part for part in _SITE.split(_bare(title)) if part and part.strip()]
    return parts[0].strip() if parts else ""


def judge(page: Page) -> None:
    """Notes what a person has to look at before the page goes online."""
    text = text_of(page.body)
    last = text.rsplit("\n", 1)[-1]
    if not page.title:
        page.title = text.split("\n")[0][:40]
        page.doubts.append(_("没有标题，暂用正文开头代替"))
    elif len(page.title) >= 16 and squeezed(text[:160]).startswith(squeezed(page.title)) and not _ends(page.title):
        page.doubts.append(_("标题只是正文开头被截断的文字"))
    if len(text) > 2000 and len(last) > 24 and not re.search(r"[。！？；：…”」）)》】.!?;:|\d]$", last):
        page.doubts.append(_("正文末尾不完整，可能被截断"))
    if len(text) > 300 and "。" not in text:
        page.doubts.append(_("正文没有句号，标点可能已在转换中损坏"))
    if page.published_at is None:
        page.notes.append(_("没有找到发布日期"))


def _ends(title: str) -> bool:
    return re.search(rf"(?:{GENRES})[\W_]*$", title) is not None


def _bare(line: str) -> str:
    return re.sub(r"[\s\u3000\xa0\ufeff]+", " ", line).strip()


def _split(lines: list[str], title: str, facts: Facts) -> tuple[str, list[str]]:
    """Title and body lines."""
    title = "" if _REFERENCE.match(title) else _title_as_printed(title, lines)
    if any(re.match(r"#{1,4} ", line) for line in lines):
        return _from_markdown(lines, title)
    body = _trimmed(_after_headline(_main_run(lines) if _is_dump(lines) else lines, title))
    if not title:
        title, body = _own_title(body)
    body = _without_title(body, title)
    if body:
        body = [_after_furniture(body[0], title or facts.title), *body[1:]]
    return title, body


def _without_title(body: list[str], title: str) -> list[str]:
    """The title printed once more over the text, perhaps broken into lines."""
    while body and _REFERENCE.match(body[0]):
        body = body[1:]
    for count in (1, 2, 3, 4):
        if count < len(body) and same("".join(body[:count]), title):
            return _without_title(body[count:], title)
    return body


def _title_as_printed(title: str, lines: list[str]) -> str:
    """Of a window title with site names the part that stands on a line of its own, or what is before the site."""
    if any(same(title, line) for line in lines[1:60]):
        return _bare(title)
    for gap in reversed(list(re.finditer(r"[-_|—\s]+", title))):
        shorter = title[: gap.start()]
        if len(shorter) >= 6 and any(same(shorter, line) for line in lines[1:60]):
            return _bare(shorter)
    return title_without_site(title)


def _own_title(lines: list[str]) -> tuple[str, list[str]]:
    """The first line, or the first two when a heading was broken in the middle or is printed twice."""
    while lines and _REFERENCE.match(lines[0]):
        lines = lines[1:]
    if not lines or has_sentence(lines[0]) or len(lines[0]) > 120:
        return "", lines
    first, second = lines[0], lines[1] if len(lines) > 1 else ""
    if "关于" in first and not _ends(first) and _ends(second) and len(second) < 60:
        return first + second, lines[2:]
    if "关于" in first and squeezed(first.partition("关于")[2]) == squeezed(second.partition("关于")[2]):
        return second, lines[2:]
    return first, lines[1:]


def _from_markdown(lines: list[str], title: str) -> tuple[str, list[str]]:
    first = next((line for line in lines if line.startswith("# ")), "")
    body = [line for line in lines if line is not first and not same(line, first)]
    return (first.removeprefix("# ") or title), body


def _is_dump(lines: list[str]) -> bool:
    short = sum(1 for line in lines if len(line) < 16 and not is_prose(line))
    return len(lines) >= 12 and short > len(lines) / 2


def _main_run(lines: list[str]) -> list[str]:
    """The stretch of lines with most running text: long lines count for it, short ones against it."""
    best = (0, 0, 0)
    total, start = 0, 0
    for position, line in enumerate(lines):
        total += len(line) if is_prose(line) else -12
        if total <= 0:
            total, start = 0, position + 1
        elif total > best[0]:
            best = (total, start, position + 1)
    _sum, start, end = best
    while start > 0 and len(lines[start - 1]) >= 12 and not is_furniture(lines[start - 1]):
        start -= 1
    while end < len(lines) and _signs(lines, end):
        end += 1
    return lines[start:end]


def _signs(lines: list[str], position: int) -> bool:
    """An office or a date under the text."""
    line = lines[position]
    below = lines[position + 1] if position + 1 < len(lines) else ""
    return bool(dates.alone_in(line)) or (len(line) < 30 and not is_furniture(line) and bool(dates.alone_in(below)))


def _after_headline(lines: list[str], title: str) -> list[str]:
    """Without the navigation of a page before its headline: several short lines, then the title once more."""
    for position in range(min(60, len(lines)) - 1, 2, -1):
        if same(lines[position], title) and not any(is_prose(line) for line in lines[:position]):
            return lines[position + 1 :]
    return lines


def _trimmed(lines: list[str]) -> list[str]:
    start, end = 0, len(lines)
    while start < end and is_furniture(lines[start]):
        start += 1
    while end > start and _is_tail(lines[end - 1]):
        end -= 1
    closing = next((at for at in range(start + (end - start) // 2, end) if closes(lines[at])), end)
    return lines[start:closing]


def _is_tail(line: str) -> bool:
    foreign = len(line) < 30 and not re.search("[\u4e00-\u9fff\\d]", line)
    return (foreign or is_furniture(line)) and not dates.alone_in(line)


def _after_furniture(line: str, title: str) -> str:
    """A page flattened into one line keeps its breadcrumb and labels before the title or the text."""
    head = line[:400]
    if len(line) < 100:
        return line
    if title and title in head[1:]:
        return line[head.rindex(title) + len(title) :].strip()
    if is_place(line[:80]):
        date = re.search(r"(?:19|20)\d\d-\d\d?-\d\d?(?:\s+\d\d:\d\d)?", head)
        return line[date.end() :].strip() if date else line
    return line


def _written(line: str) -> str:
    heading = re.match(r"(#{1,4}) +(.+)", line)
    if heading:
        level = min(max(len(heading[1]), 2), 4)
        return f"<h{level}>{html.escape(heading[2])}</h{level}>"
    if _MARKUP.match(line):
        return clean(line)
    return f"<p>{html.escape(line)}</p>"


def _number(lines: list[str], facts: Facts, title: str) -> str:
    """From its label, the title, or a line of its own near the head; a number quoted in a sentence is another's."""
    labelled = doc_number_in(facts.doc_number)
    if labelled:
        return labelled
    near = [title, *(line for line in lines[:12] if len(line) < 60 and not is_prose(line))]
    return next((number for number in map(doc_number_in, near) if number), "")


def _date(page: Page, lines: list[str], facts: Facts) -> None:
    """Labelled; else a line of its own near the head; else the day it was enacted or signed, which is only close."""
    page.published_at = facts.published_at or _stamp(lines)
    if page.published_at is None:
        enacted = (dates.found_in(line) for line in lines[:9] if len(line) < 80 and _ENACTED.match(line))
        signed = (dates.alone_in(line) for line in lines)
        page.published_at = next(filter(None, (*enacted, *signed)), None) or dates.compact_in(page.title)
        if page.published_at:
            page.notes.append(_("发布日期取自文中的公布、成文或落款日期"))


def _stamp(lines: list[str]) -> datetime | None:
    """A line that is nothing but a date with its time, as news sites print under the title."""
    for line in lines:
        found = dates.found_in(line)
        if found and len(line) <= 22 and re.search(r"\d:\d\d", line):
            return found
    return None
