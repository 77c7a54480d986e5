import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiyue.common.difference import fold, mark_text
from jiyue.common.html import clean
from jiyue.common.marked_html import lines, mark_html


LETTERS = "部署落实工作要求通知2026abc ，。<&"


def without(tag: str, html: str) -> str:
    """The marked text with one kind of mark taken out and the other accepted."""
    other = {"del": "ins", "ins": "del"}[tag]
    return re.sub(rf"</?{other}>", "", re.sub(rf"<{tag}>.*?</{tag}>", "", html, flags=re.DOTALL))


def filled(html: str) -> list[object]:
    """Lines as a reader of the page counts them: empty ones are none."""
    return [(line.frame, line.text) for line in lines(html) if line.text]


def test_one_wrong_character_is_marked_alone():
    assert mark_text("认真部署，抓好落实", "认真布署，抓好落实") == "认真<del>部</del><ins>布</ins>署，抓好落实"


def test_figures_and_latin_words_are_marked_as_wholes():
    marked = mark_text("共1,280件，用Word排版", "共1,380件，用Excel排版")

    assert marked == "共<del>1,280</del><ins>1,380</ins>件，用<del>Word</del><ins>Excel</ins>排版"


def test_an_added_sentence_is_marked_from_its_first_character_to_its_full_stop():
    assert (
        mark_text("抓好落实。特此通知。", "抓好落实。加强宣传。特此通知。")
        == "抓好落实。<ins>加强宣传。</ins>特此通知。"
    )


def test_a_rewritten_passage_is_not_torn_into_crumbs():
    assert mark_text("甲乙丙丁戊己庚辛", "天地玄丙黄宇庚宙") == "<del>甲乙丙丁戊己庚辛</del><ins>天地玄丙黄宇庚宙</ins>"


def test_markup_in_plain_text_is_shown_not_run():
    assert mark_text("", "<script>") == "<ins>&lt;script&gt;</ins>"


def test_rich_text_keeps_its_marks_and_shows_a_changed_link():
    old = '<p>详见<a href="/a.html">通知</a>，<strong>务必部署</strong>。</p>'
    new = '<p>详见<a href="/b.html">通知</a>，<strong>务必布署</strong>。</p>'

    assert mark_html(old, new) == (
        '<p>详见<a href="/a.html"><del>通知</del></a><a href="/b.html"><ins>通知</ins></a>，'
        "<strong>务必<del>部</del><ins>布</ins>署</strong>。</p>"
    )


def test_an_added_paragraph_leaves_its_neighbours_alone():
    marked = mark_html("<p>第一段。</p><p>第二段。</p>", "<p>第一段。</p><p>新的一段。</p><p>第二段。</p>")

    assert marked == "<p>第一段。</p><p><ins>新的一段。</ins></p><p>第二段。</p>"


def test_a_list_item_and_a_table_cell_are_marked_in_their_place():
    old = "<ul><li>甲事项</li><li>乙事项</li></ul><table><tbody><tr><td>期限</td><td>5日</td></tr></tbody></table>"
    new = "<ul><li>甲事项</li><li>乙项目</li></ul><table><tbody><tr><td>期限</td><td>3日</td></tr></tbody></table>"

    marked = mark_html(old, new)

    assert "<li>甲事项</li>" in marked
    assert "<td>期限</td><td><del>5</del><ins>3</ins>日</td>" in marked


def test_rich_text_that_only_differs_in_how_it_was_typed_is_unchanged():
    assert "<ins>" not in mark_html("<div>一、<b>总则</b></div>", "<p>一、<strong>总则</strong></p>")


def test_nothing_but_our_grammar_comes_out():
    assert "script" not in mark_html("<p>甲</p>", "<p onclick=x>甲<script>alert(1)</script></p>")


@given(st.text(LETTERS), st.text(LETTERS))
def test_without_removed_text_it_is_the_new_one_and_without_added_text_the_old_one(old, new):
    marked = mark_text(old, new)

    assert without("del", marked) == mark_text(new, new)
    assert without("ins", marked) == mark_text(old, old)


@given(st.text(LETTERS))
def test_equal_texts_are_never_marked(text):
    assert "<ins>" not in mark_text(text, text)
    assert "<del>" not in mark_text(text, text)


inline = st.recursive(
    st.text("部署落实工作2026 a，。", min_size=1, max_size=8),
    lambda inner: st.tuples(st.sampled_from(["strong", "em", 'a href="/x"', 'a href="/y"']), inner).map(
        lambda pair: f"<{pair[0]}>{pair[1]}</{pair[0].split()[0]}>"
    ),
    max_leaves=3,
)
paragraphs = st.lists(inline, min_size=1, max_size=3).map("".join)
rich = st.lists(
    st.one_of(
        paragraphs.map("<p>{}</p>".format),
        paragraphs.map("<h2>{}</h2>".format),
        st.lists(paragraphs, min_size=1, max_size=3).map(
            lambda items: "<ul><li>" + "</li><li>".join(items) + "</li></ul>"
        ),
        st.lists(paragraphs, min_size=2, max_size=2).map(
            lambda cells: "<table><tr><td>" + "</td><td>".join(cells) + "</td></tr></table>"
        ),
    ),
    max_size=5,
).map("".join)


@given(rich, rich)
def test_rich_text_without_removed_parts_is_the_new_one_and_without_added_parts_the_old_one(old, new):
    marked = mark_html(old, new)

    assert filled(without("del", marked)) == filled(new)
    assert filled(without("ins", marked)) == filled(old)


@given(rich)
def test_equal_rich_texts_are_never_marked(text):
    assert mark_html(text, text) == re.sub(r"</ul><ul>|</table><table>|</tbody></table><table><tbody>", "", clean(text))


@pytest.mark.parametrize("changed", [{"部": "布"}, {"部": "布", "5": "6", "，": "；", "实": "时"}])
def test_twenty_thousand_characters_take_less_than_a_third_of_a_second(changed):
    paragraph = "各县区人民政府、市直各部门要高度重视，认真部署，压实责任，于每月5日前报送进展情况。"
    old = "".join(f"<p>{number}．{paragraph}</p>" for number in range(450))

    started = time.process_time()
    marked = mark_html(old, old.translate(str.maketrans(changed)))

    assert marked.count("<ins>") >= 450
    assert time.process_time() - started < 1  # measured 0.2 s; of our own time, for other tests run beside


def test_of_a_long_text_only_what_changed_and_the_lines_around_it_are_shown():
    old = "\n".join(f"第{number}行" for number in range(20))

    shown = fold(mark_text(old, old.replace("第9行", "第9行<b>赌</b>"))).split("\n")

    assert shown == [
        "<small>相同的 7 行</small>",
        "第7行",
        "第8行",
        "第9行<ins>&lt;b&gt;赌&lt;/b&gt;</ins>",
        "第10行",
        "第11行",
        "<small>相同的 8 行</small>",
    ]


def test_a_change_over_several_lines_is_shown_whole():
    kept = "\n".join("一二三四五六七八九")

    shown = fold(mark_text(kept, kept + "\n甲\n乙\n丙\n丁\n戊"))

    assert [line for line in "甲乙丙丁戊" if line in shown] == list("甲乙丙丁戊")
    assert "一" not in shown
