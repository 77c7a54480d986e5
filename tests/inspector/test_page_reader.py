import hashlib
import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiyue.inspector.inspection import inspect
from jiyue.inspector.page import domain_of, read_page
from tests.inspector import specimens


def read(html, **said):
    return read_page(html.encode(), url="https://www.yunzhou.gov.cn/a/index.html", **said)


def test_a_page_is_read_with_the_places_of_everything():
    page = read(
        '<!DOCTYPE html>\n<html lang="zh-CN">\n<title> 云州市\n政府 </title>\n<p>一<a href="/b" title="t">去 <b>看</b></a>二'
    )

    (link,) = page.contents.links
    assert (page.title, page.contents.language) == ("云州市 政府", "zh-CN")
    assert (link.get("href"), link.text, link.place) == ("/b", "去 看", (5, 5))
    assert page.text == "\n一去 看二"


@pytest.mark.parametrize(
    ("html", "word", "place"),
    [
        ("<p>甲</p>\n<p>乙丙</p>", "丙", (2, 5)),
        ("甲\r\n乙\r丙<b>\n丁</b>", "丁", (4, 1)),
        ("<p>甲\n  乙 戊</p>", "戊", (2, 5)),
        ("<noscript>\n<p>甲</p></noscript><i>己</i>", "己", (2, 23)),
    ],
)
def test_an_offset_in_the_text_leads_back_to_the_source(html, word, place):
    page = read(html)

    assert page.place(page.text.index(word)) == place


def test_lines_of_the_text_end_where_blocks_end():
    assert read("<p>甲<p>乙<ul><li>丙<li>丁</ul><span>戊</span><span>己").text.split("\n") == [
        "",
        "甲",
        "乙",
        "丙",
        "丁",
        "戊己",
    ]


@pytest.mark.parametrize(
    ("html", "way"),
    [
        ('<div style="display:none"><p><a href=x>a</a></p></div>', "display"),
        ('<a href=x style="visibility: hidden">a</a>', "visibility"),
        ('<div style="position:absolute;left:-9999px"><a href=x>a</a></div>', "offscreen"),
        ('<div style="width:0px;height:0;overflow:hidden"><a href=x>a</a></div>', "size"),
        ('<div style="background:#FFF"><a href=x style="color:rgb(255, 255, 255)">a</a></div>', "colour"),
        ('<body bgcolor=white><font color="#ffffff"><a href=x>a</a></font>', "colour"),
        ("<marquee width=1 height=1><a href=x>a</a></marquee>", "marquee"),
        ("<noscript><a href=x>a</a></noscript>", "noscript"),
        ("<style>.q{display:none}</style><ul class='m q'><li><a href=x>a</a></ul>", "display"),
        ("<div id=z><a href=x>a</a></div><script>document.getElementById('z').style.display='none'</script>", "display"),
        ("<script>document.write('<div style=\"display:none\">')</script><a href=x>a</a><script>document.write('</div>')</script>", "display"),
        ("<div hidden><a href=x>a</a></div>", "attribute"),
        ("<!--[if IE]><a href=x>a</a><![endif]-->", "display"),
        ('<a href=x style="font-size:0">a</a>', "font"),
        ('<p style="display:none">weg<p><a href=x>a</a>', ""),
        ('<ul style="display:none"><li>weg</ul><a href=x>a</a>', ""),
        ('<div style="display:none"></span></div><a href=x>a</a>', ""),
        ("<script>document.write('<div style=\"display:none\">')</script>a<script>document.write('</div>')</script><a href=x>a</a>", ""),
        ('<div style="width:100%;overflow:hidden"><a href=x>a</a></div>', ""),
        ("<style>.m .q{display:none}</style><ul class=q><li><a href=x>a</a></ul>", ""),
    ],
)  # fmt: skip
def test_what_is_kept_from_the_eye_is_known(html, way):
    (link,) = read(html).contents.links

    assert link.hidden == way


def test_a_stray_end_tag_does_not_end_what_is_hidden():
    assert read('<div style="display:none"></b></em><a href=x>a</a>').contents.links[0].hidden == "display"


def test_letters_of_no_size_around_a_list_hide_nothing():
    assert "甲" in read('<ul style="font-size:0"><li style="font-size:14px">甲</ul>').text


def test_lists_in_a_data_store_are_read():
    html = '<script type="text/xml"><datastore><record><![CDATA[<li><a href="/art/2024/1/5/a.html">关于植树的通知</a><span>2024-01-05</span>]]></record></datastore></script>'

    page = read(html)

    assert [link.text for link in page.contents.links] == ["关于植树的通知"]
    assert "2024-01-05" in page.text


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("slj.yunzhou.gov.cn", "yunzhou.gov.cn"),
        ("www.a.com", "a.com"),
        ("a.com.cn", "a.com.cn"),
        ("云州.政务", "云州.政务"),
    ],
)
def test_the_domain_is_what_somebody_registered(host, domain):
    assert domain_of(host) == domain


def test_what_the_header_says_of_the_charset_is_compared_with_the_bytes():
    page = read_page("<p>云州市人民政府".encode("gbk"), headers=[("Content-Type", "text/html; charset=UTF-8")])

    assert (page.text.strip(), page.decoded.charset, page.decoded.header_lies) == ("云州市人民政府", "gb18030", True)


# Hostile pages. The bounds on time are a hundred times what is seen; without a bound these pages take minutes.

HOSTILE = {
    "nested": "<div>" * 100_000 + "云州",
    "nested hidden": '<div style="display:none">' * 50_000,
    "nested links": "<a href=x><div>" * 20_000,
    "formatting": "<p>" + "".join(f"<b id={i}>" for i in range(3_000)) + "</p>" + "<p>x</p>" * 30_000,
    "end tags": "<td>" + "<b>" * 50_000 + "</div>" * 200_000,
    "walls": "<div>" * 50 + "<td>" * 10_000 + "</div>" * 100_000,
    "links without end": "<a href=/x>y</a>" * 300_000,
    "attributes": "<p " + " ".join(f"a{i}=1" for i in range(100_000)) + ">",
    "ten megabytes": "<p>云州市人民政府</p>" * 300_000,
    "half tags": "<a href=" * 200_000,
    "comments": "<!--<a href=http://a.com/" * 100_000,
    "zeros": "\0" * 1_000_000,
    "characters": "&#1234;" * 300_000 + "<title>" + "&#20113;" * 300_000,
    "styles": "<style>" + ".a{display:none" * 100_000 + "</style>",
    "colours": '<p style="' + "color:" * 100_000 + '">',
    "scripts": "<script>document.write('<div>" * 20_000,
    "stores": "<script>" + "<![CDATA[<a>" * 50_000 + "</script>",
    "conditions": "<!--[if" * 100_000 + "]>",
    "referrers": "<script>" + "document.referrer baidu " * 20_000 + "</script>",
    "titles": "<title>a</title>" * 100_000,
    "ads": "<title>" + "a1体育官网_" * 50_000 + "</title>",
    "pinyin": "<p>" + "汉han" * 100_000,
    "dates": "<p>" + "2024-01-0 " * 100_000,
    "lines": "\n" * 2_000_000 + "<a href=/x>y</a>",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_page_costs_seconds_and_no_exception(name):
    began = time.process_time()

    inspect(read(HOSTILE[name]))

    assert time.process_time() - began < 60


TAGS = st.sampled_from(
    [
        *("<a href=http://b.vip/>", "</a>", "<p>", "</p>", "<div style='display:none'>", "</div>", "<table><tr><td>", "</td>", "<script>", "</script>"),
        *("<!--", "-->", "<title>", "</title>", "<meta name=PubDate content=", "<noscript>", "</noscript>", "<![CDATA[", "]]>", "<style>.a{", "}</style>"),
        *("document.write('<div>')", "&#27743;", "云州市政府", "2024-02-30", "\0", "\ud7ff", "<", ">", '"', "=", "[if IE]>", "<![endif]", "href='//[::1'", "#"),
    ]
)  # fmt: skip


@settings(deadline=None, max_examples=150, derandomize=True)
@given(st.lists(TAGS, max_size=40).map("".join))
def test_any_markup_is_read(html):
    page = read(html)

    inspect(page)
    assert all(page.place(offset)[0] >= 1 for offset in range(0, len(page.text), 7))


@settings(deadline=None, max_examples=150, derandomize=True)
@given(
    st.binary(max_size=400),
    st.sampled_from(
        ["", "text/html; charset=gbk", "text/html; charset=utf-16", "charset='", "text/html; charset=nonsense"]
    ),
)
def test_any_bytes_are_read(body, said):
    found = inspect(read_page(body, url="http://a.gov.cn/", headers=[("Content-Type", said)]))

    assert {each.digest for each in found} <= {hashlib.sha256(body).hexdigest()}


def test_a_page_cut_anywhere_is_read():
    html = specimens.variant(random.Random(4)).html.encode()

    for end in range(0, len(html), 97):
        found = inspect(read_page(html[:end], url="http://a.gov.cn/x/", truncated=True))
        assert all(1 <= each.line <= html.count(b"\n", 0, end) + 1 for each in found)
