"""When something was published and where it comes from: shown to the reader, and the same in the page's head."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from jiyue.inspector import dates
from jiyue.inspector.checks import Case, Kind, Notice, at_element, check
from jiyue.inspector.markup import Place
from jiyue.inspector.norms import read_moment
from jiyue.inspector.page import Page, excerpt_of


_TIME: Final = re.compile(
    r"(?:发布|发文|公布|发稿|发表|更新|录入|生成|成文|印发)?\s*(?:日\s*期|时\s*间)\s*[:：]\s*([^\n]{0,40})"
)
_SOURCE: Final = re.compile(
    r"(?:信息|稿件|文章|文字|内容)?来\s*源\s*[:：]?\s*([^\s:：|｜]{0,40})|转载自|(?:发布|发文)(?:机构|机关|单位|部门)\s*[:：]|供稿\s*[:：]?"
)
_NORMAL: Final = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d(?!\d)")
_CLOCK: Final = re.compile(r"今天|今日|农历|现在时间|当前时间|欢迎|Copyright|版权|©", re.IGNORECASE)
_DATE: Final = re.compile(r"[\d年月日:：./\s-]+|来源\S*|作者\S*|浏览\S*|字[体号]\S*")
_BESIDE: Final = 8  # characters
_LONELY: Final = 60  # a line no longer than this may hold a date and be no prose
_UPPER: Final = 4_000  # characters in which a page says when it was published; below, other pages are listed


class Shown(NamedTuple):
    text: str
    place: Place


def shown_time(page: Page) -> Shown | None:
    """The date a reader is told, labelled or alone in a short line near the top."""
    text = page.text
    for match in _TIME.finditer(text):
        if dates.found_in(match[1]):
            return Shown(match[1].strip(), page.place(match.start(1)))
    at = 0
    for line in text[:_UPPER].split("\n"):
        if len(line) <= _LONELY and _is_moment(line):
            return Shown(line.strip(), page.place(at))
        at += len(line) + 1
    return None


def _is_moment(line: str) -> bool:
    """A date and little else: 2024-01-05 09:30 来源：市教育局, not a sentence that tells of one."""
    return dates.found_in(line) is not None and not _CLOCK.search(line) and len(_DATE.sub("", line).strip()) <= _BESIDE


@check("published")
def published(case: Case) -> Iterator[Notice]:
    page = case.page
    if case.kind is not Kind.CONTENT or not case.governmental:
        return
    shown = shown_time(page)
    if shown is None:
        yield Notice("published-no-time")
    elif not _NORMAL.search(shown.text):
        yield Notice("published-time-form", excerpt_of(shown.text), *shown.place)
    if not _SOURCE.search(page.text):
        yield Notice("published-no-source", page.meta("ContentSource")[:60])
    for element in page.metas.get("pubdate", [])[:1]:
        told = read_moment(element.get("content"))
        seen = dates.found_in(shown.text) if shown else None
        if told and seen and told.date() != seen.date():
            yield at_element("published-other-day", element, f"{told:%Y-%m-%d} ≠ {seen:%Y-%m-%d}")
        if told and case.at and told > case.at:
            yield at_element("published-future", element, element.get("content")[:60])
