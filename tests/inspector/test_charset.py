import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiyue.inspector.charset import decode


TEXT = "云州市人民政府办公室关于做好春季植树造林工作的通知，各县（区）人民政府、市直各部门："
TRADITIONAL = "雲州市政府辦公室關於做好春季植樹造林工作的通知，請各機關確實辦理並於網站公開。"


def declaring(charset, text=TEXT):
    return f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={charset}"></head><body>{text}</body></html>'


@pytest.mark.parametrize("actual", ["utf-8", "gbk", "gb18030", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("declared", ["utf-8", "gb2312", "big5", "iso-8859-1"])
def test_the_bytes_are_believed_not_the_declaration(actual, declared):
    assert TEXT in decode(declaring(declared).encode(actual)).text


@pytest.mark.parametrize("declared", ["utf-8", "gb2312", "big5"])
def test_traditional_pages_are_read_as_big5(declared):
    assert TRADITIONAL in decode(declaring(declared, TRADITIONAL).encode("big5")).text


@pytest.mark.parametrize(
    ("mark", "charset"),
    [(codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")],
)
def test_a_byte_order_mark_decides_and_is_not_text(mark, charset):
    decoded = decode(mark + TEXT.encode(charset))

    assert (decoded.text, decoded.charset) == (TEXT, charset)


def test_a_wrong_declaration_is_reported_and_a_synonym_is_not_wrong():
    assert decode(declaring("gb2312").encode()).contradicts
    assert not decode(declaring("gb2312").encode("gbk")).contradicts
    assert not decode(declaring("utf8").encode()).contradicts


def test_rare_characters_of_names_need_gb18030():
    assert decode(declaring("gb2312", TEXT + "䶮㙍𠮷").encode("gb18030")).text.count("𠮷") == 1


def test_a_few_broken_bytes_do_not_change_the_charset():
    data = bytearray((TEXT * 20).encode())
    del data[100], data[900]

    decoded = decode(bytes(data))

    assert decoded.charset == "utf-8"
    assert 0 < decoded.broken <= 4


def test_text_converted_twice_is_turned_back():
    decoded = decode(TEXT.encode().decode("latin-1").encode())

    assert decoded.twice
    assert decoded.text == TEXT


def test_text_an_old_system_destroyed_is_counted():
    assert decode("锟斤拷锟斤拷通知".encode()).lost == 2


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_answered(data):
    assert isinstance(decode(data).text, str)
