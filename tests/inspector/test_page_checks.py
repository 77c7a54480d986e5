import random
from datetime import datetime, timedelta

import pytest

from jiyue.inspector.checks import CHECKS, Kind
from jiyue.inspector.dates import CHINA
from jiyue.inspector.findings import Severity, Tier
from jiyue.inspector.freshness import State, freshness
from jiyue.inspector.inspection import inspect
from jiyue.inspector.kinds import kind_of
from jiyue.inspector.page import read_page
from jiyue.inspector.rules import RULES
from tests.inspector import specimens


URL = "https://www.yunzhou.gov.cn/zwgk/art/2024/1/5/art_12_3456.html"
NOW = datetime(2024, 1, 10, 12, tzinfo=CHINA)
TAGS = {
    "SiteName": "云州市人民政府",
    "SiteDomain": "www.yunzhou.gov.cn",
    "SiteIDCode": "9901000001",
    "ColumnName": "通知公告",
    "ColumnDescription": "发布通知公告",
    "ColumnKeywords": "通知",
    "ColumnType": "通知公告",
    "ArticleTitle": "关于植树的通知",
    "PubDate": "2024-01-05 09:30",
    "ContentSource": "市林业局",
}
FOOT = (
    '<div class="foot"><a href="https://bszs.conac.cn/sitename?method=show&id=1"><img src="/hs.png" alt="党政机关"></a>'
    '<a href="https://zfwzgl.www.gov.cn/exposure/jiucuo.html"><img src="/jc.png" alt="政府网站找错"></a>'
    "<p>主办：云州市人民政府办公室 联系电话：0990-1234567 网站标识码：9901000001</p>"
    "<p>云ICP备12345678号 云公网安备 99010002000001号 <a href='/map'>网站地图</a></p></div>"
)
BODY = "<h1>关于植树的通知</h1><p>发布时间：2024-01-05 09:30 来源：市林业局</p><p>各县（区）：请做好植树工作。</p>"


def head(**changed):
    tags = {name: value for name, value in (TAGS | changed).items() if value is not None}
    return "".join(f'<meta name="{name}" content="{value}">' for name, value in tags.items())


def html(body=BODY, tags=None, foot=FOOT, title="关于植树的通知-云州市人民政府"):
    tags = head() if tags is None else tags
    return f'<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title>{tags}</head><body>{body}{foot}</body></html>'


def found(source, url=URL, *, headers=(), **how):
    return inspect(read_page(source.encode(), url=url, headers=headers), at=NOW, **how)


def rules(source, **how):
    return [finding.rule for finding in found(source, **how)]


def test_a_page_that_keeps_the_norm_has_no_findings():
    assert found(html()) == []


def test_a_finding_says_where_what_how_bad_and_what_to_do():
    (finding,) = found(html(tags=head(SiteIDCode="12")), only={"meta"})

    assert (finding.address, finding.line, finding.rule, finding.excerpt) == (URL, 1, "meta-code", "12")
    assert (finding.severity, finding.tier, finding.remedy) == (
        Severity.ERROR,
        Tier.CERTAIN,
        "应为十位数字，或 bm 加八位数字",
    )
    assert len(finding.digest) == 64
    assert finding.as_json()["check"] == "meta"


def test_only_the_checks_that_were_asked_for_run():
    bare = "<p>云州</p>"

    assert {finding.check for finding in found(bare, only={"meta", "access"})} == {"meta", "access"}
    with pytest.raises(KeyError, match="nonsense"):
        found(bare, only={"nonsense"})


def test_every_rule_belongs_to_a_check():
    assert {name for name in RULES if name.partition("-")[0] not in CHECKS} == set()


@pytest.mark.parametrize("name", TAGS)
def test_a_required_tag_is_missed_and_an_empty_one_too(name):
    assert rules(html(tags=head(**{name: None})), kind=Kind.CONTENT, only={"meta"}) == ["meta-missing"]
    assert rules(html(tags=head(**{name: ""})), kind=Kind.CONTENT, only={"meta"}) == ["meta-empty"]


@pytest.mark.parametrize(("kind", "count"), [(Kind.HOME, 3), (Kind.COLUMN, 7), (Kind.CONTENT, 10), (Kind.OTHER, 3)])
def test_every_kind_of_page_needs_its_tags(kind, count):
    assert rules(html(tags=""), kind=kind, only={"meta"}) == ["meta-missing"] * count


def test_the_norm_is_not_asked_of_others():
    assert rules("<title>一家商店</title><p>…</p>", url="https://www.example.com/", only={"meta", "foot"}) == []


@pytest.mark.parametrize(
    ("tags", "rule"),
    [
        (head(PubDate="2024-01-05 09:30:12"), "meta-pubdate"),
        (head(PubDate="2024-01-05 09∶30"), "meta-pubdate"),
        (head(PubDate="2024年01月05日"), "meta-pubdate"),
        (head(PubDate="昨天"), "meta-no-date"),
        (head(SiteIDCode="bm1234567"), "meta-code"),
        (head(SiteDomain="www.qinglan.gov.cn"), "meta-domain"),
        (head() + '<meta name="SiteName" content="云州市">', "meta-double"),
        (head(ArticleTitle="另一个标题"), "meta-other-title"),
        (head() + "<title>又一个</title>", "meta-titles"),
    ],
)
def test_a_tag_with_a_wrong_value_is_told(tags, rule):
    assert rules(html(tags=tags), only={"meta"}) == [rule]


@pytest.mark.parametrize(
    ("gone", "rule"),
    [
        ("bszs.conac.cn", "foot-organ"),
        ("zfwzgl.www.gov.cn", "foot-errors"),
        ("网站标识码：", "foot-code"),
        ("主办：", "foot-host"),
        ("云ICP备12345678号", "foot-icp"),
        ("云公网安备", "foot-police"),
        ("网站地图", "foot-map"),
    ],
)
def test_each_mark_of_the_foot_is_missed(gone, rule):
    foot = (
        FOOT.replace(gone, "")
        .replace('alt="党政机关"' if rule == "foot-organ" else "-", "")
        .replace("jiucuo.html" if rule == "foot-errors" else "-", "")
    )
    foot = foot.replace("政府网站找错", "") if rule == "foot-errors" else foot

    assert rules(html(foot=foot), only={"foot"}) == [rule]


def test_without_a_contact_the_foot_is_incomplete():
    assert rules(html(foot=FOOT.replace("联系电话：0990-1234567", "")), only={"foot"}) == ["foot-contact"]


def test_marks_a_script_writes_are_seen():
    script = "<script>document.write(unescape(\"%3Cspan id='_ideConac' %3E%3C/span%3E%3Cscript src='https://dcs.conac.cn/js/1.js'%3E%3C/script%3E\"));</script>"
    foot = FOOT.replace(
        '<a href="https://bszs.conac.cn/sitename?method=show&id=1"><img src="/hs.png" alt="党政机关"></a>', script
    )

    assert rules(html(foot=foot), only={"foot", "hijack", "hidden", "foreign"}) == []


@pytest.mark.parametrize(("code", "rule"), [("99010001", "foot-code-form"), ("9901000002", "foot-code-other")])
def test_the_code_in_the_foot_is_compared(code, rule):
    assert rules(html(foot=FOOT.replace("9901000001", code)), only={"foot"}) == [rule]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<h1>甲</h1><p>来源：市林业局</p><p>2023年12月召开会议。</p>", ["published-no-time"]),
        ("<h1>甲</h1><p>发布时间：2024-01-05 09:30</p>", ["published-no-source"]),
        ("<h1>甲</h1><p>2024年1月5日 来源：市林业局</p>", ["published-time-form"]),
        ("<h1>甲</h1><p>发布时间：2023-12-05 09:30 来源：市林业局</p>", ["published-other-day"]),
    ],
)
def test_a_page_of_content_says_when_and_whence(body, expected):
    assert rules(html(body), only={"published"}) == expected


def test_a_date_that_has_not_come_is_told():
    later = BODY.replace("2024-01-05", "2024-02-05")

    assert rules(html(later, head(PubDate="2024-02-05 09:30")), only={"published"}) == ["published-future"]


# Hijacked pages and hidden things


def test_most_variants_of_the_specimen_are_found():
    """All 2,000 are in bench/hijack.py; these are the first of another row."""
    rng = random.Random(20_241)
    missed = [
        v.techniques
        for v in (specimens.variant(rng) for _ in range(200))
        if not rules(v.html, only={"hijack", "hidden"})
    ]

    assert len(missed) <= 2


def test_honest_pages_raise_no_alarm():
    rng = random.Random(7)

    assert [f for _ in range(60) for f in found(specimens.clean_page(rng), only={"hijack", "hidden"})] == []


@pytest.mark.parametrize(
    ("source", "rule"),
    [
        (html(title="xq88体育官网_鑫盛娱乐app下载-云州市人民政府"), "hijack-title"),
        (html(tags=head(ContentSource="BET体育365投注官网人民政府办公室")), "hijack-meta"),
        (html(BODY.replace("关于植树", "金沙娱乐官网政府办公厅关于植树")), "hijack-name"),
        (html(BODY + "<p>澳门新葡京</p><p>亚博</p><p>bet365</p>" * 2 + "<p>正文</p>" * 900), "hijack-text"),
        (html("".join(f'<{t} id="h4sia"></{t}>' for t in ("legend", "samp", "sup", "mark", "del", "delect")) + BODY), "hijack-decoys"),
        (html(title=specimens.coded("云州市人民政府通知公告")), "hijack-coded"),
        (html(BODY.replace("请做好植树工作", specimens.interleaved("请做好今年春季的植树工作"))), "hijack-pinyin"),
        (html(BODY + "<script>if(/baidu|sogou/.test(document.referrer)){location.href='https://a.tk/'}</script>"), "hijack-cloak"),
        (html(BODY + "<script>document.title='亚博体育官网'</script>"), "hijack-title"),
        (html(BODY + "<script>eval(unescape('%68%74%74%70%73%3a%2f%2f%77%77%77%2e%62%65%74%33%36%35%2e%63%6f%6d'))</script>"), "hijack-packed"),
        (html(BODY + '<div style="display:none"><a href="http://a.top/">棋牌官网下载</a></div>'), "hidden-vice"),
        (html(BODY + '<a href="http://www.bet365.com/">友情链接</a>'), "hidden-open"),
        (html(BODY + '<div style="left:-2000px;position:absolute"><a href="http://a.top/">花店</a></div>'), "hidden-link"),
        (html(BODY + "<div hidden>" + "".join(f'<a href="http://a{n}.top/">花店</a>' for n in range(3)) + "</div>"), "hidden-links"),
        (html(BODY + '<iframe src="http://a.top/" width=0 height=0></iframe>'), "hidden-frame"),
        (html(BODY + '<!-- <a href="http://www.casino88.vip/">x</a> -->'), "hidden-vice"),
    ],
)  # fmt: skip
def test_each_trick_has_its_rule(source, rule):
    assert rule in rules(source, only={"hijack", "hidden"})


@pytest.mark.parametrize(
    "title",
    [
        "云州市公安局关于打击网络赌博的通告",
        "关于体育彩票公益金使用情况的公告",
        "请登录云州市人民政府门户网站下载附件",
        "12345政务服务便民热线官网_手机版下载",
        "浙里办APP下载_登录入口_浙江政务服务网",
        "永利镇人民政府关于公布2024年预算的通知",
        "金沙县人民政府办公室关于印发方案的通知",
        "警方捣毁一个网络赌博平台 涉案百家乐网站被查处",
        "澳门博彩业总收入增长",
        "按照新注册分类申报的化学药品第3—4类上市申请下载",
    ],
)
def test_what_an_office_may_write_is_no_sign(title):
    page = html(BODY.replace("关于植树的通知", title), head(ArticleTitle=title), title=title)

    assert rules(page, only={"hijack", "hidden"}) == []


@pytest.mark.parametrize(
    "markup",
    [
        '<ul style="display:none"><li><a href="https://www.qinglan.gov.cn/">青岚县</a></ul>',
        '<div style="display:none"><a href="https://service.weibo.com/share">微博</a><a href="https://connect.qq.com/">QQ</a></div>',
        '<a href="/" style="text-indent:-9999px;display:block">云州市人民政府</a>',
        '<div style="display:none"><a href="https://www.example.com/">一家公司</a></div>',
    ],
)
def test_folded_menus_are_honest(markup):
    assert rules(html(BODY + markup), only={"hijack", "hidden"}) == []


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ('<script src="https://hm.baidu.com/hm.js?1"></script>', ["foreign-tracker"]),
        ('<script src="https://cpro.baidustatic.com/c.js"></script>', ["foreign-advertiser"]),
        ('<script src="//cdn.example.com/a.js"></script><script src="//cdn.example.com/b.js"></script>', ["foreign-script"]),
        ('<iframe src="https://tianqi.example.com/" title="天气"></iframe>', ["foreign-frame"]),
        ('<script src="https://dcs.conac.cn/js/1.js"></script><script src="/a.js"></script><script src="https://pucha.kaipuyun.cn/x.js"></script>', []),
        ('<meta http-equiv="refresh" content="0;url=https://a.top/">', ["foreign-jump"]),
        ('<meta http-equiv="refresh" content="3; URL=\'https://www.qinglan.gov.cn/\'">', ["foreign-moved"]),
        ('<meta http-equiv="refresh" content="30">', []),
    ],
)  # fmt: skip
def test_what_comes_from_others_is_told(markup, expected):
    assert rules(html(BODY + markup), only={"foreign"}) == expected


# Freshness


def listed(*days):
    return html(
        "<ul>"
        + "".join(
            f'<li><a href="/x/{n}">关于第{n}件事情的通知</a><span>{day}</span></li>' for n, day in enumerate(days)
        )
        + "</ul>"
    )


@pytest.mark.parametrize("day", ["2024-01-08", "[2024/01/08]", "2024年1月8日", "01-08", "（1月8日）", "2024.1.8"])
def test_dates_of_lists_are_read_as_sites_write_them(day):
    measured = freshness(read_page(listed("2023-11-01", day).encode()), NOW, 14)

    assert (measured.state, measured.age_days, measured.dates) == (State.FRESH, 2, 2)


def test_a_day_of_the_last_months_belongs_to_last_year():
    assert freshness(read_page(listed("12-20").encode()), NOW, 14).age_days == 21


def test_addresses_tell_the_day_where_the_list_does_not():
    page = read_page(html('<a href="/art/2024/1/9/art_1_2.html">关于一件事情的通知</a>').encode())

    assert freshness(page, NOW, 14).age_days == 1


def test_neither_the_clock_nor_the_future_nor_a_sentence_makes_a_page_fresh():
    body = (
        "<p>今天是2024年1月10日 星期三</p><p>2024-03-01</p><p>"
        + "会议定于2024年1月9日召开，" * 12
        + "</p>"
        + "<li>2023-06-01</li>"
    )

    measured = freshness(read_page(html(body).encode()), NOW, 14)

    assert (measured.state, measured.newest.moment.date().isoformat()) == (State.STALE, "2023-06-01")


def test_a_page_without_dates_is_not_measured_rather_than_bad():
    page = read_page(html('<a href="/a">关于一件事情的通知</a><a href="/b">关于另一件事情的通知</a>').encode())

    assert freshness(page, NOW, 14).state is State.NOT_MEASURED


@pytest.mark.parametrize("age", [14, 15])
def test_a_home_page_is_stale_after_fourteen_days(age):
    day = f"{NOW - timedelta(days=age):%Y-%m-%d}"

    assert rules(listed(day), kind=Kind.HOME, only={"fresh"}) == (["fresh-home"] if age > 14 else [])


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<h2>通知公告</h2><p>暂无内容</p>", ["fresh-blank"]),
        ("<h2>通知公告</h2><a href='/'>首页</a>", ["fresh-blank"]),
        ("<h2>通知公告</h2><script>$.ajax({url:'/list'})</script>", []),
        ("<h2>通知公告</h2><a href='/x'>关于一件事情的通知</a>", []),
    ],
)
def test_a_blank_column_is_told_from_one_a_script_fills(body, expected):
    assert rules(html(body, foot=""), kind=Kind.COLUMN, only={"fresh"}) == expected


# Addresses, access, delivery


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ('<a href="http://192.168.1.5/a">甲</a>', ["links-inside"]),
        ('<a href="http://localhost:8080/a">甲</a>', ["links-inside"]),
        ('<img src="file:///C:/a.png" alt="">', ["links-disk"]),
        ('<a href="C:\\a.doc">甲</a>', ["links-disk"]),
        ('<a href="http://http://a.gov.cn/">甲</a><a href="http:///a">乙</a>', ["links-malformed"]),
        ('<a href="http://[::1/">甲</a>', ["links-malformed"]),
        ('<a href="#b">甲</a>', ["links-fragment"]),
        ('<a href="#b">甲</a><p id="b">', []),
        (
            '<a href="#">甲</a><a href="#top">乙</a><a href="#tab" onclick="show()">丙</a><a href="//a.gov.cn/">丁</a>',
            [],
        ),
    ],
)
def test_addresses_are_judged_without_asking_for_them(markup, expected):
    assert rules(html(BODY + markup), only={"links"}) == expected


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ('<img src="/a.png"><img src="/b.png">', ["access-alt"]),
        ('<img src="/a.png" alt="">', []),
        ('<a href="/a"></a>', ["access-link"]),
        ('<a href="/a"><img src="/a.png" alt="首页"></a><a href="/b" title="乙"></a><a name="c"></a>', []),
        ('<input name="q">', ["access-label"]),
        (
            '<label>词<input name="q"></label><label for="b">乙</label><select id="b"></select><input type="hidden"><input type="submit">',
            [],
        ),
        ("<h2>甲</h2><h4>乙</h4>", ["access-heading"]),
        ('<iframe src="/a"></iframe>', ["access-frame"]),
        ('<meta name="viewport" content="width=device-width, user-scalable=no">', ["access-zoom"]),
        ('<meta name="viewport" content="width=device-width, maximum-scale=10">', []),
    ],
)
def test_what_the_markup_keeps_from_some_readers(markup, expected):
    assert rules(html(BODY + markup), only={"access"}) == expected


def test_many_of_a_kind_are_one_finding_with_their_number():
    (finding,) = found(html(BODY + '<img src="/a.png">' * 30), only={"access"})

    assert finding.count == 30


def test_headers_are_judged_only_where_an_answer_was_seen():
    good = [
        ("Strict-Transport-Security", "max-age=31536000"),
        ("X-Content-Type-Options", "nosniff"),
        ("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'"),
        ("Set-Cookie", "a=1; Path=/; Secure; HttpOnly; SameSite=Lax"),
    ]

    assert rules(html(), only={"headers"}) == []
    assert rules(html(), headers=good, only={"headers"}) == []
    assert sorted(
        rules(html(), headers=[("Server", "nginx/1.2.3"), ("Set-Cookie", "a=1; secure")], only={"headers"})
    ) == [*("headers-cookie", "headers-frame", "headers-hsts", "headers-policy", "headers-sniff", "headers-version")]
    assert "headers-plain" in rules(html(), url="http://www.yunzhou.gov.cn/", headers=good, only={"headers"})


def test_a_charset_that_lies_is_told():
    page = read_page(html().encode("gb18030"), url=URL, headers=[("Content-Type", "text/html; charset=utf-8")])

    assert [finding.rule for finding in inspect(page, only={"charset"})] == ["charset-header", "charset-tag"]


def test_weight_and_plain_content_are_told():
    heavy = html(BODY + "<p>云州</p>" * 100_000)
    mixed = html(BODY + '<img src="http://www.yunzhou.gov.cn/a.png" alt="">')

    assert rules(heavy, only={"weight"}) == ["weight-page"]
    assert rules(mixed, only={"weight"}) == ["weight-mixed"]


@pytest.mark.parametrize(
    ("url", "tags", "kind"),
    [
        ("https://www.a.gov.cn/", "", Kind.HOME),
        ("https://www.a.gov.cn/index.html", "", Kind.HOME),
        ("https://www.a.gov.cn/zwgk/tzgg/", "", Kind.COLUMN),
        ("https://www.a.gov.cn/zwgk/t20240105_123.html", "", Kind.CONTENT),
        ("https://www.a.gov.cn/x", head(), Kind.CONTENT),
        ("https://www.a.gov.cn/search?q=a", "", Kind.OTHER),
    ],
)
def test_the_kind_of_a_page_is_guessed(url, tags, kind):
    assert kind_of(read_page(html("<p>…</p>", tags).encode(), url=url)) is kind
