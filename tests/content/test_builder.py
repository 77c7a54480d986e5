"""A registered website is a website: home page, standard columns, in minutes and without a developer."""

import pytest

from jiyue.common.errors import Refused
from jiyue.content import actions
from jiyue.content.models import Article, ColumnPage, HomePage
from jiyue.library.models import Receipt, Release


@pytest.mark.clause("Y-5a")
def test_a_new_website_has_its_home_page_and_columns_online(cluster):
    home = HomePage.objects.get(website=cluster.site)

    released = Release.objects.live().filter(website=cluster.site)
    assert released.get(kind="home").address == "/"
    assert {"/jggk/", "/gzdt/", "/zcfg/", "/zcfg/zcwj/", "/bszn/"} <= set(released.values_list("address", flat=True))
    assert {block.block_type for block in home.blocks} >= {"headline", "picture_news", "news_tabs", "disclosure_box"}


@pytest.mark.clause("Y-5f")
def test_the_four_basic_columns_are_there_and_stay(cluster, friday):
    basic = ColumnPage.objects.filter(website=cluster.site, basic=True)

    assert set(basic.values_list("title", flat=True)) == {"机构概况", "政策法规", "办事指南", "工作动态"}
    for column in basic:
        with pytest.raises(Refused, match="基本栏目"):
            actions.withdraw(column, reason="调整", by=cluster.site_manager, at=friday)


def test_what_the_blueprint_says_was_reviewed_once_for_all(cluster):
    receipts = Receipt.objects.filter(item__website=cluster.site)

    assert {receipt.basis for receipt in receipts} == {Receipt.Basis.BLUEPRINT}
    assert receipts.count() == Release.objects.filter(website=cluster.site).count()


def test_a_changed_home_page_goes_through_the_chain(cluster, friday):
    home = HomePage.objects.get(website=cluster.site)
    with pytest.raises(Refused):
        actions.revise(home, by=cluster.editor, at=friday, title="信息员不改首页")
    actions.revise(home, by=cluster.site_manager, at=friday, title="云州市教育局")
    actions.submit(home, by=cluster.site_manager, at=friday)

    assert Release.objects.get(item=home.pk).title == "云州市教育局网站"


@pytest.mark.clause("J-2.1b")
def test_columns_carry_the_update_cycle_of_their_kind(cluster):
    cycles = {column.slug: column.update_cycle_days for column in ColumnPage.objects.filter(website=cluster.site)}

    assert (cycles["gzdt"], cycles["tzgg"], cycles["jggk"]) == (14, 183, None)


@pytest.mark.parametrize("column", ["zcfg", "jggk"])
def test_items_are_not_put_where_they_do_not_belong(cluster, column):
    assert Article.can_create_at(cluster.column("gzdt"))
    assert Article.can_create_at(cluster.column(column)) is (column == "jggk")
