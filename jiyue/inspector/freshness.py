"""How old the newest thing is that a home page or a column shows; and columns with nothing in them.

Three answers, never two: fresh, stale, *not measured*. A list a script fetches cannot be seen here, and a page without
a single date says nothing about its age.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from jiyue.inspector import dates
from jiyue.inspector.checks import Case, Kind, Notice, check
from jiyue.inspector.markup import Place, Run
from jiyue.inspector.page import Page, excerpt_of


# Days after which nothing new is a fault: 国办秘函〔2019〕19号, 单项否决. Columns are judged by their kind, see columns.
HOME_DAYS: Final = 14
_FULL: Final = re.compile(r"(?<!\d)(?:19|20)\d\d\s*[年./-]\s*\d{1,2}\s*[月./-]\s*\d{1,2}(?!\d)")
_SHORT: Final = re.compile(r"^[\s\[（(【]*(1[0-2]|0?[1-9])\s*[-/.月]\s*(3[01]|[12]\d|0?[1-9])\s*日?[\s\]）)】]*$")
_MONTH: Final = re.compile(r"^[\s\[（(【]*((?:19|20)\d\d)\s*[-/.年]\s*(1[0-2]|0?[1-9])\s*月?[\s\]）)】]*$")
_DAY: Final = re.compile(r"^\s*(3[01]|[12]\d|0?[1-9])\s*日?\s*$")
_CLOCK: Final = re.compile(
    r"今天|今日|农历|星期|现在时间|当前时间|欢迎您?|Copyright|版权|©|有效期|截止|成立于|访问", re.IGNORECASE
)
_NOTHING: Final = re.compile(
    r"暂无(?:内容|数据|信息|记录|文章|相关|更新|资料)|没有(?:找到)?(?:任何|相关)?(?:内容|数据|信息|记录)|(?:栏目|页面|网页|内容|网站)(?:正在)?(?:建设|更新|维护|完善)中|敬请期待|无相关(?:内容|信息|数据)|共\s*0\s*[条页]"
)
_FETCHED: Final = re.compile(
    r"\$\.(?:ajax|get|post|getJSON)|axios|XMLHttpRequest|fetch\s*\(|dataproxy|jpage|new\s+Vue|createApp|__NUXT__|\.load\s*\(|layui|\.render\s*\(",
    re.IGNORECASE,
)
_DATED_ROW: Final = 120  # a longer piece of text is prose; a date in it is told of, not published on
_ITEM: Final = 9  # characters of a link that may be a title; what is shorter is navigation


class State(StrEnum):
    FRESH = "fresh"
    STALE = "stale"
    BLANK = "blank"
    NOT_MEASURED = "not_measured"


class Dated(NamedTuple):
    moment: datetime
    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Freshness:
    state: State
    newest: Dated | None = None
    dates: int = 0
    age_days: int | None = None


def freshness(page: Page, at: datetime, limit_days: int) -> Freshness:
    found = dated(page, at)
    if found:
        newest = max(found, key=lambda item: item.moment)
        age = (at.astimezone(dates.CHINA).date() - newest.moment.date()).days
        return Freshness(State.STALE if age > limit_days else State.FRESH, newest, len(found), max(age, 0))
    return Freshness(State.BLANK if blank(page) else State.NOT_MEASURED)


def dated(page: Page, at: datetime) -> list[Dated]:
    """The days of the things this page lists; a day that has not come is not one of them."""
    latest = at + timedelta(days=1)
    found = [*_in_rows(page.seen, at), *_in_addresses(page)]
    return [item for item in found if item.moment <= latest]


def _in_rows(runs: list[Run], at: datetime) -> Iterator[Dated]:
    for number, run in enumerate(runs):
        text = run.text
        if len(text) > _DATED_ROW or _CLOCK.search(text):
            continue
        moment = dates.found_in(text) if _FULL.search(text) else None
        if moment is None and any(character.isdigit() for character in text):
            moment = _partly(text, runs, number, at)
        if moment is not None:
            yield Dated(moment, excerpt_of(text), run.place)


def _partly(text: str, runs: list[Run], number: int, at: datetime) -> datetime | None:
    """01-05 (of the last twelve months); and 05 over 2024-01, as calendars on home pages stand."""
    if short := _SHORT.match(text):
        return _recent(int(short[1]), int(short[2]), at)
    day = _DAY.match(text)
    if day is None:
        return None
    for beside in (number + 1, number - 1):
        month = _MONTH.match(runs[beside].text) if 0 <= beside < len(runs) else None
        if month:
            return _moment(int(month[1]), int(month[2]), int(day[1]))
    return None


def _recent(month: int, day: int, at: datetime) -> datetime | None:
    moment = _moment(at.year, month, day)
    return moment if moment is None or moment <= at + timedelta(days=1) else _moment(at.year - 1, month, day)


def _moment(year: int, month: int, day: int) -> datetime | None:
    try:
        return datetime(year, month, day, tzinfo=dates.CHINA)
    except ValueError:
        return None


def _in_addresses(page: Page) -> Iterator[Dated]:
    """Systems that write the day into the address of a page (/2024/1/5/art_…, t20240105_…)."""
    for link in page.contents.links:
        if link.hidden in {"", "display"} and len(link.text) >= _ITEM:
            moment = dates.in_address(link.get("href"))
            if moment:
                yield Dated(moment, excerpt_of(link.text), link.place)


def blank(page: Page) -> bool:
    """Nothing is listed, and nothing shows that a script would list it."""
    if _NOTHING.search(page.text):
        return True
    items = [link for link in page.contents.links if len(link.text) >= _ITEM and not link.hidden]
    prose = any(len(run.text.strip()) > _DATED_ROW for run in page.seen)
    return not items and not prose and not fetches(page)


def fetches(page: Page) -> bool:
    return any(_FETCHED.search(script.text[:100_000]) for script in page.contents.scripts) or bool(page.contents.frames)


@check("fresh")
def fresh(case: Case) -> Iterator[Notice]:
    page = case.page
    if case.kind is Kind.COLUMN and blank(page) and not (case.at and dated(page, case.at)):
        match = _NOTHING.search(page.text)
        place = page.place(match.start()) if match else Place(1, 1)
        yield Notice("fresh-blank", match[0] if match else "", *place)
    if case.at is None or case.kind is not Kind.HOME:
        return
    measured = freshness(page, case.at, HOME_DAYS)
    if measured.state is State.STALE and measured.newest:
        newest = measured.newest
        yield Notice("fresh-home", f"{newest.moment:%Y-%m-%d}（{measured.age_days} 天）{newest.text}", *newest.place)
    elif measured.state is not State.FRESH:
        yield Notice("fresh-unknown")
