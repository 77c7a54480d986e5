from hypothesis import given
from hypothesis import strategies as st

from jiyue.search.lexicon import LARGEST, LONGEST, Lexicon, mine


def test_frequent_strings_of_three_and_more_are_mined_with_their_beginnings():
    lexicon = mine(["云州市人民政府令"] * 5 + ["别的事情"] * 200)

    assert "云州市人民政府" in lexicon
    assert "云州市" in lexicon
    assert "云州" not in lexicon


def test_what_is_rare_is_not_in_the_lexicon():
    assert "云州市" not in mine(["云州市人民政府令"] * 2 + [f"第{number}件" for number in range(500)])


def test_the_lexicon_is_bounded():
    text = "".join(chr(0x4E00 + number) for number in range(3000))

    lexicon = mine([text] * 5)

    assert len(lexicon.strings) == LARGEST
    assert max(map(len, lexicon.strings)) <= LONGEST


@given(st.lists(st.text(alphabet="政务公开办", min_size=1, max_size=30), min_size=5, max_size=20))
def test_every_occurrence_of_a_string_of_the_lexicon_is_found(texts):
    lexicon = mine(texts)

    for text in texts:
        assert lexicon.within(text) == {string for string in lexicon.strings if string in text}


def test_an_empty_lexicon_finds_nothing():
    assert Lexicon().within("云州市人民政府") == set()
