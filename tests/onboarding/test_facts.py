import pytest

from jiyue.onboarding.facts import closes, doc_number_in, facts_of, is_furniture, same


def test_labelled_facts_are_read_wherever_their_value_stands():
    text = "索 引 号：000/2021-1\n发布日期:\n2021-03-05\n信息来源：\n云州市水利局\n作者：云小舟 责任编辑：李一\n文号：云水发〔2021〕3号"

    facts = facts_of(text)

    assert facts.published_at.isoformat()[:10] == "2021-03-05"
    assert (facts.source, facts.author, facts.editor) == ("云州市水利局", "云小舟", "李一")
    assert (facts.index_number, facts.doc_number) == ("000/2021-1", "云水发〔2021〕3号")


def test_an_empty_label_does_not_take_the_next_label_for_its_value():
    assert facts_of("来源：发布机构：云州市水利局 文号：无").source == ""
    assert facts_of("文号：无").doc_number == ""


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("云政办发〔2021〕3号", "云政办发〔2021〕3号"),
        ("云政办发[2021]3号", "云政办发〔2021〕3号"),
        ("云政办发（2021）第03号", "云政办发〔2021〕3号"),
        ("云政办 〔2021〕 3 号", "云政办〔2021〕3号"),
        ("发文字号：云政办发【2021】3号", "云政办发〔2021〕3号"),
        ("云州市人民政府令第12号", "云州市人民政府令第12号"),
        ("云州市税务局公告2021年第4号", "云州市税务局公告2021年第4号"),
        ("2021年第3号", ""),
    ],
)
def test_document_numbers_in_the_standard_form(text, number):
    assert doc_number_in(text) == number


@pytest.mark.parametrize(
    "line",
    [
        "当前位置：首页 > 通知公告",
        "发布日期：2021-03-05 来源：云州市水利局 字体：[大 中 小]",
        "【打印】【关闭】",
        "打印本页 关闭窗口",
        "扫一扫在手机打开当前页",
        "浏览次数：123",
        "责任编辑：云小舟",
        "【1】【2】【3】",
    ],
)
def test_lines_of_the_page_are_told_from_lines_of_the_text(line):
    assert is_furniture(line)


@pytest.mark.parametrize(
    "line",
    [
        "一、总体要求",
        "各县（区）人民政府：",
        "会议时间安排在下月，请各单位做好准备。",
        "云州市人民政府",
        "2021年3月5日",
    ],
)
def test_lines_of_the_text_stay(line):
    assert not is_furniture(line)


def test_after_related_reading_nothing_follows():
    assert closes("相关阅读")
    assert not closes(
        "相关阅读材料由市图书馆提供，读者可以凭证借阅，期限为三十天，逾期须办理续借手续，详情可以到服务台询问工作人员了解。"
    )


def test_titles_are_compared_without_spaces_and_punctuation():
    assert same("关于“供水”的 通知", "关于供水的通知")
