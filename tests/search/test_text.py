import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiyue.search.text import bigrams, normalise, normalise_line, terms_of


@pytest.mark.parametrize(
    "written",
    [
        "云政办发〔2026〕31号",
        "云政办发[2026]31号",
        "云政办发(2026)31号",
        "云政办发【2026】31号",
        "云政办发（２０２６）３１号",
        "云政办发 〔2026〕 31 号",
    ],
)
def test_document_number_has_one_form_however_it_is_written(written):
    assert normalise(written) == "云政办发(2026)31号"


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("Ｇ１５高速", "g15高速"),
        ("关 于 通　知", "关于通知"),
        ("二○二六年", "二〇二六年"),
        ("Hello,  World", "hello,world"),
        ("open   data", "open␣data"),
        ("“放管服”", '"放管服"'),
        ("第一行 \n\n 第二行", "第一行␤第二行"),
        ("零\u200b宽\ufeff", "零宽"),
        ("yún zhōu", "yun␣zhou"),
    ],
)
def test_normal_form(written, normal):
    assert normalise(written) == normal


def test_words_are_separated_by_any_space_and_asked_once():
    assert terms_of(" 营商环境　审批 审批 ") == ("营商环境", "审批")


def test_marks_around_a_whole_word_are_not_part_of_it():
    assert terms_of("《政府信息公开条例》 （试行）") == ("政府信息公开条例", "试行")
    assert terms_of("《甲》和《乙》") == ("《甲》和《乙》",)


def test_long_queries_are_cut():
    assert len(terms_of(" ".join(str(number) for number in range(100)))) == 8
    assert len(terms_of("长" * 1000)[0]) == 100


def test_bigrams_of_a_single_character():
    assert bigrams("政") == []


@given(
    st.text(
        alphabet=st.one_of(
            st.sampled_from("政务 公开　aB１(〔é\u0301①㎏"),
            st.characters(exclude_characters="\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"),
        )
    )
)
def test_a_line_has_the_same_form_with_its_places(line):
    plain, places = normalise_line(line)

    assert plain.strip("␣␤") == normalise(line)
    assert len(places) == len(plain)
    assert list(places) == sorted(places)
