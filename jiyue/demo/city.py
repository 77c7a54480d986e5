"""云州市, the sample city: a pure function of the number of websites and items; the same every time."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from jiyue.demo import documents, portal, standing, writing
from jiyue.demo.material import read
from jiyue.demo.pen import Pen
from jiyue.demo.places import units, websites
from jiyue.demo.shapes import LAST_DAY, City, Item, Unit


DEFAULT_SITES = 25
PORTAL_NEWS = 126
DEPARTMENT_NEWS = 28
SMALL_SITE_ITEMS = 30
# Days since the last news of a few departments, so that the freshness board has something to say (14 days is the limit).
STALE = {"kjj": 12, "swj": 13, "wlj": 21, "gxj": 16}


def city(sites: int = DEFAULT_SITES, *, items_per_site: int | None = None) -> City:
    """``items_per_site`` fills every website to that number with news (for benchmarks)."""
    all_units = units(sites)
    data = read("portal")
    with_site = [unit for unit in all_units if unit.code != "zfb"]
    items = [item for unit in with_site for item in _items(unit, items_per_site)]
    return City(all_units, websites(all_units), items, data["figures"], data["tiles"], data["hot"])


def _items(unit: Unit, wanted: int | None) -> list[Item]:
    pen = Pen(unit)
    if unit.code == "portal":
        return _portal(pen, wanted)
    if unit.kind == "government":
        return _county(pen, wanted)
    return _department(pen, wanted)


def _portal(pen: Pen, wanted: int | None) -> list[Item]:
    standing_items = [
        *_government(pen),
        *portal.about(pen, "zjyz"),
        *portal.statistics(pen, "sjkf"),
        *portal.meetings(pen, "zzf/hyzx"),
        *documents.city_documents(pen, "zwgk/zcwj", "zwgk/zcjd"),
        portal.video(pen, "ywdt/tpxw"),
        *writing.holidays(pen, "zwgk/tzgg"),
        *writing.notices(pen, pen.moments(21), "zwgk/tzgg", "zmhd"),
    ]
    count = max(wanted - len(standing_items), 0) if wanted else PORTAL_NEWS
    made = [*standing_items, *portal.city_news(pen, pen.moments(count), "ywdt/yw", "ywdt/tpxw")]
    return [*made, *portal.topics(pen, "ztzl", made)]


def _county(pen: Pen, wanted: int | None) -> list[Item]:
    standing_items = [
        *_government(pen),
        *portal.about_county(pen, "zjyz"),
        *documents.unit_documents(pen, pen.moments(5), "zwgk/zcwj", "zwgk/zcjd"),
        *writing.holidays(pen, "zwgk/tzgg"),
        *writing.notices(pen, pen.moments(7), "zwgk/tzgg", "zmhd"),
        *standing.topic(pen, "ztzl"),
    ]
    count = max(wanted - len(standing_items), 0) if wanted else DEPARTMENT_NEWS + 6
    return [*standing_items, *_sorted_into(writing.news(pen, pen.moments(count), "ywdt/yw"))]


def _department(pen: Pen, wanted: int | None) -> list[Item]:
    small = pen.unit.code not in {entry["code"] for entry in read("units")["departments"]}
    wanted = wanted or (SMALL_SITE_ITEMS if small else None)
    standing_items = [
        *standing.profile(pen, "jggk"),
        *standing.staff(pen, "jggk"),
        *standing.guides(pen, "bszn"),
        *standing.disclosure(pen, "zwgk/gkzn", "zwgk/gkzd", "zwgk/gknb"),
        *documents.unit_documents(pen, pen.moments(1 if small else 4), "zcfg/zcwj", "zcfg/zcjd"),
        *(() if small else writing.holidays(pen, "zwgk/tzgg")),
        *writing.notices(pen, pen.moments(3 if small else 7), "zwgk/tzgg", "hdjl"),
        *standing.questions(pen, "hdjl"),
        *standing.topic(pen, "ztzl"),
    ]
    count = max(wanted - len(standing_items), 0) if wanted else DEPARTMENT_NEWS
    until = LAST_DAY - timedelta(days=STALE.get(pen.unit.code, pen.random.randint(0, 4)))
    return [*standing_items, *writing.news(pen, pen.moments(count, until=until), "gzdt")]


def _government(pen: Pen) -> Iterator[Item]:
    yield from standing.profile(pen, "zzf/jggk")
    yield from standing.leaders(pen, "zzf/ldxx")
    yield from standing.guides(pen, "bsfw")
    yield from standing.disclosure(pen, "zwgk/gkzn", "zwgk/gkzd", "zwgk/gknb")
    yield from portal.plans(pen, "zwgk/ghjh", "zwgk/czxx")


def _sorted_into(news: Iterator[Item]) -> Iterator[Item]:
    """A county's news over its news columns."""
    columns = ("ywdt/yw", "ywdt/bmdt", "ywdt/qxdt", "ywdt/yw", "ywdt/tpxw", "zzf/hyzx")
    for number, item in enumerate(news):
        column = columns[number % len(columns)]
        if column == "ywdt/tpxw" and not item.cover:
            column = "ywdt/yw"
        yield replace(item, column=column)
