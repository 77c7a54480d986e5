"""The pages of a unit that stand all year: profile, leaders, guides, disclosure, questions, topic."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from jiyue.demo import markup
from jiyue.demo.material import read
from jiyue.demo.pen import Pen
from jiyue.demo.places import HOURS
from jiyue.demo.shapes import LAST_DAY, Item


OPENED = date(2025, 12, 1)
BASIS = "国家和省有关法律法规，本单位权责清单和公共服务事项目录"


def profile(pen: Pen, column: str) -> Iterator[Item]:
    unit = pen.unit
    duties = "".join(f"<li>{duty}</li>" for duty in unit.functions)
    rows = [
        ["机构名称", "主要职责"],
        *([name, f"承担{name}有关工作，办理本单位交办的其他事项。"] for name in unit.divisions),
    ]
    divisions = "".join(f"<li>{name}：{duty}</li>" for name, duty in rows[1:])
    yield _item(
        pen, "profile", column, "profile", f"{unit.name}机构职能", OPENED,
        [("text", f"<p>{unit.name}办公地址：{unit.address}，办公时间：{HOURS}。</p>")],
        values={
            "functions": f"<ol>{duties}</ol>", "divisions": f"<ul>{divisions}</ul>", "address": unit.address, "hours": HOURS,
            "phone": unit.phone, "fax": unit.phone[:-1] + "9", "email": f"{unit.code}@{read('units')['city']['domain']}",
        },
    )  # fmt: skip


def leaders(pen: Pen, column: str) -> Iterator[Item]:
    """A government's leaders, one page each."""
    entries = read("people")["leaders"] if pen.unit.code == "portal" else _county_leaders(pen)
    for rank, entry in enumerate(entries, start=1):
        resume = "".join(f"<li>{step}</li>" for step in entry["path"])
        about = f"<p>{entry['name']}，{entry['gender']}，{entry['born']}出生，{entry['degree']}。</p>"
        yield _item(
            pen, f"leader/{rank}", column, "leader", entry["name"], OPENED, [("text", about)],
            cover=f"portrait-{pen.unit.code}-{rank}", values={
                "post": entry["post"], "duties": entry["duties"], "resume": f"{about}<ul>{resume}</ul>", "rank": rank * 10,
                "verified_on": date(2026, 10, 9),
            },
        )  # fmt: skip


def staff(pen: Pen, column: str) -> Iterator[Item]:
    """A department's leaders, on one page."""
    posts = ("主要负责人", "副职负责人", "副职负责人", "总工程师" if pen.random.random() < 0.3 else "副职负责人")
    duties = ("主持全面工作。", *(f"协助负责{name}工作，分管相关科室。" for name in list(pen.unit.divisions)[1:4]))
    rows = [
        ["姓名", "职务", "工作分工"],
        *([pen.person(), post, duty] for post, duty in zip(posts, duties, strict=True)),
    ]
    body = [("table", markup.table(rows)), ("text", "<p>领导信息按季度核实，最近核实日期：2026年10月9日。</p>")]
    yield _item(pen, "staff", column, "news", f"{pen.unit.short}领导信息", date(2026, 10, 9), body)


def guides(pen: Pen, column: str) -> Iterator[Item]:
    services = [*read("services").get(pen.unit.field, []), *read("services")["通用"]]
    if pen.unit.kind == "government":
        services = [
            entry
            for field in ("公安", "民政", "教育", "人力资源社会保障", "市场监管")
            for entry in read("services")[field][:2]
        ]
    for number, entry in enumerate(services):
        name, conditions, materials, days = (part.strip() for part in entry.split("|"))
        rows = [
            ["序号", "材料名称", "形式", "份数"],
            *([str(n), paper, "原件", "1"] for n, paper in enumerate(materials.split("、"), 1)),
        ]
        text = "".join(
            f"<h2>{head}</h2><p>{told}</p>"
            for head, told in (
                ("一、设定依据", f"{BASIS}。"),
                ("二、申请条件", f"{conditions}。"),
                ("三、办理流程", "申请、受理、审查、决定、送达。可以网上申请，也可以到窗口申请。"),
                ("四、办理时限", f"承诺自受理之日起{days}个工作日内办结。"),
                ("五、收费标准", "不收费。"),
                ("六、办理地点和时间", f"{pen.unit.address}服务窗口；{HOURS}。"),
                ("七、咨询和监督", f"咨询电话：{pen.unit.phone}；监督电话：12345。"),
                ("八、申请材料", "材料能够通过数据共享核验的，不需要提交。"),
            )
        )
        body = [("text", text), ("table", markup.table(rows))]
        yield _item(pen, f"guide/{number}", column, "news", f"{name}办事指南", OPENED + timedelta(days=number), body)


def disclosure(pen: Pen, guide: str, rules: str, reports: str) -> Iterator[Item]:
    frames = read("portal")["openness"]
    yield _filled(pen, "disclosure/guide", guide, frames["guide"], date(2026, 1, 5))
    for number, frame in enumerate(frames["rules"]):
        yield _filled(pen, f"disclosure/rule/{number}", rules, frame, date(2025, 12, 8 + number))
    counts = [
        ["信息内容", "本年制发件数", "现行有效件数"],
        ["行政规范性文件", str(pen.random.randint(1, 9)), str(pen.random.randint(10, 40))],
    ]
    table = "\n".join("| " + " | ".join(row) + " |" for row in counts)
    yield _filled(pen, "disclosure/report", reports, frames["report"], date(2026, 1, 20), table=table)


def questions(pen: Pen, column: str) -> Iterator[Item]:
    """Frequent questions, from the unit's guides and works."""
    for number, work in enumerate(pen.own_works[:2]):
        asked = (
            (
                f"{work['name']}由哪个单位负责？",
                f"由{pen.unit.short}负责统筹，咨询电话{pen.unit.phone}，工作时间为{HOURS}。",
            ),
            ("现在主要开展了哪些工作？", "".join(pen.fill(step) for step in work["steps"])),
            ("下一步还有哪些打算？", "".join(pen.fill(text).removeprefix("下一步，") for text in work["next"])),
            ("遇到问题怎样反映？", "可以拨打12345热线，也可以通过本网站互动交流栏目留言，工作人员会按时限办理并答复。"),
        )
        told = "".join(f"<h3>问：{question}</h3><p>答：{answer}</p>" for question, answer in asked)
        day = date(2026, 3 + number * 5, 12)
        yield _item(pen, f"question/{number}", column, "news", f"常见问题：{work['name']}", day, [("text", told)])


def topic(pen: Pen, column: str) -> Iterator[Item]:
    work = pen.own_works[0]
    told = [
        f"为进一步{work['do']}，{pen.unit.short}开设本专题，集中展示工作部署、进展和成效。",
        "".join(pen.fill(step) for step in work["steps"]),
    ]
    yield _item(
        pen, "topic/0", column, "topic", f"{work['name']}专题", date(2026, 3, 3), [("text", markup.paragraphs(told))],
        cover=f"banner-{pen.unit.code}-{work['scene']}", summary=told[0], values={"starts_on": date(2026, 3, 3)},
    )  # fmt: skip


def _county_leaders(pen: Pen) -> Iterator[dict[str, Any]]:
    duties = (
        "主持县（区）政府全面工作。",
        "负责常务工作，协助负责发展改革、财政、应急管理等工作。",
        "负责教育、卫生健康、文化旅游等工作。",
        "负责农业农村、水利、乡村振兴等工作。",
        "负责公安、司法行政、信访等工作。",
    )
    for number, (post, duty) in enumerate(zip(read("people")["county_posts"], duties, strict=True)):
        title = post.replace("县公安局", "区公安分局").replace("县长", "区长") if pen.unit.area == "全区" else post
        yield {
            "name": pen.person(), "post": title, "gender": "女" if number == 2 else "男", "duties": duty.replace("县（区）", pen.unit.area[1]),
            "born": f"{pen.random.randint(1972, 1982)}年{pen.random.randint(1, 12)}月", "degree": "大学学历",
            "path": ["乡镇人民政府工作人员", "乡镇人民政府负责人", f"{pen.unit.short}有关部门负责人", f"{pen.unit.name}{title}"],
        }  # fmt: skip


def _filled(pen: Pen, key: str, column: str, frame: dict[str, str], day: date, **values: str) -> Item:
    return _item(
        pen, key, column, "news", pen.fill(frame["title"]), day, markup.blocks(pen.fill(frame["text"], **values))
    )


def _item(pen: Pen, key: str, column: str, kind: str, title: str, day: date, body: Any, **details: Any) -> Item:
    pen.new_title(title)
    return Item(
        key=f"{pen.unit.code}/{key}", website=pen.unit.code, column=column, kind=kind, title=title,
        released_at=pen.moment(min(day, LAST_DAY)), body=body, source=pen.unit.name, editor=pen.person(),
        theme=read("themes").get(pen.unit.field, ""), **details,
    )  # fmt: skip
