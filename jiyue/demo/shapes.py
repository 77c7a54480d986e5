"""What the sample city consists of, as plain data without a database: units, websites, items, pictures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as given
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo


CHINA = ZoneInfo("Asia/Shanghai")
FIRST_DAY = date(2025, 11, 22)
LAST_DAY = date(2026, 11, 20)

Block = tuple[str, Any]  # ("text", html), ("table", html), ("image", {"picture": key, "alt": ..., "caption": ...})


@dataclass(frozen=True, slots=True)
class Unit:
    code: str
    name: str
    short: str
    parent: str  # code, empty for the city's government
    level: str  # city, county
    kind: str  # government, department, institution
    field: str  # which works of data/works/ it does
    area: str  # 全市, 全县, 全区
    address: str
    phone: str
    mark: str  # 机关代字 in its document numbers
    functions: Sequence[str]
    divisions: Sequence[str]
    places: Sequence[str]  # where its news happen
    traits: Mapping[str, Any] = given(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Website:
    code: str
    unit: str
    parent: str  # code of the website above
    kind: str  # portal, department
    name: str
    short: str
    domain: str
    identification_code: str
    icp_filing: str
    police_filing: str
    skin: str


@dataclass(frozen=True, slots=True)
class Item:
    """``column`` is the address below the home page (``zcfg/zcwj``); ``values`` are fields of its own model;
    ``links`` name other items by key."""

    key: str
    website: str
    column: str
    kind: str
    title: str
    released_at: datetime
    body: Sequence[Block] = ()
    source: str = ""
    author: str = ""
    editor: str = ""
    subtitle: str = ""
    summary: str = ""
    keywords: str = ""
    theme: str = ""
    cover: str = ""
    values: Mapping[str, Any] = given(default_factory=dict)
    links: Mapping[str, Sequence[str]] = given(default_factory=dict)


@dataclass(frozen=True, slots=True)
class City:
    units: Sequence[Unit]
    websites: Sequence[Website]
    items: Sequence[Item]
    figures: Mapping[str, Any]
    tiles: Mapping[str, Sequence[Sequence[str]]]
    hot: Sequence[str]

    def items_of(self, website: str) -> list[Item]:
        return [item for item in self.items if item.website == website]

    def pictures_of(self, website: str) -> set[str]:
        """Keys of the pictures a website shows; ``pictures.draw`` draws them."""
        shown = {item.cover for item in self.items_of(website)}
        for item in self.items_of(website):
            shown |= {value["picture"] for name, value in item.body if name == "image"}
        return shown - {""}
