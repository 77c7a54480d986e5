"""自助建站: a registered website gets its home page and standard columns from the blueprint of its kind."""

from datetime import datetime
from typing import Any

from django.db import transaction

from jiyue.accounts.models import User
from jiyue.common.errors import Refused
from jiyue.content.blueprints import BLUEPRINTS, ColumnPlan
from jiyue.content.columns import CYCLES, ColumnKind
from jiyue.content.models import ColumnPage, HomePage
from jiyue.library import actions as library
from jiyue.library.digest import digest_of_revision
from jiyue.library.models import BasePage, Receipt
from jiyue.websites.models import Website


@transaction.atomic
def lay_out(
    website: Website, *, by: User | None, at: datetime, plans: tuple[ColumnPlan, ...] | None = None
) -> HomePage:
    """Creates home page and columns and publishes them on the blueprint's receipt: their words are the blueprint's,
    which was reviewed once for all."""
    home = HomePage(title=website.name, slug=website.code, website=website, unit=website.unit, live=False)
    _root().add_child(instance=home)
    columns: dict[str, ColumnPage] = {}
    for plan in BLUEPRINTS[website.kind] if plans is None else plans:
        _add_column(home, plan, columns)
    home.blocks = home_blocks(website, columns)
    home.save()
    for page in [home, *columns.values()]:
        _publish_from_blueprint(page, by=by, at=at)
    return home


def home_blocks(website: Website, columns: dict[str, ColumnPage]) -> list[tuple[str, Any]]:
    """The blocks a new home page starts with; ``columns`` by their address below the home page."""
    portal = website.kind == Website.Kind.PORTAL
    news = ["ywdt/yw", "ywdt/bmdt", "ywdt/qxdt"] if portal else ["gzdt", "zwgk/tzgg"]
    policies = ["zwgk/zcwj", "zwgk/zcjd"] if portal else ["zcfg/zcwj", "zcfg/zcjd"]
    blocks: list[tuple[str, Any]] = []
    if news[0] in columns:
        blocks += [
            ("headline", {"column": columns[news[0]]}),
            ("picture_news", {"column": columns["ywdt/tpxw" if portal else news[0]], "count": 5}),
        ]
    blocks += [
        (kind, {"title": title, "tabs": _tabs(columns, codes), "count": 8})
        for kind, title, codes in (("news_tabs", "", news), ("policy_list", "政策", policies))
        if _tabs(columns, codes)
    ]
    blocks.append(("disclosure_box", {"links": _tabs(columns, ["zwgk/tzgg", "zwgk/ghjh", "zwgk/czxx"])}))
    if "ztzl" in columns:
        blocks.append(("topics", {"column": columns["ztzl"], "count": 4}))
    if portal:
        blocks.append(("site_cluster", None))
    return blocks


def refuse_removing_basic(column: ColumnPage) -> None:
    if column.basic:
        raise Refused("基本栏目（单位情况、政策法规、办事指南、工作动态）不能取消。")


def _tabs(columns: dict[str, ColumnPage], codes: list[str]) -> list[dict[str, Any]]:
    return [{"label": columns[code].title, "column": columns[code]} for code in codes if code in columns]


def column_of(plan: ColumnPlan) -> ColumnPage:
    """A column as its plan says, not yet in the tree."""
    return ColumnPage(
        title=plan.title,
        slug=plan.code,
        column_kind=plan.kind,
        layout=plan.layout,
        description=plan.description or plan.title,
        keywords=plan.title,
        update_cycle_days=CYCLES.get(plan.kind),
        in_navigation=plan.in_navigation,
        basic=plan.basic,
        calls_need_review=plan.kind not in {ColumnKind.NEWS, ColumnKind.CHANNEL},
        live=False,
    )


def _add_column(parent: BasePage, plan: ColumnPlan, columns: dict[str, ColumnPage], prefix: str = "") -> None:
    column = column_of(plan)
    parent.add_child(instance=column)
    columns[prefix + plan.code] = column
    for below in plan.below:
        _add_column(column, below, columns, f"{prefix}{plan.code}/")


def _publish_from_blueprint(page: BasePage, *, by: User | None, at: datetime) -> None:
    revision = page.save_revision(user=by, log_action=False, clean=False)
    library.issue_receipt(page, digest_of_revision(revision), by=by, at=at, basis=Receipt.Basis.BLUEPRINT)
    library.publish_page(page, revision, by=by, at=at)


def _root() -> BasePage:
    root = BasePage.objects.filter(depth=1).first()
    return root or BasePage.add_root(instance=BasePage(title="根", slug="root"))
