"""Numbers of persons: found by their check digits, released where they are no person's."""

import datetime as dt

import pytest

from jiyue.inspector.text import personal
from tests.inspector.text_cases import TODAY, told


@pytest.mark.parametrize(
    ("text", "rule", "number", "masked"),
    [
        ("身份证号：11010519491231002X。", "personal-id", "11010519491231002X", "110*************2X"),
        ("身份证130503670401001号", "personal-id-old", "130503670401001", "130**********01"),
        ("卡号 6222 0200 0000 0000 000", "personal-card", "6222 0200 0000 0000 000", "622" + "*" * 18 + "00"),
        ("转入6222020000000000000", "personal-card", "6222020000000000000", "622**************00"),
        ("手机138-0013-8000", "personal-phone", "138-0013-8000", "138********00"),
        ("低保户张某，13800138000", "personal-phone", "13800138000", "138******00"),
        ("申请人联系电话：13800138000", "personal-phone", "13800138000", "138******00"),
        ("护照号E12345678", "personal-passport", "E12345678", "E12****78"),
        ("往来内地通行证 H12345678", "personal-passport", "H12345678", "H12****78"),
    ],
)
def test_numbers_of_persons_are_found(text, rule, number, masked):
    assert told(text) == [(rule, number, masked)]


@pytest.mark.parametrize(
    "text",
    [
        "身份证号：110105194912310021",  # check digit
        "号码 19010519491231002X",  # no such province
        "编号 110105194913310024",  # no such day
        "统一社会信用代码 11220000013544357T",
        "统一社会信用代码：11441700007280420Y",
        "注册号 350104600441863",
        "工商登记号130503670401001",  # fifteen digits without a word of identity cards
        "咨询电话：13800138000",
        "监督电话 13800138000",
        "t20200101_13800138000.html",
        "数值0.13800138000",
        "订单 2138001380001",
        "公网安备 13042002000523号",
        "流水号 62220200000000000031",
        "http://example.com/6222020000000000000",
        "设备编号E12345678",
        "型号 X-E12345678",
        "138****8000，1101**********002X",
    ],
)
def test_other_numbers_are_released(text):
    assert told(text) == []


def test_the_resident_number_knows_its_weights_and_days():
    assert personal.is_resident_id("11010519491231002X", TODAY)
    assert personal.is_resident_id("11010519491231002x", TODAY)
    assert not personal.is_resident_id("11010519491231002X", dt.date(1949, 12, 30))


@pytest.mark.parametrize("place", range(17))
def test_one_wrong_digit_is_noticed(place):
    number = "11010519491231002X"
    wrong = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]

    assert not personal.is_resident_id(wrong, TODAY)


def test_the_credit_code_knows_its_check_character():
    assert personal.is_credit_code("11220000013544357T")
    assert personal.is_credit_code("11441700007280420Y")
    assert not personal.is_credit_code("11220000013544357U")
    assert not personal.is_credit_code("11010519491231002X")


def test_luhn():
    assert personal.passes_luhn("4111111111111111")
    assert not personal.passes_luhn("4111111111111112")


def test_a_card_of_another_kind_needs_a_word_about_cards():
    assert told("序号4111111111111111") == []
    assert [rule for rule, *_ in told("银行卡4111111111111111")] == ["personal-card"]
