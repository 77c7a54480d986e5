"""What only the city's portal has: meetings of the government, the mayor's visits, statistics, the city itself."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from jiyue.demo import markup
from jiyue.demo.material import read, works
from jiyue.demo.pen import Pen, fits, period, spoken
from jiyue.demo.shapes import LAST_DAY, Block, Item
from jiyue.demo.writing import SCENE_WORDS


FIRST_MEETING = 98
VISITS = (
    ("{leader}调研{name}工作", "{day}，市政府{post}{leader}到{place}调研{name}工作，深入一线察看进展情况，与干部群众交流，现场研究解决问题。", "{leader}强调，"),
    ("市政府召开{name}专题会议", "{day}，市政府{post}{leader}主持召开专题会议，研究{name}工作，市政府有关部门和各县（区）负责同志参加。", "会议指出，"),
    ("{leader}到{place}检查{name}情况", "{day}，市政府{post}{leader}带队到{place}，检查{name}工作情况，并召开座谈会听取意见建议。", "{leader}指出，"),
    ("全市{name}工作现场推进会在{place}举行", "{day}，全市{name}工作现场推进会在{place}举行，市政府{post}{leader}出席并讲话。", "会议强调，"),
    ("{head}", "{head}。{day}，市政府新闻办公室发布的情况显示，{name}工作取得新的进展。", "据介绍，"),
)  # fmt: skip


def meetings(pen: Pen, column: str) -> Iterator[Item]:
    """常务会议, every second week, each with three matters."""
    agenda = [[part.strip() for part in entry.split("|")] for entry in read("portal")["agenda"]]
    mayor = read("people")["leaders"][0]
    for number, at in enumerate(pen.moments(24)):
        matters = [agenda[(number * 3 + offset) % len(agenda)] for offset in range(3)]
        opening = f"{spoken(at.date())}，市长{mayor['name']}主持召开市政府第{FIRST_MEETING + number}次常务会议，{'，'.join(matter[0] for matter in matters)}等事项。"
        closing = (
            "会议还研究了其他事项。市政府领导班子成员、市政府秘书长出席会议，有关部门和单位主要负责同志列席有关议题。"
        )
        body = [("text", markup.paragraphs([opening, *(matter[1] for matter in matters), closing]))]
        yield _news(
            pen,
            f"meeting/{number}",
            column,
            f"市政府第{FIRST_MEETING + number}次常务会议召开　{matters[0][0]}",
            at,
            body,
            keywords="常务会议",
        )


def city_news(pen: Pen, moments: list[datetime], column: str, picture_column: str) -> Iterator[Item]:
    """The city's news: leaders at work and what departments' works amount to. Every seventh is picture news."""
    leaders = read("people")["leaders"]
    fields = [field for field in works() if field in read("themes")]
    for number, at in enumerate(moments):
        title, opening, said, work, field = _new_headline(pen, at, leaders, fields)
        picture = pen.picture(work["scene"]) if number % 5 != 1 else ""
        body = _report(pen, opening, said, work, at, picture)
        yield _news(
            pen, f"news/{number}", picture_column if number % 7 == 3 and picture else column, title, at, body, cover=picture,
            keywords=work["name"], theme=read("themes")[field],
        )  # fmt: skip


def statistics(pen: Pen, column: str) -> Iterator[Item]:
    for number in range(11):
        year, month = (2025, 11) if number == 0 else (2026, number) if number > 1 else (2025, 12)
        at = pen.moment(min(date(year + month // 12, month % 12 + 1, 18), LAST_DAY))
        rows = [["指标", "累计同比增长（%）"]]
        rows += [
            [one["name"], f"{pen.random.uniform(one['low'], one['high']):.1f}"] for one in read("portal")["statistics"]
        ]
        span = "全年" if month == 12 else f"1—{month}月"
        told = [
            f"市统计局{spoken(at.date())}发布数据，{year}年{span}全市经济运行总体平稳，主要指标保持在合理区间。",
            "从生产看，工业生产平稳增长，装备制造、绿色食品、新型显示三大产业带动作用明显；从需求看，投资结构优化，消费稳步恢复。",
        ]
        body = [
            ("text", markup.paragraphs(told)),
            ("table", markup.table(rows)),
            ("text", "<p>注：数据为初步核算数，最终数据以统计年鉴为准。</p>"),
        ]
        yield _news(
            pen, f"statistics/{number}", column, f"{year}年{span}全市主要经济指标", at, body, source="云州市统计局"
        )


def about(pen: Pen, column: str) -> Iterator[Item]:
    for number, page in enumerate(read("portal")["about"]):
        picture = pen.picture(page["scene"])
        image = {"picture": picture, "alt": SCENE_WORDS[page["scene"]], "caption": SCENE_WORDS[page["scene"]]}
        body = [("image", image), *markup.blocks(page["text"])]
        yield _news(
            pen, f"about/{number}", column, page["title"], pen.moment(date(2026, 1, 8 + number)), body, cover=picture
        )


def about_county(pen: Pen, column: str) -> Iterator[Item]:
    traits, unit = pen.unit.traits, pen.unit
    place = f"{unit.short}隶属云州市，辖{'、'.join(unit.places)}等乡镇（街道），常住人口{traits['people']}万人。{traits['river']}穿境而过，山水相依，物产丰饶。"
    told = [
        place,
        f"近年来，{unit.short}坚持生态优先、绿色发展，{traits['industry']}持续壮大，{traits['farm']}远近闻名，{traits['product']}成为响亮的地方品牌。",
        f"{traits['scenery']}是当地最受欢迎的游览地，春可踏青、夏可纳凉、秋可赏景、冬可访古，四季各有风味。",
        "全县教育、医疗、养老等公共服务不断完善，城乡面貌日新月异，群众生活更加便利。".replace("全县", unit.area),
    ]
    picture = pen.picture("mountain")
    image = {"picture": picture, "alt": f"{unit.short}风光", "caption": f"{unit.short}风光"}
    yield _news(
        pen,
        "about/0",
        column,
        f"{unit.short}概况",
        pen.moment(date(2026, 1, 8)),
        [("image", image), ("text", markup.paragraphs(told))],
        cover=picture,
    )


def plans(pen: Pen, plan_column: str, budget_column: str) -> Iterator[Item]:
    """Plans and budgets, with their figures."""
    area = "云州市" if pen.unit.code == "portal" else pen.unit.short
    tasks = [work for field in list(works())[:6] for work in works()[field][:1]]
    text = f"<p>为做好2026年各项工作，{pen.unit.name}制定本计划。</p><h2>一、总体目标</h2><p>坚持稳中求进、以进促稳，推动经济实现质的有效提升和量的合理增长，持续改善民生，确保社会大局稳定。</p><h2>二、重点任务</h2>"
    text += "".join(f"<h3>{work['name']}</h3><p>{pen.fill(work['steps'][0])}</p>" for work in tasks)
    text += "<h2>三、工作要求</h2><p>有关部门要明确责任、细化措施，每季度公布进展情况，主动接受社会监督。</p>"
    yield _news(
        pen,
        "plan/0",
        plan_column,
        f"{area}2026年国民经济和社会发展计划",
        pen.moment(date(2026, 2, 3)),
        [("text", text)],
    )
    for number, (title, day) in enumerate(
        (
            ("2026年财政预算公开说明", date(2026, 2, 26)),
            ("2025年财政决算公开说明", date(2026, 8, 20)),
            ("2026年上半年预算执行情况", date(2026, 7, 28)),
        )
    ):
        total = pen.random.uniform(30, 96) if pen.unit.code != "portal" else 98.6
        shares = (
            ("教育支出", 0.21),
            ("社会保障和就业支出", 0.18),
            ("卫生健康支出", 0.11),
            ("农林水支出", 0.13),
            ("其他支出", 0.37),
        )
        rows = [
            ["项目", "金额（亿元）", "占比（%）"],
            *([name, f"{total * share:.2f}", f"{share * 100:.1f}"] for name, share in shares),
        ]
        told = f"<p>{area}一般公共预算支出{total:.2f}亿元，坚持过紧日子，优先保障基本民生、工资发放和基层运转，三项支出占比保持在较高水平。</p>"
        yield _news(
            pen,
            f"budget/{number}",
            budget_column,
            f"{area}{title}",
            pen.moment(day),
            [("text", told), ("table", markup.table(rows))],
        )


def topics(pen: Pen, column: str, documents: list[Item]) -> Iterator[Item]:
    """专题, each with the items about it."""
    for number, entry in enumerate(read("portal")["topics"]):
        chosen = [item.key for item in documents if entry["match"] in item.title][-8:]
        yield Item(
            key=f"portal/topic/{number}", website="portal", column=column, kind="topic", title=entry["title"],
            released_at=pen.moment(entry["starts"]), body=[("text", f"<p>{entry['intro']}</p>")], source=pen.unit.name,
            editor=pen.person(), summary=entry["intro"], cover=f"banner-portal-{entry['scene']}",
            values={name: value for name, value in (("starts_on", entry["starts"]), ("ends_on", entry["ends"])) if value},
            links={"items": chosen},
        )  # fmt: skip


def video(pen: Pen, column: str) -> Item:
    entry = read("portal")["video"]
    return Item(
        key="portal/video", website="portal", column=column, kind="video", title=entry["title"], released_at=pen.moment(date(2026, 9, 8)),
        source=pen.unit.name, editor=pen.person(), cover="bridge-portal-1", values={"transcript": entry["transcript"], "duration": "01:00"},
        body=[("text", markup.paragraphs(["云水三桥是云州市重大交通工程。通过镜头，记录建设者的坚守。"]))],
    )  # fmt: skip


def _new_headline(pen: Pen, at: datetime, leaders: list[Any], fields: list[str]) -> tuple[str, str, str, Any, str]:
    while True:
        field = pen.pick(fields)
        leader = pen.pick([leaders[0], *(one for one in leaders if field in one.get("fields", ()))])
        work, (title, opening, said) = pen.pick(works()[field]), pen.pick(VISITS)
        heads = [head for head in work["heads"] if fits(head, at.month)]
        if not heads or not fits(work["name"], at.month):
            continue
        place = pen.place()
        values = {
            "leader": leader["name"], "post": leader["post"].partition("、")[0], "name": work["name"], "place": place,
            "day": spoken(at.date()), "head": pen.fill(pen.pick(heads), place=place), "period": period(at.date()),
        }  # fmt: skip
        made = pen.fill(title, **values)
        if pen.new_title(made):
            return made, pen.fill(opening, **values), pen.fill(said, **values), work, field


def _report(pen: Pen, opening: str, said: str, work: Any, at: datetime, picture: str) -> list[Block]:
    place = pen.place()
    rest = [
        "".join(pen.sentences(work["facts"], 2, at.month, place=place)),
        said + "要坚持以人民为中心，把群众满意作为工作标准，着力" + work["do"] + "。",
        "在具体工作中，要突出重点、狠抓落实。" + "".join(pen.sentences(work["steps"], 3, at.month, place=place)),
        "".join(pen.sentences(work["next"], 1, at.month)),
        "市政府有关部门和县（区）负责同志参加有关活动。",
    ]
    if not picture:
        return [("text", markup.paragraphs([opening, *rest]))]
    words = SCENE_WORDS[work["scene"]]
    image = {"picture": picture, "alt": f"{place}{words}", "caption": f"{words}。云州日报供图"}
    return [("text", markup.paragraphs([opening])), ("image", image), ("text", markup.paragraphs(rest))]


def _news(pen: Pen, key: str, column: str, title: str, at: datetime, body: Any, **details: Any) -> Item:
    pen.new_title(title)
    details.setdefault("source", "云州日报" if key.startswith("news") else pen.unit.name)
    return Item(
        key=f"{pen.unit.code}/{key}", website=pen.unit.code, column=column, kind="news", title=title, released_at=at,
        body=body, author=pen.person(), editor=pen.person(), **details,
    )  # fmt: skip
