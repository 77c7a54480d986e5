import base64
import io
import zipfile

import pytest

from jiyue.common.errors import Refused
from jiyue.onboarding.word import from_docx, from_paste
from tests.onboarding.samples import DRAWN, docx, paragraph, png, table


DOCUMENT = (
    paragraph("停水通告", "a3")
    + paragraph("一、安排", "1")
    + paragraph("（一）时间", "2")
    + paragraph("本周五上午停水。")
    + paragraph("")
    + table([["村名", "时间"], ["青溪村", "九时"]])
    + DRAWN
    + paragraph("云州市水利局", align="right")
)


def test_a_word_file_keeps_headings_tables_pictures_and_alignment():
    taken = from_docx(docx(DOCUMENT, png()), "通告.docx")

    assert taken.title == "停水通告"
    assert [block.kind for block in taken.blocks] == ["text", "table", "image", "text"]
    assert taken.blocks[0].value == "<h2>一、安排</h2><h3>（一）时间</h3><p>本周五上午停水。</p>"
    assert '<th scope="col">村名</th>' in taken.blocks[1].value
    assert taken.blocks[2].alt == "会场"
    assert taken.blocks[3].value == '<p class="right">云州市水利局</p>'
    assert taken.pictures[0].data == png()


def test_pictures_no_browser_shows_are_counted():
    taken = from_docx(docx(DOCUMENT, b"emf", picture_type="emf"))

    assert taken.pictures == []
    assert any("1 张图片" in note for note in taken.notes)


def bomb():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<w/>" + b" " * 5_000_000)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "a.doc", "另存为"),
        (docx(DOCUMENT), "a.docm", "宏"),
        (docx(DOCUMENT, extra={"word/vbaProject.bin": b"x"}), "a.docx", "宏"),
        (docx(DOCUMENT, extra={"word/x.xml": "<!DOCTYPE x [<!ENTITY a 'b'>]><x/>"}), "a.docx", "不安全"),
        (docx("</w:p>"), "a.docx", "损坏"),
        (docx(""), "a.docx", "没有文字"),
        (b"hello", "a.docx", "不是 Word 文件"),
        (b"PK\x03\x04broken", "a.docx", "不是 Word 文件"),
        (docx(DOCUMENT)[:-200], "a.docx", "不是 Word 文件"),
        (bomb(), "a.docx", "解压后过大"),
        (b"\0" * (21 * 1024 * 1024), "a.docx", "超过"),
    ],
    ids=["doc", "docm", "macro", "entity", "xml", "empty", "text", "zip", "cut", "bomb", "big"],
)
def test_what_is_no_honest_word_file_is_refused_in_words(data, name, said):
    with pytest.raises(Refused, match=said):
        from_docx(data, name)


LIST = "<p class=MsoListParagraph style='mso-list:l0 level{level} lfo1'><span style='mso-list:Ignore'>{marker}<span>&nbsp;</span></span>{text}</p>"


def listed(*entries):
    return "".join(LIST.format(level=level, marker=marker, text=text) for level, marker, text in entries)


def pasted(html):
    return "".join(block.value for block in from_paste(html).blocks)


def test_what_is_words_own_goes():
    html = (
        "<html xmlns:o='urn:schemas-microsoft-com:office:office'><head><style>p.MsoNormal{margin:0}</style></head><body>"
        "<!--[if gte mso 9]><xml><o:Pages>1</o:Pages></xml><![endif]--><p class=MsoNormal style='mso-pagination:none'>"
        "<span lang=EN-US style='font-family:仿宋_GB2312'>本周五<st1:date>上午</st1:date>停水<o:p></o:p></span></p><p class=MsoNormal><o:p>&nbsp;</o:p></p></body></html>"
    )

    assert pasted(html) == "<p>本周五上午停水</p>"


def test_bullets_become_a_list_with_its_levels():
    html = listed((1, "·", "甲"), (2, "o", "甲之一"), (1, "·", "乙"))

    assert pasted(html) == "<ul><li>甲<ul><li>甲之一</li></ul></li><li>乙</li></ul>"


def test_counted_entries_become_a_numbered_list():
    assert pasted(listed((1, "1.", "甲"), (1, "2.", "乙"))) == "<ol><li>甲</li><li>乙</li></ol>"


@pytest.mark.parametrize("markers", [("一、", "二、"), ("（一）", "（二）"), ("3.", "4."), ("a)", "b)")])
def test_numbering_that_means_something_stays_text(markers):
    html = pasted(listed((1, markers[0], "甲"), (1, markers[1], "乙")))

    assert html == f"<p>{markers[0]} 甲</p><p>{markers[1]} 乙</p>"


def test_bullets_typed_by_hand_become_a_list_from_two_on():
    assert pasted("<p>•　甲</p><p>•　乙</p>") == "<ul><li>甲</li><li>乙</li></ul>"
    assert pasted("<p>·　甲</p>") == "<p>·　甲</p>"


def test_lists_with_text_between_stay_two():
    html = pasted(listed((1, "·", "甲")) + "<p>中间</p>" + listed((1, "·", "乙")))

    assert html == "<ul><li>甲</li></ul><p>中间</p><ul><li>乙</li></ul>"


def test_only_styled_paragraphs_are_headings():
    html = "<p style='mso-outline-level:1'>一、安排</p><p>二、要求</p>"

    assert pasted(html) == "<h2>一、安排</h2><p>二、要求</p>"


def test_headings_of_a_paste_move_below_the_title():
    assert pasted("<h1>甲</h1><h2>乙</h2>") == "<h2>甲</h2><h3>乙</h3>"


def test_pictures_pasted_as_data_come_along_and_others_are_counted():
    data = base64.b64encode(png()).decode()
    taken = from_paste(f"<p>甲<img src='data:image/png;base64,{data}' alt='图'><img src='file:///C:/a.png'></p>")

    assert taken.pictures[0].data == png()
    assert [block.kind for block in taken.blocks] == ["text", "image"]
    assert any("1 张图片" in note for note in taken.notes)


def test_code_in_a_paste_goes():
    assert pasted("<p onclick=x>甲<script>alert(1)</script><a href='javascript:1'>乙</a></p>") == "<p>甲乙</p>"


def test_an_empty_paste_is_refused():
    with pytest.raises(Refused, match="没有可用的内容"):
        from_paste("<p>&nbsp;</p>")
