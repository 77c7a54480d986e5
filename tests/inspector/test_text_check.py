"""What the shipped pack finds and what it leaves alone."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest

from jiyue.inspector.findings import Severity, Tier
from jiyue.inspector.text import Checker, check
from jiyue.inspector.text.document_numbers import normal
from jiyue.inspector.text.loading import load, shipped
from tests.inspector.text_cases import told


@pytest.mark.parametrize(
    ("text", "rule", "wrong", "right"),
    [
        ("云州市人民攻府关于加强管理的通知", "state-013", "人民攻府", "人民政府"),
        ("成立领导小姐，下设办公室", "state-048", "领导小姐", "领导小组"),
        ("现就有关工作布署如下", "typo-138", "布署", "部署"),
        ("禁止焚烧秸杆", "typo-304", "秸杆", "秸秆"),
        ("他自已提出申请", "typo-149", "自已", "自己"),
        ("群众反应问题的渠道", "collocation-107", "反应问题", "反映问题"),
        ("截止2026年9月底，全市共受理", "collocation-133", "截止", "截至"),
        ("台湾政府宣布", "territory-080", "台湾政府", "台湾当局"),
        ("任命付局长一名", "office-627", "付局长", "副局长"),
        ("报国务院和和全国人大常委会备案", "repetition-705", "和和", "和"),
    ],
)
def test_what_is_wrong_is_found(text, rule, wrong, right):
    assert told(text) == [(rule, wrong, right)]


@pytest.mark.parametrize(
    "text",
    [
        "预防犯罪是全社会的责任",  # 防犯 lies across two words
        "有关规定单位应当遵守",
        "自已经取得许可之日起",  # 自|已经
        "报名截止时间为2026年9月4日",
        "截止日期：2026年9月4日",
        "保险标的的所有权转移",
        "人民法院的的确确受理了",
        "所谓“台湾政府”的说法",  # quoted
        "东突厥斯坦伊斯兰运动是恐怖组织",
        "中华人民共和国国务院令",
        "村民代表大会讨论决定",
        "社会主义核心价值体系",
        "文化旅游部门和工业信息化部门",
        "人民代表大会和常务委员会的会议",
        "国家发展改革委员会",
        "检察委员会讨论决定",
        "中华民族的伟大复兴",
    ],
)
def test_what_is_right_is_left_alone(text):
    assert told(text) == []


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("中华人名共和国成立", "中华人民共和国"),
        ("全国人民代大会审议", "全国人民代表大会"),
        ("全国人民代代表大会", "全国人民代表大会"),
        ("最高人民检查院公报", "最高人民检察院"),
        ("国家发展和改个委员会", "国家发展和改革委员会"),
        ("退役军人事物部通知", "退役军人事务部"),
        ("工业和信化息部负责", "工业和信息化部"),
        ("社会主义核心价值官", "社会主义核心价值观"),
        ("乡村镇兴局面", "乡村振兴"),
        ("依法治果是基本方略", "依法治国"),
    ],
)
def test_a_slip_in_a_protected_term_is_found(text, right):
    assert [suggestion for _, _, suggestion in told(text)] == [right]


def slips(name):
    for place in range(1, len(name) - 1):
        before, after = name[:place], name[place + 1 :]
        yield from (before + "鑫" + after, before + "鑫" + name[place] + after, before + after)


def test_every_long_term_is_found_whatever_one_character_in_its_middle_becomes():
    checker = Checker([shipped()], only=["protected", "state"])

    missed = [
        slip
        for term in shipped().terms
        if len(term.term) >= 7
        for slip in slips(term.term)
        if slip not in term.neighbours and not checker.check(f"按照{slip}，")
    ]

    assert missed == []


@pytest.mark.parametrize(
    ("text", "rule", "wrong", "right"),
    [
        ("2026年2月29日施行", "date-impossible", "2026年2月29日", ""),
        ("自4月31日起", "date-impossible", "4月31日", ""),
        ("日期：2026-02-30。", "date-impossible", "2026-02-30", ""),
        ("2026年11月22日（星期一）上午", "date-weekday", "星期一", "星期日"),
        ("2026年11月22日 周六", "date-weekday", "周六", "周日"),
        ("云政发[2026]7号", "document-number", "[2026]7号", "〔2026〕7号"),
        ("云政发〔2026〕第07号", "document-number", "〔2026〕第07号", "〔2026〕7号"),
        ("云政发（2026年）7号", "document-number", "（2026年）7号", "〔2026〕7号"),
        ("机密★3年", "secret-001", "机密★3年", ""),
    ],
)
def test_days_document_numbers_and_marks(text, rule, wrong, right):
    assert told(text) == [(rule, wrong, right)]


@pytest.mark.parametrize(
    "text",
    [
        "2024年2月29日施行",
        "2月29日是闰日",
        "2026年11月22日（星期日）",
        "2026年11月2日（周一至周五）",
        "GB/T 2024-02-301",
        "云政发〔2026〕7号",
        "（2026）京01民终7号",
        "保守国家秘密，不得泄露机密。",
        "公式为 2026[2020]7号",
        "展览中心（2019）3号馆",
        "农历2月30日，庙会",
    ],
)
def test_usual_days_and_document_numbers_are_left_alone(text):
    assert told(text) == []


def test_hints_are_told_only_to_who_asks_for_them():
    text = "其它帐户,由部门管理"

    assert told(text) == []
    assert told(text, hints=True) == [
        ("variant-456", "其它", "其他"),
        ("variant-460", "帐户", "账户"),
        ("punctuation-574", ",", "，"),
    ]
    assert told(text, only=["punctuation"]) == [("punctuation-574", ",", "，")]


def test_categories_and_their_groups_are_chosen():
    text = "布署工作，4月31日前报 11010519491231002X"

    assert [rule for rule, *_ in told(text, only=["date"])] == ["date-impossible"]
    assert [rule for rule, *_ in told(text, without=["personal", "typo"])] == ["date-impossible"]


def test_of_what_overlaps_the_most_severe_stays():
    assert told("人民政府办公室布署，中华人名共和国人民政俯") == [
        ("typo-138", "布署", "部署"),
        ("state-024", "中华人名共和国", "中华人民共和国"),
        ("state-014", "人民政俯", "人民政府"),
    ]


def test_a_finding_says_how_sure_how_severe_and_why():
    first, second = check("人民攻府和和国务院")

    assert (first.tier, first.severity, first.offset, first.length) == (Tier.CERTAIN, Severity.VETO, 0, 4)
    assert first.reason.startswith("“人民攻府”是“人民政府”之误")
    assert (second.tier, second.offset) == (Tier.PROBABLE, 4)


def test_threads_share_one_checker():
    checker = Checker([shipped()])
    texts = [f"{'人民政府' * number}布署工作" for number in range(200)]

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(checker.check, texts))

    assert [[finding.offset for finding in each] for each in found] == [[4 * number] for number in range(200)]


def test_terms_hold_between_their_days(tmp_path):
    table = tmp_path / "roster.csv"
    table.write_text("term,category,neighbours,from,to\n云州市集约化局,protected,,2026-01-01,2026-06-30\n")
    pack = load(table)

    found = [bool(Checker([pack], today=dt.date(2026, month, 1)).check("云州市集约华局")) for month in (6, 7)]

    assert found == [True, False]


@pytest.mark.parametrize(
    ("printed", "usual"),
    [
        ("发文字号：晋政发[2008]21号", "晋政发〔2008〕21号"),
        ("豫政办 〔2010〕81号", "豫政办〔2010〕81号"),
        ("发文字号：晋政发(2007)2号", "晋政发〔2007〕2号"),
        ("沪卫计规〔2017〕016号", "沪卫计规〔2017〕16号"),
        ("国办发〔2017〕47号", "国办发〔2017〕47号"),
        ("省政府令 第84号", "省政府令第84号"),
    ],
)
def test_document_numbers_as_printed_are_brought_into_the_usual_form(printed, usual):
    assert normal(printed) == usual
