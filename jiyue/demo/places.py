"""Units and websites of the sample city, the first 25 by hand, the rest from lists of names."""

from collections.abc import Iterator
from typing import Any

from jiyue.common.chinese import first_letters, syllables
from jiyue.demo.material import read
from jiyue.demo.shapes import Unit, Website


HOURS = "工作日9:00—12:00，13:30—17:00"
DIVISIONS = ("办公室", "综合业务科", "政策法规科", "监督管理科", "公共服务科")
MARKS = {
    "fgw": "发改", "jyj": "教", "kjj": "科", "gxj": "工信", "gaj": "公", "mzj": "民", "sfj": "司", "czj": "财", "rsj": "人社",
    "zrj": "自然资", "sthjj": "环", "zjj": "建", "jtj": "交", "slj": "水", "nyj": "农", "swj": "商", "wlj": "文旅",
    "wjw": "卫", "yjj": "应急", "scj": "市监", "baishi": "白", "qinghe": "青", "linxi": "临", "qiyun": "栖",
}  # fmt: skip
SKINS = {"crimson": "绛", "red": "绛", "blue": "蓝", "indigo": "蓝", "navy": "墨", "teal": "青", "green": "绿"}
STREETS = ("文澜路", "民生路", "平安路", "山水路", "城建路", "滨江路", "学府街", "丰收路")


def units(sites: int) -> list[Unit]:
    """The city's government first, then as many units with a website of their own as wanted, and the office, which
    has none."""
    data = read("units")
    counties = [county["area"] for county in data["counties"]]
    city = _unit({**data["city"], "area": "全市"}, 0, kind="government", field="综合", places=counties)
    named = [*_departments(data, counties), *_counties(data)][: max(sites - 1, 0)]
    taken = {unit.code for unit in named} | {"portal", "zfb", "admin", "www"}
    more = _more(data, counties, taken) if sites > 1 + len(named) else iter(())
    extra = [unit for unit, _number in zip(more, range(sites - 1 - len(named)), strict=False)]
    office = _unit(data["office"], 1, kind="department", field="政务服务", places=counties)
    return [city, *named, *extra, office]


def websites(all_units: list[Unit]) -> list[Website]:
    skins = {
        entry.get("code"): entry.get("skin") for group in ("departments", "counties") for entry in read("units")[group]
    }
    with_site = [unit for unit in all_units if unit.code != "zfb"]
    return [_website(unit, number, skins) for number, unit in enumerate(with_site, start=1)]


def _departments(data: Any, counties: list[str]) -> Iterator[Unit]:
    for number, entry in enumerate(data["departments"], start=2):
        yield _unit(entry, number, kind="department", field=entry["field"], places=counties)


def _counties(data: Any) -> Iterator[Unit]:
    for number, entry in enumerate(data["counties"], start=30):
        area = "全区" if entry["area"].endswith("区") else "全县"
        functions = data["city"]["functions"]
        yield _unit(
            {**entry, "area": area, "functions": functions}, number, kind="government", field="县区综合",
            places=entry["towns"], level="county",
        )  # fmt: skip


def _more(data: Any, counties: list[str], taken: set[str]) -> Iterator[Unit]:
    number = 40
    for group, kind in (
        ("others", "department"),
        ("zones", "department"),
        ("institutions", "institution"),
        ("more", "institution"),
    ):
        for entry in data[group]:
            number += 1
            code = _code(entry["short"], taken)
            taken.add(code)
            address = f"云州市白石区{STREETS[number % len(STREETS)]}{number + 20}号"
            functions = _functions(entry["short"], entry["field"])
            yield _unit(
                {**entry, "code": code, "address": address, "functions": functions}, number, kind=kind,
                field=entry["field"], places=counties,
            )  # fmt: skip


def _unit(entry: Any, number: int, *, kind: str, field: str, places: list[str], level: str = "city") -> Unit:
    short = entry["short"]
    return Unit(
        code=entry["code"], name=entry["name"], short=short, parent="" if entry["code"] == "portal" else "portal",
        level=level, kind=kind, field=field, area=entry.get("area", "全市"), address=entry["address"],
        phone=f"0899-000{1000 + number * 7}", mark=MARKS.get(entry["code"], short.removeprefix("市")[:2]),
        functions=tuple(entry["functions"]), divisions=tuple(entry.get("divisions", DIVISIONS)), places=tuple(places),
        traits=entry.get("traits", {}),
    )  # fmt: skip


def _website(unit: Unit, number: int, skins: dict[str | None, str | None]) -> Website:
    portal = unit.code == "portal"
    base = read("units")["city"]["domain"]
    skin = "蓝" if portal else SKINS.get(skins.get(unit.code) or "", list("蓝青绿墨绛")[number % 5])
    return Website(
        code=unit.code, unit=unit.code, parent="" if portal else "portal",
        kind="portal" if unit.kind == "government" else "department",
        name=unit.name, short=unit.short,
        domain=f"www.{base}" if portal else f"{unit.code}.{base}", identification_code=f"5399{number:06d}",
        icp_filing=f"云ICP备{number:08d}号-1", police_filing=f"云公网安备 5399{number:010d}号", skin=skin,
    )  # fmt: skip


def _code(short: str, taken: set[str]) -> str:
    """Pinyin initials; the whole syllables where initials are taken."""
    initials, whole = first_letters(short.removeprefix("市")), "".join(syllables(short.removeprefix("市")))
    return next(code for code in (initials, "s" + initials, whole[:30], whole[:28] + "2") if code not in taken)


def _functions(short: str, field: str) -> tuple[str, ...]:
    return (
        f"贯彻执行{field}方面的法律法规和政策规定，研究提出本领域工作计划并组织实施。",
        f"承担{field}有关业务工作，为企业和群众提供便捷服务。",
        "负责本领域安全管理、风险防范和应急处置工作。",
        "开展政策宣传、业务培训和对外交流，受理咨询、投诉和建议。",
        f"完成上级交办的其他任务，接受社会各界对{short}工作的监督。",
    )
