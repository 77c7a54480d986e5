import re

from hypothesis import given
from hypothesis import strategies as st

from jiyue.search.highlight import SNIPPET, marked, snippet
from jiyue.search.text import normalise, terms_of


def test_title_is_escaped_and_marked():
    assert (
        marked("<script>alert(1)</script> & 通知", ("通知",))
        == "&lt;script&gt;alert(1)&lt;/script&gt; &amp; <mark>通知</mark>"
    )


def test_marks_cannot_be_made_by_the_query():
    assert marked("a<b>c", ("<b>",)) == "a<mark>&lt;b&gt;</mark>c"


def test_overlapping_terms_make_one_mark():
    assert marked("政务公开", ("政务公", "务公开")) == "<mark>政务公开</mark>"


def test_marks_stand_on_the_text_as_written():
    assert marked("云政办发 〔2026〕 31 号", terms_of("云政办发[2026]31号")) == "<mark>云政办发 〔2026〕 31 号</mark>"


def test_snippet_shows_the_first_hit_deep_in_a_long_text():
    shown = snippet("甲。" * 5000 + "\n" + "乙" * 300 + "营商环境" + "丙" * 300, ("营商环境",))

    assert "<mark>营商环境</mark>" in shown
    assert shown.startswith("…乙")
    assert shown.endswith("丙…")


def test_snippet_without_a_hit_is_the_beginning():
    assert snippet("只在标题里有", ("营商",)) == "只在标题里有"


@given(st.text(max_size=300), st.text(min_size=1, max_size=4))
def test_whatever_is_marked_nothing_but_marks_is_html(text, query):
    terms = terms_of(query)

    html = snippet(text, terms)

    assert "<" not in re.sub(r"</?mark>", "", html)
    assert len(re.sub(r"&[a-z0-9#]+;|</?mark>", "x", html)) <= SNIPPET * 3
    for hit in re.findall(r"<mark>(.*?)</mark>", marked(text, terms), re.DOTALL):
        assert hit


@given(st.text(alphabet="政务公开abＡ 〔[", min_size=2, max_size=40), st.data())
def test_a_word_of_the_text_is_always_marked(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    terms = terms_of(text[start : start + 3])

    html = marked(text, terms)

    assert ("<mark>" in html) == any(term in normalise(text) for term in terms)
