import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiyue.common.errors import Refused
from jiyue.onboarding.imports import UNREADABLE
from jiyue.onboarding.page import NotAnArticle
from jiyue.onboarding.reading import Entry, entries_in, others_in, read
from tests.onboarding.samples import PARAGRAPHS, SENTENCES, docx, list_page, page, paragraph, png


def only(path):
    (entry,) = entries_in(path)
    return read(entry)


def test_a_folder_is_read_in_order_with_what_lies_beside(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "2.html").write_text(page())
    (tmp_path / "a.jsonl").write_text('{"title":"x","text":"y"}\n\n{"title":"x","text":"z"}\n')
    (tmp_path / "picture.jpg").write_bytes(b"x")

    assert [entry.name for entry in entries_in(tmp_path)] == ["a.jsonl:1", "a.jsonl:3", "b/2.html"]
    assert [path.name for path in others_in(tmp_path)] == ["picture.jpg"]


def test_pictures_and_attachments_come_along_from_the_folder(tmp_path):
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "现场.png").write_bytes(png())
    (tmp_path / "管网 图.pdf").write_bytes(b"%PDF-1.4")
    body = f"<p><img src='images/%E7%8E%B0%E5%9C%BA.png'></p>{PARAGRAPHS}<p><a href='管网 图.pdf?v=1'>附件</a></p>"
    (tmp_path / "1.html").write_bytes(page(body=body).encode("gbk"))

    document = only(tmp_path)

    assert list(document.pictures.values()) == [png()]
    assert list(document.files.values()) == [b"%PDF-1.4"]
    assert document.charset == "gb18030"


def test_pictures_a_browser_saved_beside_the_page_are_found(tmp_path):
    (tmp_path / "通告_files").mkdir()
    (tmp_path / "通告_files" / "a.png").write_bytes(png())
    (tmp_path / "通告.html").write_text(page(body=f"<p><img src='http://www.yunzhou.example/x/a.png'></p>{PARAGRAPHS}"))

    assert len(only(tmp_path).pictures) == 1


@pytest.mark.parametrize(
    "href", ["../secret.png", "/../secret.png", "..%2fsecret.png", "file:///etc/passwd", "http://[x/a.png"]
)
def test_nothing_outside_the_folder_is_read(tmp_path, href):
    (tmp_path / "secret.png").write_bytes(png())
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "1.html").write_text(page(body=f"<p><img src='{href}'></p>{PARAGRAPHS}"))

    assert only(tmp_path / "site").pictures == {}


def test_links_out_of_the_folder_are_not_followed(tmp_path):
    (tmp_path / "secret.html").write_text(page())
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "1.html").symlink_to(tmp_path / "secret.html")

    assert list(entries_in(tmp_path / "site")) == []


def test_fields_of_an_export_go_before_what_its_text_says(tmp_path):
    record = {
        "title": "停水通告",
        "html": PARAGRAPHS,
        "date": "2021-03-05",
        "author": "云小舟",
        "url": "http://old.example/1.html",
    }
    (tmp_path / "a.jsonl").write_text(json.dumps(record, ensure_ascii=False))

    taken = only(tmp_path / "a.jsonl").page

    assert (taken.title, taken.author, taken.address) == ("停水通告", "云小舟", "http://old.example/1.html")
    assert taken.published_at.isoformat()[:10] == "2021-03-05"


@pytest.mark.parametrize("charset", ["utf-8-sig", "gbk"])
def test_exports_come_in_the_charset_of_their_system(tmp_path, charset):
    (tmp_path / "a.jsonl").write_bytes(
        json.dumps({"title": "停水通告", "text": "".join(SENTENCES)}, ensure_ascii=False).encode(charset)
    )

    assert only(tmp_path / "a.jsonl").page.title == "停水通告"


def test_a_word_file_takes_its_title_from_its_centred_line(tmp_path):
    body = (
        paragraph("关于停水的通告", align="center") + paragraph(SENTENCES[0]) + paragraph("2021年3月4日", align="right")
    )
    (tmp_path / "1.docx").write_bytes(docx(body))

    document = only(tmp_path)

    assert document.page.title == "关于停水的通告"
    assert document.page.published_at.isoformat()[:10] == "2021-03-04"
    assert "关于停水的通告" not in document.blocks[0].value


def test_markup_in_a_text_file_is_read_as_a_page(tmp_path):
    (tmp_path / "1.txt").write_text(page())

    assert only(tmp_path).page.source == "云州市水利局"


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("1.html", b"", "broken"),
        ("1.html", b"%PDF-1.4 ...", "broken"),
        ("1.html", bytes(range(256)) * 40, "broken"),
        ("1.html", list_page().encode(), "list"),
        ("1.txt", "bet365官网\n停水通告\n".encode() + SENTENCES[0].encode(), "hijacked"),
        ("1.txt", ("锟斤拷" * 10 + SENTENCES[0] * 3).encode(), "broken"),
        ("1.jsonl", b'{"title": "x", "text": ', "broken"),
        ("1.jsonl", b'["x"]', "broken"),
        ("1.jsonl", b'{"title": "x"}', "empty"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_the_reason(tmp_path, name, data, kind):
    (tmp_path / name).write_bytes(data)

    with pytest.raises(NotAnArticle) as refused:
        only(tmp_path)
    assert refused.value.kind == kind


WHOLE = page(head='<meta name="PubDate" content="2021-03-05">').encode()
WORD = docx(paragraph("通告", "1") + paragraph(SENTENCES[0]), png())


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([(".html", WHOLE), (".docx", WORD), (".txt", SENTENCES[0].encode("gbk") * 9)]), st.data())
def test_damaged_files_raise_only_what_an_import_survives(tmp_path_factory, kind, data):
    suffix, whole = kind
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 12))):
        position = data.draw(st.integers(0, len(damaged) - 1))
        damaged[position : position + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=20))
        damaged = damaged or bytearray(b"x")
    path = tmp_path_factory.mktemp("damaged") / f"1{suffix}"
    path.write_bytes(bytes(damaged))

    try:
        read(Entry("1", path, path.parent))
    except (NotAnArticle, Refused, *UNREADABLE):
        pass
    assert path.exists()
