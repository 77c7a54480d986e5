import re

import pytest
from django.utils import translation

from jiyue.common.assets import asset, files
from jiyue.content.models import Announcement
from jiyue.websites.models import Website
from tests.content.pages_kit import html, many, metas, page, rendered


OUTSIDE = re.compile(
    r'<(?:script|link rel="(?:stylesheet|icon)"|img|video|source|iframe)[^>]+(?:src|href)="(https?:)?//'
)


@pytest.fixture
def pages(cluster):
    cluster.published("全市中小学秋季开学")
    cluster.published("关于开展督导评估的通知", model=Announcement, column="tzgg")
    return rendered(cluster.site)


def test_every_page_is_free_of_inline_style_and_script(pages):
    for path, made in pages.items():
        if made.body.startswith(b"<!doctype html>"):
            text = made.body.decode()
            assert " style=" not in text, path
            assert "<style" not in text, path
            assert not re.search(r"\son\w+=", text), path
            assert not re.search(r"<script(?! src=| type=\"application/ld\+json\")", text), path


def test_no_page_asks_another_host_for_anything(pages):
    assert [path for path, made in pages.items() if OUTSIDE.search(made.body.decode("utf-8", "ignore"))] == []


def test_every_html_page_has_one_h1_and_the_footer(pages):
    for path, made in pages.items():
        text = made.body.decode("utf-8", "ignore")
        if text.startswith("<!doctype html>"):
            assert text.count("<h1") == 1, path
            assert text.count("<footer") == 1, path


@pytest.mark.clause("S-2.1d")
def test_footer_carries_the_six_elements_and_the_site_map(cluster):
    Website.objects.filter(pk=cluster.site.pk).update(
        identification_code="5399000001",
        icp_filing="云ICP备00000000号-1",
        police_filing="云公网安备 53990002000001号",
        mark_code="CA5399000001",
        phone="0899-0000000",
    )

    footer = html(cluster.site, "/").split("<footer")[1]

    for element in (
        "党政机关", "我为政府", "5399000001", "主办单位：云州市教育局", "0899-0000000", "云ICP备00000000号-1",
        "云公网安备 53990002000001号", 'href="/map.html"',
    ):  # fmt: skip
        assert element in footer


def test_footer_claims_nothing_the_register_does_not_say(cluster):
    footer = html(cluster.site, "/").split("<footer")[1]

    for claim in ("党政机关", "IPv6", "ICP备", "公网安备"):
        assert claim not in footer


def test_home_page_carries_the_three_site_tags_once_each(cluster):
    names = [name for name, _ in metas(html(cluster.site, "/"))]

    assert [name for name in names if name.startswith("Site")] == ["SiteName", "SiteDomain", "SiteIDCode"]
    assert not [name for name in names if name.startswith(("Column", "Article"))]


@pytest.mark.clause("J-2.1c")
def test_empty_column_stays_out_of_navigation_until_it_has_content(cluster):
    before = page(cluster.site, "/")
    cluster.published("全市中小学秋季开学")
    after = html(cluster.site, "/")

    assert "工作动态</a></li>" not in before.body.decode().split("mainnav")[1].split("</nav>")[0]
    assert "工作动态</a></li>" in after.split("mainnav")[1].split("</nav>")[0]
    assert f"column:{cluster.column().pk}" in before.keys


@pytest.mark.clause("Y-5d")
def test_skin_changes_colours_only_in_the_light_theme(cluster):
    Website.objects.filter(pk=cluster.site.pk).update(skin={"primary": "#0f5a63"})

    assert html(cluster.site, "/skin.css") == ":root:not([data-theme]){--c-primary:#0f5a63;}\n"


def test_changed_skin_has_another_address(cluster):
    before = html(cluster.site, "/").split("/skin.css?")[1][:8]
    Website.objects.filter(pk=cluster.site.pk).update(skin={"primary": "#0f5a63"})

    assert html(cluster.site, "/").split("/skin.css?")[1][:8] != before


def test_assets_are_published_under_the_address_pages_use(pages):
    for name, body in files().items():
        assert pages[asset(name)].body == body


def test_demo_says_so_on_every_page(cluster, settings):
    settings.DEMO = True

    assert "演示环境" in html(cluster.site, "/map.html")
    assert "Disallow: /\n" in html(cluster.site, "/robots.txt")


def test_public_pages_speak_chinese_whatever_the_editor_reads(cluster):
    with translation.override("en"):
        text = html(cluster.site, "/map.html")

    assert "网站地图" in text


def test_pages_do_not_change_when_nothing_did(cluster):
    many(cluster, 3)

    first = {path: made.body for path, made in rendered(cluster.site).items()}
    again = {path: made.body for path, made in rendered(cluster.site).items()}

    assert first == again
