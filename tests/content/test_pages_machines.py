import json
import xml.etree.ElementTree as ET

import pytest

from jiyue.common import pages
from jiyue.common.pages import Target
from jiyue.library import actions as library
from tests.content.pages_kit import html, many, page, policy, rendered


ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture
def release(cluster):
    return cluster.published("全市<中小学>秋季开学")


def test_feeds_tell_the_same_in_three_forms(cluster, release):
    rss = ET.fromstring(html(cluster.site, "/gzdt/feed.xml"))
    atom = ET.fromstring(html(cluster.site, "/gzdt/atom.xml"))
    feed = json.loads(html(cluster.site, "/gzdt/feed.json"))

    address = f"http://jyj.localhost:8000{release.address}"
    assert [item.findtext("link") for item in rss.iter("item")] == [address]
    assert [entry.findtext(f"{ATOM}title") for entry in atom.iter(f"{ATOM}entry")] == ["全市<中小学>秋季开学"]
    assert [item["url"] for item in feed["items"]] == [address]
    assert feed["items"][0]["date_published"] == "2026-09-04T16:00:00+08:00"


def test_website_feed_holds_the_newest_twenty_of_all_columns(cluster, release):
    many(cluster, 21)

    feed = json.loads(html(cluster.site, "/feed.json"))

    assert len(feed["items"]) == 20
    assert feed["items"][0]["title"] == "第21条信息"


def test_empty_feed_is_still_a_feed(cluster):
    assert list(ET.fromstring(html(cluster.site, "/gzdt/atom.xml")).iter(f"{ATOM}entry")) == []


def test_site_map_lists_months_and_their_pages(cluster, release):
    index = ET.fromstring(html(cluster.site, "/sitemap.xml"))
    month = ET.fromstring(html(cluster.site, "/sitemap-2026-09.xml"))

    assert "http://jyj.localhost:8000/sitemap-2026-09.xml" in [loc.text for loc in index.iter(f"{MAP}loc")]
    assert [loc.text for loc in month.iter(f"{MAP}loc")] == [f"http://jyj.localhost:8000{release.address}"]


def test_withdrawn_item_leaves_feeds_and_site_map(cluster, release):
    library.withdraw(release.item, by=None, at=cluster.at, reason="有误")

    paths = rendered(cluster.site)

    assert "/sitemap-2026-09.xml" not in paths
    assert json.loads(paths["/feed.json"].body)["items"] == []


def test_robots_name_the_site_map(cluster):
    assert "Sitemap: http://jyj.localhost:8000/sitemap.xml" in html(cluster.site, "/robots.txt")


@pytest.mark.clause("C-2.1.3a")
def test_disclosure_platform_has_its_parts_and_the_catalogue(cluster):
    document = policy(cluster)

    text = html(cluster.site, "/gkpt/")

    for part in ("政府信息公开指南", "政府信息公开制度", "法定主动公开内容", "政府信息公开年报", "依申请公开"):
        assert part in text
    for head in ("索引号", "名称", "内容概述", "生成日期"):
        assert f'<th scope="col"{" class=" + chr(34) + "n" + chr(34) if head == "生成日期" else ""}>{head}</th>' in text
    assert document.index_number in text
    assert 'datetime="2026-06-01"' in text  # made on, not published on


def test_news_is_not_part_of_the_disclosure_platform(cluster, release):
    assert "秋季开学" not in html(cluster.site, "/gkpt/")


def test_site_map_page_shows_columns_with_content(cluster, release):
    text = html(cluster.site, "/map.html")

    assert 'href="/gzdt/"' in text
    assert 'href="/bszn/"' not in text


# Which pages a key is about


def about(key):
    return {target.path for target in pages.targets_about(key)}


def test_new_item_brings_its_page_its_column_its_month_and_the_feeds(cluster, release):
    column = release.column_id

    assert about(f"item:{release.item_id}") == {release.address}
    assert {"/gzdt/", "/gzdt/feed.xml"} <= about(f"column:{column}")
    assert about(f"archive:{column}:3") == {"/gzdt/list-3.html"}
    assert {"/sitemap-2026-09.xml", "/sitemap.xml", "/feed.xml"} <= about(f"sitemap:{cluster.site.pk}:2026-09")


def test_website_that_comes_online_brings_all_its_pages(cluster, release):
    assert {"/", release.address, "/gzdt/", "/robots.txt"} <= about(f"site:{cluster.site.pk}")


def test_unknown_key_is_about_nothing(cluster):
    assert about("weather:today") == set()


def test_every_address_of_a_website_can_be_rendered(cluster, release):
    many(cluster, 40)

    wanted = {target.path for target in pages.targets_of(cluster.site.pk)}

    assert wanted == set(rendered(cluster.site))


def test_old_address_of_an_asset_no_longer_exists(cluster):
    old = Target(cluster.site.pk, "/a/000000000000/site.css", "asset", "site.css")

    assert list(pages.render(cluster.site.pk, "asset", [old])) == []


def test_page_not_found_helps_on(cluster):
    text = page(cluster.site, "/404.html").body.decode()

    assert 'action="/search"' in text
    assert 'rel="canonical"' not in text
