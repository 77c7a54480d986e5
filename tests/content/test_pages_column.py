import datetime as dt
import re

import pytest

from jiyue.common import pages
from jiyue.content.models import Announcement, Leader
from jiyue.library import actions as library
from jiyue.library.models import Placement, Release
from tests.content.pages_kit import html, many, metas, page, rendered, straight


def titles(text):
    return re.findall(r'\.html">(第\d+条信息)</a>', text)


def test_front_page_shows_all_until_there_are_forty(cluster):
    many(cluster, 39)

    paths = rendered(cluster.site)

    assert len(titles(paths["/gzdt/"].body.decode())) == 39
    assert "/gzdt/list-1.html" not in paths


def test_archive_pages_count_from_the_oldest(cluster):
    many(cluster, 45)

    assert titles(html(cluster.site, "/gzdt/list-1.html")) == [f"第{n}条信息" for n in range(20, 0, -1)]
    assert titles(html(cluster.site, "/gzdt/")) == [f"第{n}条信息" for n in range(45, 20, -1)]


def test_new_item_leaves_full_archive_pages_as_they_are(cluster):
    many(cluster, 62)
    before = rendered(cluster.site)

    cluster.at += dt.timedelta(days=30)
    cluster.published("全市中小学秋季开学")
    after = rendered(cluster.site)

    assert before["/gzdt/list-1.html"].body == after["/gzdt/list-1.html"].body
    assert before["/gzdt/list-2.html"].body == after["/gzdt/list-2.html"].body
    assert before["/gzdt/"].body != after["/gzdt/"].body


def test_newest_archive_page_waits_for_the_next_one(cluster):
    many(cluster, 40)

    keys = page(cluster.site, "/gzdt/list-1.html").keys

    column = cluster.column().pk
    assert {f"archive:{column}:1", f"archive:{column}:2"} <= keys


def test_every_row_has_its_full_date(cluster):
    cluster.published("全市中小学秋季开学")

    assert '<time datetime="2026-09-04">2026-09-04</time>' in html(cluster.site, "/gzdt/")


def test_column_page_carries_the_seven_tags_once_each(cluster):
    cluster.published("全市中小学秋季开学")

    names = [name for name, value in metas(html(cluster.site, "/gzdt/")) if name[0].isupper() and value]

    assert sorted(names) == sorted(
        ["SiteName", "SiteDomain", "ColumnName", "ColumnDescription", "ColumnKeywords", "ColumnType"]
    )


def test_item_on_top_comes_first_as_long_as_it_is_to(cluster):
    top = cluster.published("置顶的通知")
    many(cluster, 2)
    Release.objects.filter(pk=top.pk).update(sticky_until=dt.datetime(2099, 1, 1, tzinfo=dt.UTC))

    assert "置顶的通知" in html(cluster.site, "/gzdt/").split('class="news')[1].split("</li>")[0]


@pytest.mark.clause("S-2.3c")
def test_called_item_leads_to_its_own_website(cluster):
    release = cluster.published("全市中小学秋季开学")
    theirs = cluster.column("bmdt", cluster.portal)
    Placement.objects.create(release=release, released_at=release.released_at, column=theirs, at=cluster.at)

    assert f'href="http://jyj.localhost:8000{release.address}"' in html(cluster.portal, "/ywdt/bmdt/")


def test_withdrawn_item_is_in_no_list(cluster):
    release = cluster.published("全市中小学秋季开学")
    library.withdraw(release.item, by=None, at=cluster.at, reason="内容有误")

    paths = rendered(cluster.site)

    assert [path for path, made in paths.items() if "秋季开学" in made.body.decode("utf-8", "ignore")] == [
        release.address
    ]


def test_channel_shows_what_its_columns_show(cluster):
    cluster.published("关于开展督导评估的通知", model=Announcement, column="tzgg")

    made = page(cluster.site, "/zwgk/")

    assert "关于开展督导评估的通知" in made.body.decode()
    assert f"column:{cluster.column('tzgg').pk}" in made.keys


def test_empty_column_says_so_and_offers_a_way_on(cluster):
    text = html(cluster.site, "/gzdt/")

    assert "本栏目暂无信息" in text
    assert 'href="/map.html"' in text


@pytest.mark.clause("C-2.1.1a")
def test_leaders_stand_in_their_order(cluster):
    for name, rank in (("林小桥", 2), ("云长河", 1)):
        column = cluster.column("ldxx", cluster.portal)
        straight(Leader(title=name, source="办公室", post="市长", duties="全面工作", rank=rank), column, cluster.at)

    text = html(cluster.portal, "/zzf/ldxx/")

    assert text.index("云长河") < text.index("林小桥")


def test_number_of_queries_does_not_depend_on_the_number_of_rows(cluster, django_assert_max_num_queries):
    many(cluster, 3)
    target = next(t for t in pages.targets_of(cluster.site.pk) if t.path == "/gzdt/")

    with django_assert_max_num_queries(9):
        list(pages.render(cluster.site.pk, "column", [target]))
