"""Whatever the text: no error, no finding outside it, the same findings again, and none in what was put right."""

from hypothesis import given, settings
from hypothesis import strategies as st

from jiyue.inspector.text import Checker
from jiyue.inspector.text.loading import shipped
from tests.inspector.text_cases import TODAY


CHECKER = Checker([shipped()], hints=True, today=TODAY)
SURE = Checker([shipped()], today=TODAY)
PIECES = [
    *[rule.wrong for rule in shipped().rules if not rule.is_pattern][::7],
    "中华人民共和国", "中华人民共国", "国家发展和改革委员会", "国家发展", "2026年2月30日", "（星期一）", "[2026]第07号", "11010519491231002X",
    "13800138000", "机密★", "“", "”", "《", "》", "。", "\n", "\0", "\ud800", "𠮷", "e\u0301", "，，", "的的", "６", " ",
]  # fmt: skip
anything = st.text(alphabet=st.characters(exclude_categories=()), max_size=60)
likely = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=12).map("".join)


@settings(max_examples=150)
@given(anything | likely)
def test_findings_lie_inside_the_text_apart_and_in_order(text):
    found = CHECKER.check(text)

    assert found == CHECKER.check(text)
    place = 0
    for finding in found:
        assert place <= finding.offset < finding.end <= len(text)
        place = finding.end


@settings(max_examples=100)
@given(likely, likely)
def test_what_stands_in_another_paragraph_changes_nothing(before, text):
    alone = {(f.rule, f.offset, f.length) for f in SURE.check(text)}
    gap = "。\n" * 70  # farther than any rule looks
    shift = len(before + gap)

    together = {(f.rule, f.offset - shift, f.length) for f in SURE.check(before + gap + text) if f.offset >= shift}

    assert together == alone


@settings(max_examples=60)
@given(
    st.sampled_from([rule for rule in shipped().rules if not rule.is_pattern and rule.right and rule.default == "on"])
)
def test_what_was_put_right_is_not_found_again(rule):
    text = f"（{rule.wrong}）"
    for finding in SURE.check(text):
        text = text[: finding.offset] + finding.suggestion + text[finding.end :]

    assert rule.id not in {finding.rule for finding in SURE.check(text)}


def test_one_line_of_a_million_characters():
    text = "云州市人民政府办公室印发通知2026年9月4日，" * 40_000 + "布署"

    (found,) = SURE.check(text)

    assert (found.offset, found.length) == (len(text) - 2, 2)


def test_nothing_in_nothing():
    assert SURE.check("") == []
    assert Checker([]).check("人民攻府") == []
