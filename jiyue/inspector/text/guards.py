"""What looks wrong and is not: two words side by side, and what others said."""

import re
from collections.abc import Iterator


REACH = 8  # characters around, enough for any word
QUOTED = (("“", "”"), ("《", "》"), ("「", "」"), ("『", "』"))
LONGEST_QUOTATION = 120
_HAN = re.compile(r"[㐀-鿿]*")


def is_two_words(text: str, start: int, end: int) -> bool:
    """An ordinary word reaches over an edge of it, as in 预|防犯|罪."""
    return any(first < start < last or first < end < last for first, last in _words_around(text, start, end))


def goes_on(text: str, start: int, end: int) -> bool:
    """An ordinary word begins in it and ends behind it, as in 文化旅游部|门."""
    return any(first < end < last for first, last in _words_around(text, start, end))


def _words_around(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    before = _HAN.match(text[max(0, start - REACH) : start][::-1])
    after = _HAN.match(text, end, min(len(text), end + REACH))
    position = start - (before.end() if before else 0)
    last = after.end() if after else end
    for word in _words(text[position:last]):
        yield position, position + len(word)
        position += len(word)


def is_word(text: str) -> bool:
    return _words(text) == [text]


def is_quoted(text: str, start: int, end: int) -> bool:
    """Between quotation marks or in a title, in one paragraph."""
    first, last = max(0, start - LONGEST_QUOTATION), end + LONGEST_QUOTATION
    for opening, closing in QUOTED:
        mark = text.rfind(opening, first, start)
        if mark < 0 or text.find(closing, mark, start) >= 0:
            continue
        close = text.find(closing, end, last)
        if close >= 0 and "\n" not in text[mark:close]:
            return True
    return False


def _words(text: str) -> list[str]:
    from rjieba import cut  # its dictionary takes longer to load than most texts to check

    return cut(text, False)  # only words of the dictionary
