import pytest

from jiyue.common.html import text_of
from jiyue.onboarding.extraction import page_of
from jiyue.onboarding.page import NotAnArticle
from tests.onboarding.samples import PARAGRAPHS, SENTENCES, list_page, page


def test_an_article_is_found_among_the_furniture():
    taken = page_of(page())

    assert taken.title == "青溪镇供水管网改造停水通告"
    assert text_of(taken.body) == "\n".join(SENTENCES)
    assert taken.published_at.isoformat()[:16] == "2021-03-05T09:30"
    assert (taken.source, taken.column, taken.doubts) == ("云州市水利局", "通知公告", [])


def test_meta_tags_of_the_norm_go_before_what_is_printed():
    head = (
        '<meta name="ArticleTitle" content="停水通告全称"><meta name="PubDate" content="2021-03-05 11:20">'
        '<meta name="ContentSource" content="来源：云州日报"><meta name="ColumnName" content="政务动态">'
    )

    taken = page_of(page(head=head, info="<span>发布日期：2021-03-05</span>"))

    assert taken.title == "停水通告全称"
    assert taken.published_at.isoformat()[11:16] == "11:20"
    assert (taken.source, taken.column) == ("云州日报", "政务动态")


def test_of_doubled_meta_tags_the_one_that_says_something_counts():
    head = '<meta name="PubDate" content=""><meta name="pubdate" content="2021-03-05 08:00">'

    assert page_of(page(head=head, info="")).published_at.hour == 8


def test_without_any_label_the_address_tells_the_day():
    taken = page_of("<!--http://www.yunzhou.example/xw/202103/t20210305_1.html-->" + page(info=""))

    assert taken.published_at.isoformat()[:10] == "2021-03-05"
    assert taken.address.endswith("t20210305_1.html")


def test_different_dates_are_remarked():
    taken = page_of(page(head='<meta name="PubDate" content="2020-01-01">'))

    assert any("2021-03-05" in note for note in taken.notes)


def test_an_introduction_beside_a_big_table_stays():
    rows = "".join(
        f"<tr><td>第{n}村</td><td>供水管道改造长度为{n * 100}米，涉及农户{n * 10}户；</td></tr>" for n in range(1, 9)
    )
    taken = page_of(page(body=f"<p>　　{SENTENCES[0]}</p><table>{rows}</table><p>　　{SENTENCES[2]}</p>"))

    assert taken.body.startswith(f"<p>{SENTENCES[0]}</p><table>")
    assert taken.body.endswith(f"<p>{SENTENCES[2]}</p>")


def test_an_old_page_of_layout_tables_and_line_breaks_becomes_paragraphs():
    lines = "<br>".join(f"　　{sentence}" for sentence in SENTENCES)
    html = (
        "<html><head><title>停水通告</title></head><body><table><tr><td><a href='/'>首页</a></td></tr><tr><td>"
        f"<table><tr><td align=center><b>停水通告</b></td></tr><tr><td><font size=3>{lines}</font></td></tr></table></td></tr></table></body></html>"
    )

    assert page_of(html).body == "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)


def test_the_signature_stays_right_and_the_tools_below_go():
    signature = '<p align="right">云州市水利局</p><p align="right">2021年3月4日</p><p>责任编辑：云小舟</p><p>【打印】【关闭】</p>'
    taken = page_of(page(body=PARAGRAPHS + signature))

    assert taken.body.endswith('<p class="right">云州市水利局</p><p class="right">2021年3月4日</p>')
    assert taken.editor == "云小舟"


def test_pictures_get_placeholders_and_icons_are_left():
    body = f'<p><img src="images/site.jpg" alt="改造现场"></p>{PARAGRAPHS}<p><img src="/images/icon_pdf.gif"><a href="/f/a.pdf">附件：管网图</a></p>'
    taken = page_of(page(body=body), address="http://www.yunzhou.example/tzgg/1.html")

    assert [(image.href, image.title) for image in taken.images] == [
        ("http://www.yunzhou.example/tzgg/images/site.jpg", "改造现场")
    ]
    assert [(file.href, file.title) for file in taken.attachments] == [
        ("http://www.yunzhou.example/f/a.pdf", "附件：管网图")
    ]
    assert taken.images[0].placeholder in taken.body


def test_links_become_whole_or_plain_text():
    body = PARAGRAPHS + "<p>详见<a href='/zc/1.html'>政策原文</a>，以公布的版本为准。</p>"

    assert (
        '<a href="http://www.yunzhou.example/zc/1.html">'
        in page_of(page(body=body), address="http://www.yunzhou.example/a/1.html").body
    )
    unknown = page_of(page(body=body))
    assert "<a" not in unknown.body
    assert any("链接" in note for note in unknown.notes)


def test_a_page_of_several_is_doubted():
    assert any("分页" in doubt for doubt in page_of(page(body=PARAGRAPHS + "<p>【1】【2】【3】</p>")).doubts)


def test_the_number_of_the_document_itself_is_taken_not_of_one_it_cites():
    taken = page_of(
        page(body=f"<p align=center>云水发〔2021〕3号</p>{PARAGRAPHS}<p>根据云政发〔2019〕1号文件规定，特此通告。</p>")
    )

    assert taken.doc_number == "云水发〔2021〕3号"


@pytest.mark.parametrize(
    ("html", "kind"),
    [
        (list_page(), "list"),
        (page(body=""), "empty"),
        (page(body="", head='<meta name="ArticleTitle" content="有标题没有正文的通知">'), "empty"),
        ("<html><head><title>404 页面不存在</title></head><body>您访问的页面不存在。</body></html>", "error"),
        (page(title="365体育投注官网_停水通告"), "hijacked"),
        ("", "empty"),
        ("<%@ page language='java' %><html><body></body></html>", "empty"),
    ],
)
def test_what_is_no_article_is_refused_with_the_reason(html, kind):
    with pytest.raises(NotAnArticle) as refused:
        page_of(html)

    assert (refused.value.kind == kind) or (kind == "empty" and refused.value.kind == "list")
    assert str(refused.value)
