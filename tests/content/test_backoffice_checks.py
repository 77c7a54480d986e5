"""What a machine can say about a text before people read it."""

import datetime as dt

from jiyue.content.checks import doubts_about
from jiyue.content.models import Interpretation, OutsideLink, PolicyDocument


TEXT = [("text", "<p>今天上午，全市中小学校如期开学，各区县教育局派人到校检查。</p>")]


def codes(page):
    return {doubt.code for doubt in doubts_about(page.specific)}


def test_a_sound_text_raises_no_doubt(cluster):
    assert codes(cluster.draft(body=TEXT)) == set()


def test_a_missing_source_is_noticed(cluster):
    assert codes(cluster.draft(body=TEXT, source=" ")) == {"source"}


def test_a_reprint_without_the_address_of_the_original_is_noticed(cluster, friday):
    page = cluster.draft(body=TEXT, originally_published_at=friday - dt.timedelta(days=1))

    assert codes(page) == {"source_url"}


def test_a_picture_without_words_is_noticed(cluster, picture):
    picture.alt = picture.title = picture.description = ""
    picture.save()
    image = ("image", {"picture": picture, "alt": "", "caption": ""})

    assert codes(cluster.draft(body=[*TEXT, image])) == {"alt"}


def test_a_link_without_https_is_noticed(cluster):
    linked = [("text", '<p>详情请看<a href="http://a.example.cn/">原文</a>，各区县教育局另行通知辖区内各学校。</p>')]

    assert codes(cluster.draft(body=linked)) == {"https"}


def test_an_almost_empty_text_is_noticed_unless_it_has_none_by_nature(cluster):
    assert codes(cluster.draft(body=[("text", "<p>见附件</p>")])) == {"empty"}
    assert codes(cluster.draft("友情链接", model=OutsideLink, url="https://www.gov.cn/", body=[])) == set()


def test_a_title_already_online_on_the_website_is_noticed(cluster):
    release = cluster.published("全市中小学今日开学", body=TEXT)

    assert codes(cluster.draft("全市中小学今日开学", body=TEXT)) == {"duplicate"}
    assert codes(release.item) == set()


def test_a_document_without_interpretation_is_noticed_until_one_is_out(cluster):
    values = {"issuer": "市教育局", "issued_on": dt.date(2026, 9, 1), "genre": "通知", "body": TEXT}
    document = cluster.published("课后服务办法", model=PolicyDocument, column="zcwj", **values).item
    assert codes(document) == {"interpretation"}

    cluster.published("一图读懂课后服务", model=Interpretation, column="zcjd", body=TEXT, documents=[document.specific])
    assert codes(document) == set()
