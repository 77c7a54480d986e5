"""Dates as Chinese government pages write them, in text, in meta tags and in addresses. All are Beijing time."""

import re
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo


CHINA: Final = ZoneInfo("Asia/Shanghai")
EARLIEST: Final = 1990  # no website is older; laws printed on them are, but those dates are not of publication
_COLONS: Final = str.maketrans("０１２３４５６７８９：∶﹕．／－", "0123456789:::./-")
_DATE: Final = re.compile(
    r"(?<!\d)((?:19|20)\d\d)\s*[年./-]\s*(1[0-2]|0?[1-9])\s*[月./-]\s*(3[01]|[12]\d|0?[1-9])(?!\d)\s*日?"
    r"(?:[\sT,，-]*(?:星期[一二三四五六日天])?\s*(2[0-3]|[01]?\d)\s*:\s*([0-5]\d)(?:\s*:\s*([0-5]\d))?)?"
)
_NUMERALS: Final = re.compile(
    r"([一二][〇○ＯOo零一二三四五六七八九]{3})\s*年\s*([一二三四五六七八九十]{1,2})\s*月\s*([一二三四五六七八九十]{1,3})\s*日"
)
_IN_ADDRESS: Final = (
    re.compile(r"[/_t]((?:19|20)\d\d)(\d\d)(\d\d)[_/.]"),
    re.compile(r"/((?:19|20)\d\d)[/-]?(\d\d?)[/-]?(\d\d)/"),
    re.compile(r"/((?:19|20)\d\d)[/-](\d\d?)[/-](\d\d?)/"),
    re.compile(r"/((?:19|20)\d\d)-(\d\d)/(\d\d)[/_]"),
)
_DIGITS: Final = {
    **{c: i for i, c in enumerate("〇一二三四五六七八九")},
    "○": 0,
    "Ｏ": 0,
    "O": 0,
    "o": 0,
    "零": 0,
}


def found_in(text: str) -> datetime | None:
    """The first date of a text, with its time of day when one follows."""
    for match in _DATE.finditer(text.translate(_COLONS)):
        year, month, day, hour, minute, second = (int(part or 0) for part in match.groups())
        moment = _moment(year, month, day, hour, minute, second)
        if moment:
            return moment
    return None


def dates_in(text: str) -> list[datetime]:
    plain = text.translate(_COLONS)
    found = (_moment(*(int(part or 0) for part in match.groups())) for match in _DATE.finditer(plain))
    return [moment for moment in found if moment]


def in_address(address: str) -> datetime | None:
    """The day a content management system writes into the address of a page (``/2016/11/22/``, ``t20210105_``)."""
    for pattern in _IN_ADDRESS:
        match = pattern.search(address)
        moment = _moment(*(int(part) for part in match.groups())) if match else None
        if moment:
            return moment
    return None


def alone_in(line: str) -> datetime | None:
    """The date of a line that holds nothing else, as under a signature: 二〇一一年十一月二十五日, 2017年6月28日."""
    bare = re.sub(r"[\s（）()]", "", line)
    return (_in_numerals(bare) or found_in(bare)) if len(bare) <= 16 else None


def compact_in(text: str) -> datetime | None:
    """Eight figures, as in names of files and programmes: 20230731."""
    match = re.search(r"(?<!\d)(20\d\d)(\d\d)(\d\d)(?!\d)", text)
    return _moment(*(int(part) for part in match.groups())) if match else None


def _in_numerals(text: str) -> datetime | None:
    match = _NUMERALS.search(text)
    if match is None:
        return None
    year = int("".join(str(_DIGITS[character]) for character in match[1]))
    return _moment(year, _number(match[2]), _number(match[3]))


def _number(text: str) -> int:
    tens, ten, ones = text.rpartition("十") if "十" in text else ("", "", text)
    return (_DIGITS.get(tens, 1) * 10 if ten else 0) + (_DIGITS[ones] if ones else 0)


def _moment(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime | None:
    if year < EARLIEST:
        return None
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=CHINA)
    except ValueError:
        return None
