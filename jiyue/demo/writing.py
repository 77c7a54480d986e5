"""News and notices, composed from a unit's works and the frames of ``data/frames.yaml``."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from jiyue.demo import markup
from jiyue.demo.material import read
from jiyue.demo.pen import Pen, Work, fits, period, spoken
from jiyue.demo.shapes import Block, Item


SCENE_WORDS = {
    "bridge": "桥梁工程施工现场", "field": "连片农田", "harvest": "丰收的稻田", "river": "河岸风光", "hall": "政务服务大厅",
    "skyline": "城市新貌", "school": "校园一角", "hospital": "医院门诊楼", "factory": "生产厂区", "reservoir": "水库大坝",
    "windfarm": "山岭上的风力发电机组", "solar": "光伏发电场", "library": "图书馆阅览区", "market": "便民市场", "road": "乡村公路",
    "forest": "山林", "snow": "雪后道路", "night": "城市夜景", "village": "乡村民居", "tea": "茶园", "town": "社区街巷",
    "lab": "实验室", "port": "港口码头", "station": "公交枢纽", "mountain": "群山云海", "temple": "古建筑", "garden": "城市公园",
    "storm": "雨中值守的堤岸",
}  # fmt: skip


def news(pen: Pen, moments: list[datetime], column: str) -> Iterator[Item]:
    for number, at in enumerate(moments):
        title, event, work, place = _new_headline(pen, at)
        pictured = work["scene"] if pen.random.random() < 0.4 or number >= len(moments) - 3 else ""
        picture = pen.picture(pictured) if pictured else ""
        body = _story(pen, event, work, place, at, picture)
        yield Item(
            key=f"{pen.unit.code}/news/{number}", website=pen.unit.code, column=column, kind="news", title=title,
            released_at=at, body=body, source=_source(pen), author=pen.person(), editor=pen.person(), cover=picture,
            keywords=f"{work['name']},{pen.unit.short}", theme=read("themes").get(pen.unit.field, ""),
        )  # fmt: skip


def notices(pen: Pen, moments: list[datetime], column: str, opinion_column: str) -> Iterator[Item]:
    frames = read("frames")["notices"]
    for number, at in enumerate(moments):
        frame, work, values = _new_notice(pen, frames[number % len(frames)], at)
        yield _notice(
            pen, f"{pen.unit.code}/notice/{number}", opinion_column if frame.get("column") else column,
            pen.fill(frame["title"], **values), frame["body"], at, values, keywords=work["name"],
        )  # fmt: skip


def holidays(pen: Pen, column: str) -> Iterator[Item]:
    frames = read("frames")
    for number, holiday in enumerate(frames["holidays"]):
        at = pen.moment(holiday["day"])
        year = at.year + (holiday["name"] == "元旦")
        values = {"name": holiday["name"], "year": str(year)}
        title = pen.fill(frames["holiday_title"], **values)
        if pen.new_title(title):
            key = f"{pen.unit.code}/holiday/{number}"
            yield _notice(pen, key, column, title, frames["holiday_body"], at, values, keywords="假期,值班")


def numbered_steps(pen: Pen, work: Work, count: int) -> list[str]:
    """So many steps; a work that has fewer gets general ones."""
    general = [
        "建立工作台账，明确责任单位、完成时限和评价标准，定期调度、逐项销号。",
        "加强部门协同和信息共享，能够一次办好的不让群众跑第二趟。",
        "定期听取企业和群众意见建议，对反映集中的问题及时研究解决。",
    ]
    own = [step for step in work["steps"] if step not in general]
    return [pen.fill(step) for step in [*own, *general][:count]]


def _new_headline(pen: Pen, at: datetime) -> tuple[str, dict[str, Any], Work, str]:
    """An event, a work and a place that make a title this unit has not used."""
    events = read("frames")["events"]
    while True:
        event = events[0] if pen.random.random() < 0.35 else pen.pick(events)
        work = pen.pick(pen.own_works if pen.random.random() < 0.8 else pen.works)
        place = pen.place()
        heads = [head for head in work["heads"] if fits(head, at.month)]
        if not heads or not fits(work["name"], at.month):
            continue
        values = {**_values(pen, work, at, place), "head": pen.fill(pen.pick(heads), place=place)}
        title = pen.fill(pen.pick(event["titles"]), **values)
        if pen.new_title(title):
            return title, {**event, "values": values}, work, place


def _story(pen: Pen, event: dict[str, Any], work: Work, place: str, at: datetime, picture: str) -> list[Block]:
    frames, values = read("frames"), {**event["values"], "voice": work["voice"]}
    opening = pen.fill(pen.pick(event["leads"]), **values)
    facts = pen.sentences(work["facts"], 2, at.month, place=place)
    steps = pen.sentences(work["steps"], 3, at.month, place=place)
    rest = [
        pen.fill(pen.pick(event["facts"])) + "".join(facts) if facts else "",
        pen.fill(pen.pick(event["steps"])) + "".join(steps),
        pen.fill(pen.pick(frames["crowd"]), **values),
        pen.fill(pen.pick(frames["voices"]), **values),
        *pen.sentences(work["next"], 1, at.month),
        pen.pick(frames["closings"]),
    ]
    if not picture:
        return [("text", markup.paragraphs([opening, *rest]))]
    words = SCENE_WORDS[work["scene"]]
    image = {"picture": picture, "alt": f"{place}{words}", "caption": f"{words}。{pen.unit.short}供图"}
    return [("text", markup.paragraphs([opening])), ("image", image), ("text", markup.paragraphs(rest))]


def _new_notice(pen: Pen, frame: dict[str, Any], at: datetime) -> tuple[dict[str, Any], Work, dict[str, str]]:
    frames = read("frames")["notices"]
    while True:
        work = pen.pick(pen.works)
        values = _values(pen, work, at, pen.place())
        month = at.month
        values |= {
            "day": spoken(at.date(), year=True),
            "end": spoken(_working_day(at.date() + timedelta(days=30)), year=True),
            "facts": "".join(pen.sentences(work["facts"], 2, month)),
            "steps": "".join(pen.sentences(work["steps"], 3, month)),
            "places": "、".join(pen.random.sample(list(pen.unit.places), 3)),
        }
        if "table" in frame:
            values["table"] = _rows(pen, frame["table"], at.date())
        if fits(work["name"] + work["do"], month) and pen.new_title(pen.fill(frame["title"], **values)):
            return frame, work, values
        frame = pen.pick(frames)


def _rows(pen: Pen, head: list[str], day: date) -> str:
    if head[0] == "采购项目":
        month = (day.replace(day=1) + timedelta(days=40)).strftime("%Y年%-m月")
        works = pen.random.sample(pen.works, min(3, len(pen.works)))
        rows = [[f"{work['name']}服务项目", str(pen.random.randint(12, 180)), month] for work in works]
    else:
        scores = sorted((pen.random.uniform(84, 97) for _place in pen.unit.places), reverse=True)
        rows = [
            [place, f"{score:.1f}", "优秀" if score >= 90 else "良好"]
            for place, score in zip(pen.unit.places, scores, strict=True)
        ]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [head, *rows])


def _notice(
    pen: Pen, key: str, column: str, title: str, body: str, at: datetime, values: dict[str, str], *, keywords: str
) -> Item:
    text = pen.fill(body, **values)
    signed = markup.paragraphs([pen.unit.name, spoken(at.date(), year=True)])
    return Item(
        key=key, website=pen.unit.code, column=column, kind="notice", title=title, released_at=at,
        body=[*markup.blocks(text), ("text", signed)], source=pen.unit.name, editor=pen.person(), keywords=keywords,
        theme=read("themes").get(pen.unit.field, ""),
    )  # fmt: skip


def _values(pen: Pen, work: Work, at: datetime, place: str) -> dict[str, str]:
    day = at.date()
    return {
        "name": work["name"], "do": work["do"], "place": place, "day": spoken(day), "year": str(day.year),
        "month": str(day.month), "period": period(day), "count": str(pen.random.randint(6, 18) * 10),
    }  # fmt: skip


def _source(pen: Pen) -> str:
    return pen.unit.name if pen.random.random() < 0.8 else "云州日报"


def _working_day(day: date) -> date:
    return day + timedelta(days=max(7 - day.weekday(), 0) if day.weekday() > 4 else 0)
