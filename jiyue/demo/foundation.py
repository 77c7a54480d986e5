"""Units, people and websites of the sample city: what stands before the first item is written."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction

from jiyue.accounts import actions as accounts
from jiyue.accounts.audit import record
from jiyue.accounts.models import User
from jiyue.accounts.roles import ADMINISTRATORS, Role
from jiyue.content.blueprints import BLUEPRINTS, ColumnPlan
from jiyue.content.builder import column_of, home_blocks
from jiyue.content.models import ColumnPage, HomePage
from jiyue.demo.bulk import Press, Staff
from jiyue.demo.material import read
from jiyue.demo.pen import Pen
from jiyue.demo.shapes import City
from jiyue.demo.shapes import Unit as UnitData
from jiyue.demo.shapes import Website as WebsiteData
from jiyue.library.models import BasePage
from jiyue.organisations import actions as organisations
from jiyue.organisations.models import Unit
from jiyue.websites.models import Host, Website
from jiyue.websites.skins import SKINS


Columns = dict[tuple[str, str], ColumnPage]  # website code and address below its home page


@transaction.atomic
def establish_units(city: City) -> dict[str, Unit]:
    made: dict[str, Unit] = {}
    for unit in city.units:
        made[unit.code] = organisations.establish(
            name=unit.name,
            short_name=unit.short,
            code=unit.code,
            level=unit.level,
            kind=unit.kind,
            parent=made.get(unit.parent),
        )
    return made


@transaction.atomic
def hire(city: City, units: dict[str, Unit], *, at: datetime) -> dict[int, Staff]:
    """Three people for every website. They cannot log in; the accounts of the demo are others."""
    return {units[site.unit].pk: _staff(site, units[site.unit], city, at=at) for site in city.websites}


@transaction.atomic
def open_accounts(units: dict[str, Unit], *, at: datetime) -> None:
    """One account per role, all with the password that is shown on the demo's login page."""
    data = read("accounts")
    password = make_password(data["password"])
    for entry in data["accounts"]:
        role = Role(entry["role"])
        kind = role.value if role in ADMINISTRATORS else User.Kind.STAFF
        user = accounts.enrol(username=entry["username"], name=entry["name"], by=None, at=at, kind=kind)
        User.objects.filter(pk=user.pk).update(password=password)
        for code in entry["units"]:
            if code in units:
                accounts.grant(user, role, units[code], by=None, at=at)


@transaction.atomic
def register_websites(city: City, units: dict[str, Unit], *, at: datetime) -> dict[str, Website]:
    """What ``websites.register`` and ``put_online`` leave; the blueprint is laid out in bulk by ``lay_out``."""
    made: dict[str, Website] = {}
    for data in city.websites:
        website = _website(data, units, made.get(data.parent), at)
        website.full_clean()
        website.save()
        hosts = [data.code + ".localhost" if data.parent else "localhost"]
        Host.objects.create(website=website, name=hosts[0], primary=True)
        record(website, "websites.register", by=None, at=at, hosts=hosts)
        record(website, "websites.put_online", by=None, at=at)
        made[data.code] = website
    return made


def tree_root() -> BasePage:
    """Must be there before a ``Press`` starts to give out keys."""
    return BasePage.objects.filter(depth=1).first() or BasePage.add_root(instance=BasePage(title="根", slug="root"))


def lay_out(press: Press, websites: dict[str, Website], city: City, *, at: datetime) -> Columns:
    """Home page and columns of every website, as the blueprint of its kind says."""
    root = tree_root()
    columns: Columns = {}
    homes: list[tuple[HomePage, Website]] = []
    data = {unit.code: unit for unit in city.units}
    for code, website in websites.items():
        home = HomePage(title=website.name, slug=code, website=website, unit=website.unit)
        press.place(home, root)
        homes.append((home, website))
        for plan in _plans(website, data[code]):
            _add_column(press, home, plan, code, columns, at=at)
    press.write()
    for home, website in homes:
        own = {address: column for (code, address), column in columns.items() if code == home.slug}
        home.blocks = _arranged(home_blocks(website, own), own, city if home.slug == "portal" else None)
        home.blocks = home.blocks.stream_block.to_python(home.blocks.get_prep_value())
        press.publish(home, at=at)
        HomePage.objects.filter(pk=home.pk).update(blocks=home.blocks)
    press.write()
    return columns


def _add_column(
    press: Press, parent: Any, plan: ColumnPlan, code: str, columns: Columns, *, at: datetime, prefix: str = ""
) -> None:
    column = column_of(plan)
    press.place(column, parent)
    press.publish(column, at=at)
    columns[code, prefix + plan.code] = column
    for below in plan.below:
        _add_column(press, column, below, code, columns, at=at, prefix=f"{prefix}{plan.code}/")


def _plans(website: Website, unit: UnitData) -> list[ColumnPlan]:
    """A county's portal speaks of the county."""
    plans = list(BLUEPRINTS[website.kind])
    if website.kind != Website.Kind.PORTAL or unit.code == "portal":
        return plans
    word = unit.area.removeprefix("全")
    names = {
        "走进云州": f"走进{unit.short.removesuffix(word)}",
        "区县动态": "乡镇动态",
        "市政府": f"{word}政府",
        "市政府领导": f"{word}政府领导",
    }
    return [_renamed(plan, names) for plan in plans]


def _renamed(plan: ColumnPlan, names: dict[str, str]) -> ColumnPlan:
    return replace(
        plan, title=names.get(plan.title, plan.title), below=tuple(_renamed(below, names) for below in plan.below)
    )


def _arranged(
    blocks: list[tuple[str, Any]], columns: dict[str, ColumnPage], city: City | None
) -> list[tuple[str, Any]]:
    """The blueprint's blocks, with services and interaction before the topics."""
    talk = columns["zmhd" if "zmhd" in columns else "hdjl"]
    guides = columns["bsfw" if "bsfw" in columns else "bszn"]
    tabs = [{"label": column.title, "column": column} for column in (guides, talk)]
    own = _portal_blocks(city, talk) if city else [("news_tabs", {"title": "服务与互动", "tabs": tabs, "count": 8})]
    place = next((n for n, (kind, _value) in enumerate(blocks) if kind == "topics"), len(blocks))
    return [*blocks[:place], *own, *blocks[place:]]


def _portal_blocks(city: City, talk: ColumnPage) -> list[tuple[str, Any]]:
    groups = [
        {"label": label, "tiles": [{"label": name, "icon": icon, "url": "/bsfw/"} for name, icon in tiles]}
        for label, tiles in city.tiles.items()
    ]
    hot = [{"label": word, "icon": "search", "url": f"/search?q={word}"} for word in city.hot]
    entrances = [
        {"label": name, "icon": icon, "url": "/zmhd/"}
        for name, icon in (("意见征集", "ballot"), ("在线访谈", "microphone"), ("咨询建议", "talk"))
    ]
    return [
        ("service_tiles", {"title": "办事服务", "groups": groups, "hot": hot}),
        (
            "interaction_box",
            {"title": "政民互动", "entrances": entrances, "tabs": [{"label": "征集与答复", "column": talk}]},
        ),
        ("figures", {"title": "数据", **city.figures}),
    ]


def _website(data: WebsiteData, units: dict[str, Unit], parent: Website | None, at: datetime) -> Website:
    unit = units[data.unit]
    return Website(
        unit=unit, supervisor_unit=units["portal"], operator="云州市政务信息中心", parent=parent, kind=data.kind,
        state=Website.State.ONLINE, code=data.code, name=data.name, short_name=data.short,
        description=f"{data.name}，发布权威信息，提供办事服务。", identification_code=data.identification_code,
        icp_filing=data.icp_filing, police_filing=data.police_filing, protection_level=3 if data.code == "portal" else 2,
        mark_code=f"CA{data.identification_code}", phone="0899-0000000", online_since=at.date(), skin=SKINS[data.skin],
    )  # fmt: skip


def _staff(site: WebsiteData, unit: Unit, city: City, *, at: datetime) -> Staff:
    data = next(one for one in city.units if one.code == site.unit)
    pen = Pen(data, "staff")
    people = []
    for role in (Role.EDITOR, Role.REVIEWER, Role.SECRECY_REVIEWER):
        user = accounts.enrol(username=f"{site.code}-{role.value.replace('_', '-')}", name=pen.person(), by=None, at=at)
        accounts.grant(user, role, unit, by=None, at=at)
        people.append(user)
    return Staff(*people)
