"""Policy documents and their interpretations: the city's as written in ``data/policies/``, departments' from frames."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from jiyue.demo import markup
from jiyue.demo.material import policies, read
from jiyue.demo.pen import Pen, Work, spoken
from jiyue.demo.shapes import CHINA, Block, Item
from jiyue.demo.writing import numbered_steps


NUMERALS = "一二三四五六七八九十"
FORMS = ("text", "qa", "chart")
MANAGED = ("夯实工作基础", "完善运行机制", "提升服务质量", "加强协同配合")
CLOSINGS = {
    "通知": "各县（区）人民政府、市政府各部门要结合实际抓好贯彻落实，于每季度末将进展情况报送市政府办公室。工作中的好经验、好做法要及时总结推广，遇到的重大问题要及时报告，重要进展通过政府网站向社会公布。",
    "意见": "各县（区）人民政府、市政府各部门要根据本意见制定具体措施，明确责任单位和完成时限。市政府办公室会同有关部门定期开展督促检查，检查结果向社会公布；公众可以通过12345热线和政府网站提出意见建议。",
    "决定": "各县（区）人民政府、市政府各部门要做好政策衔接和宣传解释，及时回应企业和群众关切，保证各项工作平稳有序。执行中遇到的问题，由市司法局会同有关部门研究答复。",
    "办法": "有关部门应当自本办法印发之日起三十日内公布办事指南、咨询电话和监督渠道，做好新旧规定的衔接；公民、法人和其他组织可以通过12345热线或者政府网站对执行情况提出意见建议。",
}


def city_documents(pen: Pen, column: str, reading_column: str) -> Iterator[Item]:
    """The documents of the city's government and its office, each with its interpretation."""
    later = {target: document for document in policies() for target in document.get("repeals", [])}
    changed = {target: document for document in policies() for target in document.get("amends", [])}
    for document in policies():
        item = _city_document(pen, document, column, later.get(document["key"]), changed.get(document["key"]))
        yield item
        yield _reading(pen, item, reading_column, FORMS[len(document["key"] + document["title"]) % 3], document)


def unit_documents(pen: Pen, moments: list[datetime], column: str, reading_column: str) -> Iterator[Item]:
    frames = read("frames")["policies"]
    serials: dict[int, int] = {}
    for number, at in enumerate(moments):
        work = pen.pick(pen.works) if number >= len(pen.own_works) else pen.own_works[number]
        frame = frames[number % len(frames)]
        title = pen.fill(frame["title"], name=work["name"], do=work["do"])
        if not pen.new_title(title):
            continue
        serials[at.year] = serials.get(at.year, pen.random.randint(0, 9)) + pen.random.randint(1, 4)
        item = _unit_document(pen, frame, work, title, at, serials[at.year], column, number)
        yield item
        document = {
            "points": [pen.fill(step) for step in work["steps"][:3]],
            "qa": [
                [f"{work['name']}由谁负责？", f"{pen.unit.short}负责统筹指导，县（区）和基层单位按照职责组织实施。"]
            ],
            "aim": f"《文件》的目的，就是{work['do']}。",
        }
        yield _reading(pen, item, reading_column, FORMS[number % 3], document)


def _city_document(pen: Pen, document: dict[str, Any], column: str, repealed_by: Any, amended_by: Any) -> Item:
    issued: date = document["issued"]
    shown = date.fromisoformat(str(document.get("issued_shown", issued)))
    number = document["number"]
    order = "〔" not in number
    issuer = "云州市人民政府办公室" if "办发" in number else "云州市人民政府"
    values = {
        "doc_number": "" if order else number,
        "issuer": issuer,
        "issued_on": shown,
        "effective_on": document.get("effective", shown),
        "expires_on": document.get("expires"),
        "genre": {"方案": "通知", "办法": "行政规范性文件"}.get(document["genre"], document["genre"]),
        "validity": "repealed" if repealed_by else "amended" if amended_by else "valid",
        "history_note": _history(document, shown, repealed_by, amended_by),
    }
    text = document["text"]
    if not order:
        text += "\n" + CLOSINGS.get(document["genre"], CLOSINGS["通知"])
    salutation = "" if order else "各县（区）人民政府，市政府各部门、各直属机构："
    pen.new_title(document["title"])
    return Item(
        key=document["key"], website=pen.unit.code, column=column, kind="policy", title=document["title"],
        subtitle=f"（{spoken(issued, year=True)}{number}公布）" if order else "",
        released_at=datetime.combine(issued + timedelta(days=1 + (issued.weekday() == 4) * 2), time(9, 30), CHINA),
        body=_letter(salutation, document["lead"], text, issuer, shown), source=issuer, editor=pen.person(),
        theme=read("themes")[document["theme"]], keywords=f"{document['theme']},{document['genre']}",
        values={name: value for name, value in values.items() if value},
        links={"replaced_by": [repealed_by["key"]]} if repealed_by else {},
    )  # fmt: skip


def _history(document: dict[str, Any], shown: date, repealed_by: Any, amended_by: Any) -> str:
    steps = [f"{spoken(entry['date'], year=True)}{entry['text']}" for entry in document.get("history", [])]
    steps.append(f"{spoken(shown, year=True)}印发")
    for later, verb in ((amended_by, "修改"), (repealed_by, "废止")):
        if later:
            steps.append(f"{spoken(later['issued'], year=True)}由{later['number']}{verb}")
    return "；".join(steps)


def _unit_document(
    pen: Pen, frame: dict[str, Any], work: Work, title: str, at: datetime, serial: int, column: str, number: int
) -> Item:
    steps = numbered_steps(pen, work, 4)
    issued = at.date() - timedelta(days=2 + (at.weekday() < 2) * 2)
    values = {
        "name": work["name"], "do": work["do"], "facts": "".join(pen.sentences(work["facts"], 3, at.month)),
        "year": str(at.year), "month": str(min(at.month + 1, 12)),
        "numbered": "\n".join(f"（{NUMERALS[n]}）{MANAGED[n]}。{step}" for n, step in enumerate(steps)),
        "articles": "\n".join(f"第{NUMERALS[n + 5]}条　{step}" for n, step in enumerate(steps)),
    }  # fmt: skip
    kind = "政发" if pen.unit.kind == "government" else "发"
    to = (
        "各乡镇人民政府、街道办事处，县级各有关部门："
        if pen.unit.level == "county"
        else "各县（区）有关部门，各有关单位："
    )
    lead = (
        f"为进一步{work['do']}，维护企业和群众合法权益，根据有关规定，结合实际，现将有关事项通知如下，请认真贯彻执行。"
    )
    return Item(
        key=f"{pen.unit.code}/policy/{number}", website=pen.unit.code, column=column, kind="policy", title=title,
        released_at=at, body=_letter(to, lead, pen.fill(frame["text"], **values), pen.unit.name, issued),
        source=pen.unit.name, editor=pen.person(), keywords=work["name"], theme=read("themes").get(pen.unit.field, "02"),
        values={
            "doc_number": f"云{pen.unit.mark}{kind}〔{issued.year}〕{serial}号", "issuer": pen.unit.name, "issued_on": issued,
            "effective_on": issued, "expires_on": issued.replace(year=issued.year + 2), "genre": frame.get("genre", "通知"),
            "validity": "valid", "history_note": f"{spoken(issued, year=True)}印发",
        },
    )  # fmt: skip


def _reading(pen: Pen, document: Item, column: str, form: str, source: dict[str, Any]) -> Item:
    frame = read("frames")["reading"]
    short = document.title.partition("《")[2].partition("》")[0] or document.title.removeprefix(
        document.values["issuer"]
    )
    issuer = document.values["issuer"]
    values = {
        "day": spoken(document.values["issued_on"], year=True), "issuer": issuer, "short": short,
        "places": "、".join(pen.random.sample(list(pen.unit.places), min(3, len(pen.unit.places)))),
    }  # fmt: skip
    opening = pen.fill(frame["lead"], **values)
    background = pen.fill(pen.pick(frame["background"]), **values) + source.get("aim", "")
    usage = pen.fill(frame["usage"])
    body = {"qa": _answers, "chart": _chart, "text": _explained}[form](pen, source, opening, background)
    title = {"qa": f"关于《{short}》的问答", "chart": f"图解：{short}", "text": f"《{short}》解读"}[form]
    return Item(
        key=f"{document.key}/reading", website=document.website, column=column, kind="interpretation", title=title,
        released_at=document.released_at + timedelta(minutes=5), body=[*body, ("text", markup.paragraphs([usage]))],
        source=issuer, editor=document.editor, keywords="政策解读", theme=document.theme, values={"form": form},
        links={"documents": [document.key]},
    )  # fmt: skip


def _explained(pen: Pen, source: dict[str, Any], opening: str, background: str) -> list[Block]:
    drafting = pen.fill(pen.pick(read("frames")["reading"]["drafting"]))
    points = "\n".join(f"（{NUMERALS[n]}）{point}" for n, point in enumerate(source["points"]))
    return markup.blocks(
        f"{opening}\n一、出台背景\n{background}\n二、起草过程\n{drafting}\n三、主要内容\n{points}\n四、如何查阅和办理"
    )


def _answers(pen: Pen, source: dict[str, Any], opening: str, background: str) -> list[Block]:
    asked = [
        ["为什么出台这份文件？", background],
        *source["qa"],
        ["文件主要包括哪些内容？", "".join(source["points"])],
        [
            "如何保证落实？",
            "有关部门将公布办理流程和咨询电话，定期开展督促检查，检查结果向社会公开，欢迎社会各界监督。",
        ],
    ]
    told = "".join(f"<h3>问：{question}</h3><p>答：{answer}</p>" for question, answer in asked)
    return [("text", f"<p>{opening}</p>{told}")]


def _chart(pen: Pen, source: dict[str, Any], opening: str, background: str) -> list[Block]:
    picture = pen.picture("skyline")
    rows = [["要点", "内容"], *([f"要点{NUMERALS[n]}", point] for n, point in enumerate(source["points"]))]
    image = {"picture": picture, "alt": "政策图解题图：城市新貌", "caption": "图解题图，要点见下表"}
    return [
        ("text", markup.paragraphs([opening, background])), ("image", image), ("table", markup.table(rows)),
        ("text", "".join(f"<h3>{question}</h3><p>{answer}</p>" for question, answer in source["qa"])),
    ]  # fmt: skip


def _letter(to: str, lead: str, text: str, signer: str, day: date) -> list[Block]:
    return [
        ("text", markup.paragraphs([to, lead])),
        *markup.blocks(text),
        ("text", markup.paragraphs([signer, spoken(day, year=True)])),
    ]
