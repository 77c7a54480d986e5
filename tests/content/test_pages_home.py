import pytest

from jiyue.content.models import Announcement, HomePage
from jiyue.content.pages.home import plain, rows_of_blocks
from jiyue.content.pages.sites import load
from jiyue.library.models import Placement, Release
from jiyue.websites.models import Website
from tests.content.pages_kit import html, page, policy


def blocks(website, *values):
    """Puts blocks on the released home page."""
    home = HomePage.objects.get(website=website)
    home.blocks = list(values)
    Release.objects.filter(item=home.pk).update(facts={"blocks": home.blocks.get_prep_value()})


def test_home_page_shows_what_its_columns_show(cluster):
    cluster.published("全市中小学秋季开学")

    made = page(cluster.site, "/")

    assert "全市中小学秋季开学" in made.body.decode()
    assert f"column:{cluster.column().pk}" in made.keys


def test_portal_home_depends_on_the_columns_it_calls_and_on_the_cluster(cluster):
    keys = page(cluster.portal, "/").keys

    assert "cluster" in keys
    assert f"column:{cluster.column('bmdt', cluster.portal).pk}" in keys


def test_portal_shows_an_item_called_from_a_department(cluster):
    release = cluster.published("全市中小学秋季开学")
    Placement.objects.create(
        release=release, released_at=release.released_at, column=cluster.column("bmdt", cluster.portal), at=cluster.at
    )

    assert f"http://jyj.localhost:8000{release.address}" in html(cluster.portal, "/")


def test_only_websites_online_are_in_the_cluster(cluster):
    Website.objects.exclude(pk=cluster.portal.pk).update(parent=cluster.portal)
    Website.objects.filter(pk=cluster.other_site.pk).update(state="offline")

    text = html(cluster.portal, "/")

    assert "云州市教育局网站</a>" in text
    assert "云州市水利局网站</a>" not in text


def test_block_with_nothing_to_show_is_left_out(cluster):
    assert "头条" not in html(cluster.site, "/")
    assert "图片新闻" not in html(cluster.site, "/")


def test_every_kind_of_block_has_its_template(cluster):
    news, notices = cluster.column(), cluster.column("tzgg")
    cluster.published("全市中小学秋季开学")
    cluster.published("关于开展督导评估的通知", model=Announcement, column="tzgg")
    policy(cluster)
    tile = {"label": "社会保障", "icon": "sun", "url": "/bszn/"}
    blocks(
        cluster.site,
        ("headline", {"column": news}),
        ("news_tabs", {"title": "动态", "tabs": [{"label": "要闻", "column": news}, {"label": "", "column": notices}], "count": 5}),
        ("policy_list", {"title": "政策", "tabs": [{"label": "", "column": cluster.column("zcwj")}], "count": 5}),
        ("disclosure_box", {"links": [{"label": "公告", "column": notices}]}),
        ("service_tiles", {"title": "办事服务", "groups": [{"label": "个人", "tiles": [tile]}, {"label": "法人", "tiles": [tile]}], "hot": [tile]}),
        ("interaction_box", {"title": "互动交流", "entrances": [tile], "tabs": [{"label": "征集", "column": notices}]}),
        ("topics", {"column": news, "count": 4}),
        ("figures", {"title": "数据", "source": "市统计局", "figures": [{"label": "产值", "value": "1", "unit": "", "note": ""}]}),
        ("site_cluster", None),
        ("links", {"title": "友情链接", "links": [tile]}),
    )  # fmt: skip

    text = html(cluster.site, "/")

    for words in ("要闻", "云教发〔2026〕8号", "政府信息公开", "社会保障", "互动交流", "产值", "友情链接"):
        assert words in text
    assert "常用服务" in text  # the six large entrances of the elder mode come from the service tiles


def test_stored_lists_lose_their_identities():
    stored = {"tabs": [{"type": "item", "id": "1", "value": {"column": 7}}], "count": 5}

    assert plain(stored) == {"tabs": [{"column": 7}], "count": 5}


@pytest.mark.parametrize(
    ("kinds", "spans"),
    [
        (["headline", "picture_news", "news_tabs"], [[12], [5, 7]]),
        (["policy_list", "disclosure_box"], [[8, 4]]),
        (["disclosure_box", "policy_list"], [[4, 8]]),
        (["news_tabs", "figures", "news_tabs"], [[12], [12], [12]]),
        (["news_tabs", "news_tabs", "site_cluster"], [[6, 6], [12]]),
    ],
)
def test_blocks_share_rows_of_twelve(cluster, kinds, spans):
    made = rows_of_blocks([{"type": kind} for kind in kinds], load(cluster.site.pk))

    assert [[block["span"] for block in row] for row in made] == spans
