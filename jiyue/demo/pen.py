"""Fills sentences of ``data/`` with a unit's names, places, dates and figures. The same unit always writes the same."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from jiyue.demo.material import read, works
from jiyue.demo.shapes import CHINA, FIRST_DAY, LAST_DAY, Unit


Work = dict[str, Any]

_SLOT = re.compile(r"\{(\w+)(?::([\d.]+)-([\d.]+))?\}")
_SEASONS = tuple(
    (re.compile(words), frozenset(months))
    for words, months in (
        ("春运|春节|元旦|年货|岁末年初|融雪|防滑除冰|治理欠薪冬季|冬春", (11, 12, 1, 2)),
        ("秋收|秋粮|秋季|晚稻|再生稻|丰收|秋冬|冬种|秋种", (9, 10, 11)),
        ("汛|强降雨|夏|溺水|暑|水域|抗旱|受旱|暴雨", (4, 5, 6, 7, 8, 9)),
        ("冬油菜|冬修|冬季", (10, 11, 12, 1)),
        ("清明|郁金香|春耕|霜冻", (3, 4)),
        ("前三季度|前十个月", (10, 11)),
        ("双11|糖尿病日", (11,)),
        ("宪法宣传周", (12,)),
        ("科普日|慈善月|质量月|网络安全宣传周", (9,)),
        ("卫生月", (4,)),
        ("防灾减灾周", (5,)),
        ("集中缴费", (9, 10, 11, 12)),
        ("民族团结进步宣传月", (9, 10)),
        ("防范非法集资宣传月", (6,)),
        ("马拉松", (3, 4, 10, 11)),
        ("黄金期|冬", (10, 11, 12, 1, 2)),
    )
)


class Pen:
    def __init__(self, unit: Unit, purpose: str = "") -> None:
        self.unit = unit
        self.random = Random(f"{unit.code}/{purpose}")
        self.works = [*(works().get(unit.field) or _all_works()), *works()["通用"]]
        self.own_works = works().get(unit.field) or _all_works()
        self._titles: set[str] = set()
        self._scope = "city" if unit.level == "city" and unit.kind != "institution" else unit.code
        self._standing = {
            "unit": unit.short,
            "issuer": unit.name,
            "area": unit.area,
            "address": unit.address,
            "phone": unit.phone,
            **{name: str(value) for name, value in unit.traits.items()},
        }
        if unit.level == "county":
            self._standing["unit"] = f"{unit.short}人民政府"

    def fill(self, text: str, **values: str) -> str:
        """A figure belongs to its sentence: whoever tells it, and whenever, it is the same."""
        figures = Random(f"{self._scope}/{text}") if "{n:" in text or "{d:" in text else self.random

        def value(match: re.Match[str]) -> str:
            name, low, high = match.groups()
            return _figure(figures, name, low, high) if low else values.get(name) or self._standing[name]

        return _SLOT.sub(value, text)

    def pick(self, choices: Sequence[Any]) -> Any:
        return self.random.choice(choices)

    def sentences(self, choices: Sequence[str], count: int, month: int, **values: str) -> list[str]:
        """Some of the sentences that fit the month, in their order."""
        fitting = [text for text in choices if fits(text, month)]
        chosen = sorted(self.random.sample(range(len(fitting)), min(count, len(fitting))))
        return [self.fill(fitting[number], **values) for number in chosen]

    def place(self) -> str:
        return str(self.pick(self.unit.places))

    def new_title(self, title: str) -> bool:
        """Whether this unit has not written this title yet; remembers it."""
        if title in self._titles:
            return False
        self._titles.add(title)
        return True

    def person(self) -> str:
        people = read("people")
        return str(self.pick(people["surnames"])) + str(self.pick(people["given"]))

    def picture(self, scene: str) -> str:
        return f"{scene}-{self.unit.code}-{self.random.randint(1, 3)}"

    def moments(self, count: int, *, until: date = LAST_DAY) -> list[datetime]:
        """So many working moments spread over the year, oldest first."""
        span = (until - FIRST_DAY).days
        days = [
            FIRST_DAY + timedelta(days=round(span * (n + 1) / count - self.random.random() * span / count / 2))
            for n in range(count)
        ]
        return sorted(self.moment(day) for day in days)

    def moment(self, day: date) -> datetime:
        """A moment of office hours on the day, or on the Friday before a weekend."""
        day -= timedelta(days=max(day.weekday() - 4, 0))
        day = max(day, FIRST_DAY + timedelta(days=2))
        return datetime.combine(day, time(self.random.randint(8, 17), self.random.randint(0, 54)), CHINA)


def _all_works() -> list[Work]:
    """What a whole city does, for its government."""
    return [work for field, done in works().items() if field in read("themes") for work in done]


def _figure(random: Random, kind: str, low: str, high: str) -> str:
    if kind == "n":
        return str(random.randint(int(low), int(high)))
    places = max(len(number.partition(".")[2]) for number in (low, high)) or 1
    return f"{random.uniform(float(low), float(high)):.{places}f}"


def fits(text: str, month: int) -> bool:
    return all(month in months for words, months in _SEASONS if words.search(text))


def spoken(day: date, *, year: bool = False) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if year else f"{day.month}月{day.day}日"


def period(day: date) -> str:
    quarter = (day.month - 1) // 3
    return ("2025年", "一季度", "上半年", "前三季度")[quarter] if day.year == 2026 else "前三季度"
