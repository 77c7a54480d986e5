"""Days that do not exist, and days on another day of the week than the text says."""

import calendar
import re
from collections.abc import Iterator, Mapping
from datetime import date

from jiyue.inspector.text.hits import Hit
from jiyue.inspector.text.packs import Category


TRIGGERS = ("月", "-0", "-1")
WEEKDAYS = "一二三四五六日"
REACH = 7  # characters before 月: 2026年11
_DAY = re.compile(
    r"(?<![\d.])(?:(?P<year>(?:19|20)\d\d)年)?(?P<month>\d{1,2})月(?P<day>\d{1,2})日"
    r"(?:\s?[（(]?\s?(?P<name>星期|周|礼拜)(?P<weekday>[一二三四五六日天])(?![至到、—－-]))?"
)
_BEFORE_MONTH = re.compile(r"(?:(?:19|20)\d\d年)?\d{1,2}$")
_BEFORE_HYPHEN = re.compile(r"\d{4}$")
_LUNAR = re.compile(r"农历|阴历|旧历")  # its second month may have thirty days
LUNAR_REACH = 8
_ISO = re.compile(r"(?<![\w./-])(?P<year>(?:19|20)\d\d)-(?P<month>0[1-9]|1[0-2])-(?P<day>[0-3]\d)(?![\w./-])")


class Calendar:
    def __init__(self, categories: Mapping[str, Category]) -> None:
        self._impossible, self._weekday = categories.get("date-impossible"), categories.get("date-weekday")

    def at(self, text: str, start: int, end: int) -> Iterator[Hit]:
        if not text[max(0, start - 1) : start].isdecimal():
            return
        pattern, before = (_DAY, _BEFORE_MONTH) if text[start] == "月" else (_ISO, _BEFORE_HYPHEN)
        begun = before.search(text, max(0, start - REACH), start)
        match = begun and pattern.match(text, begun.start())
        if match and not _LUNAR.search(text, max(0, match.start() - LUNAR_REACH), match.start()):
            yield from self._judged(match)

    def _judged(self, match: re.Match[str]) -> Iterator[Hit]:
        if not _exists(match):
            if self._impossible:
                end = match.end("day") + (match.re is _DAY)
                yield Hit(match.start(), end, self._impossible.code, self._impossible)
        elif self._weekday and match.re is _DAY and (right := _other_weekday(match)):
            yield Hit(match.start("name"), match.end("weekday"), self._weekday.code, self._weekday, right)


def _exists(match: re.Match[str]) -> bool:
    year, month, day = match["year"], int(match["month"]), int(match["day"])
    return 1 <= month <= 12 and 1 <= day <= calendar.monthrange(int(year or 2000), month)[1]


def _other_weekday(match: re.Match[str]) -> str:
    """What day of the week it really is, when the text says another."""
    if not match["year"] or not match["weekday"]:
        return ""
    told = WEEKDAYS.index(match["weekday"].replace("天", "日"))
    really = date(int(match["year"]), int(match["month"]), int(match["day"])).weekday()
    return "" if told == really else match["name"] + WEEKDAYS[really]
