import pytest

from jiyue.common.html import text_of
from jiyue.onboarding.page import NotAnArticle
from jiyue.onboarding.texts import page_of, title_without_site
from tests.onboarding.samples import SENTENCES


LAW = """# 云州市河道管理办法

2019年11月30日 云州市人民政府令第20号公布

## 第一章 总则

第一条 为了加强河道管理，保障防洪安全，改善水环境，制定本办法。

### 第一节 职责

第二条 市水利局负责本市河道的统一管理，各县（区）水利部门按照分工负责。
"""


def test_markdown_headings_become_headings_below_the_title():
    page = page_of(LAW, "云州市河道管理办法")

    assert page.title == "云州市河道管理办法"
    assert "<h2>第一章 总则</h2>" in page.body
    assert "<h3>第一节 职责</h3>" in page.body
    assert page.doc_number == "云州市人民政府令第20号"
    assert page.published_at.isoformat()[:10] == "2019-11-30"


def test_a_dump_of_a_whole_page_gives_up_its_article():
    menu = "\n".join(f"栏目{n}" for n in range(15))
    text = (
        f"停水通告-云州水利网\n{menu}\n停水通告\n2021-03-05 09:30\n来源：\n云州日报\n"
        + "\n".join(SENTENCES)
        + f"\n云州市水利局\n2021年3月4日\n打印\n关闭\n{menu}"
    )

    page = page_of(text, "停水通告-云州水利网")

    assert page.title == "停水通告"
    assert text_of(page.body) == "\n".join((*SENTENCES, "云州市水利局", "2021年3月4日"))
    assert (page.published_at.hour, page.source) == (9, "云州日报")


def test_an_exported_text_finds_its_own_title_and_number():
    text = (
        "索引号:\t000/2021-1\t分类:\t水利;通知\n发文机关:\t云州市水利局\t成文日期:\t2021年3月4日\n\n云州市水利局关于停水的通知\n\n云水发〔2021〕3号\n\n"
        + "\n\n".join(SENTENCES)
    )

    page = page_of(text)

    assert (page.title, page.doc_number) == ("云州市水利局关于停水的通知", "云水发〔2021〕3号")
    assert page.body.startswith("<p>云水发〔2021〕3号</p>")


def test_a_heading_broken_in_the_middle_is_joined():
    text = "云州市水利局关于进一步做好\n\n农村供水工作的通知\n\n" + "\n".join(SENTENCES)

    assert page_of(text).title == "云州市水利局关于进一步做好农村供水工作的通知"


def test_a_cut_sentence_in_place_of_a_title_is_doubted():
    page = page_of(SENTENCES[0] * 2, SENTENCES[0][:24])

    assert any("截断" in doubt for doubt in page.doubts)


def test_text_without_full_stops_is_doubted():
    page = page_of("停水通告\n" + "改造期间将分段停水.群众可以拨打电话." * 30)

    assert any("句号" in doubt for doubt in page.doubts)


@pytest.mark.parametrize(
    "text", ["", "首页\n通知公告\n联系我们", "基本信息 办理地点 申请条件 收费标准 咨询电话: 投诉电话:"]
)
def test_lists_and_forms_are_refused(text):
    with pytest.raises(NotAnArticle):
        page_of(text, "办事指南")


@pytest.mark.parametrize(
    ("window", "title"),
    [
        ("停水通告_通知公告_云州市水利局", "停水通告"),
        ("停水通告--通知公告", "停水通告"),
        ("停水通告 - 云州市人民政府网站", "停水通告"),
        ("停水通告-云州网", "停水通告"),
        ("1-10月降水量简报", "1-10月降水量简报"),
    ],
)
def test_names_of_sites_are_taken_off_titles(window, title):
    assert title_without_site(window) == title
