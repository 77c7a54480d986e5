"""One form of text for the index and for what people type, so that "contains" means the same on both sides.

Width, case, accents and the shape of brackets, quotes and dashes do not count; neither do spaces beside Chinese
characters (通　知, 云政办发 〔2026〕 31 号). Line breaks separate: nothing is found across them.
"""

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise


SPACE, BREAK = "␣", "␤"  # visible stand-ins: the index cuts its tokens at real white space
MAX_QUERY = 100
MAX_TERMS = 8

_ALIKE = {
    "(": "〔[【〖﹝｛{〘〚",
    ")": "〕]】〗﹞｝}〙〛",
    '"': "“”‘’„‟「」『』'`´〝〞",
    "-": "‐‑‒–—―−─━~〜∼",
    "·": "•・‧∙",
    "《": "〈«",
    "》": "〉»",
    "〇": "○◯",
}
_ALIKE_OF = {other: one for one, others in _ALIKE.items() for other in others}
_BREAKS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
_PAIRS = {"《": "》", '"': '"', "(": ")"}
_HAN = "\u3007\u3400-\u9fff\U00020000-\U0003ffff"
_SPACES = re.compile(f"{SPACE}{{2,}}")
_IDLE_SPACE = re.compile(rf"(?<![^\W{_HAN}]){SPACE}|{SPACE}(?![^\W{_HAN}])")
_BREAK_RUN = re.compile(f"{BREAK}{{2,}}")


class _Table(dict[int, str]):
    """Code point → its normal form, worked out once. ``shifting``: characters whose form is none or several."""

    def __init__(self) -> None:
        self.shifting: set[str] = set()

    def __missing__(self, code: int) -> str:
        self[code] = form = _normal_form(chr(code))
        if len(form) != 1:
            self.shifting.add(chr(code))
        return form


def _normal_form(char: str) -> str:
    if char in _BREAKS:
        return BREAK
    if char.isspace():
        return SPACE
    parts = unicodedata.normalize("NFKD", _ALIKE_OF.get(char, char)).casefold()
    return "".join(_ALIKE_OF.get(part, part) for part in parts if not _is_ignored(part)).replace(" ", SPACE)


def _is_ignored(char: str) -> bool:
    """Controls, format characters, lone surrogates, Latin accents and variation selectors."""
    return (
        unicodedata.category(char) in {"Cc", "Cf", "Cs"} or "\u0300" <= char <= "\u036f" or "\ufe00" <= char <= "\ufe0f"
    )


_TABLE = _Table()


def normalise(text: str) -> str:
    plain = text.translate(_TABLE)
    if SPACE in plain:
        plain = _IDLE_SPACE.sub("", _SPACES.sub(SPACE, plain))
    if BREAK in plain:
        plain = _BREAK_RUN.sub(BREAK, plain)
    return plain.strip(SPACE + BREAK)


def normalise_line(line: str) -> tuple[str, Sequence[int]]:
    """The normal form of one line and, for each of its characters, the place in ``line`` it came from."""
    plain = line.translate(_TABLE)
    if SPACE not in plain and _TABLE.shifting.isdisjoint(line):
        return plain, range(len(plain))
    return _normalise_shifting(line)


def _normalise_shifting(line: str) -> tuple[str, list[int]]:
    forms = [_TABLE[ord(char)] for char in line]
    chars = [(char, place) for place, form in enumerate(forms) for char in form]
    raw = "".join(char for char, _ in chars)
    dropped = {match.start() for match in re.finditer(f"{SPACE}(?={SPACE})", raw)}
    kept = [pair for number, pair in enumerate(chars) if number not in dropped]
    raw = "".join(char for char, _ in kept)
    idle = {match.start() for match in _IDLE_SPACE.finditer(raw)}
    kept = [pair for number, pair in enumerate(kept) if number not in idle]
    return "".join(char for char, _ in kept), [place for _, place in kept]


def terms_of(query: str) -> tuple[str, ...]:
    """The words a person typed, in normal form: all of them must be found. 《…》, “…” and （…） around a whole word
    are not part of it."""
    words = (_unwrap(normalise(word)) for word in query[:MAX_QUERY].split())
    return tuple(dict.fromkeys(word for word in words if word))[:MAX_TERMS]


def _unwrap(word: str) -> str:
    if len(word) > 2 and _PAIRS.get(word[0]) == word[-1] and word[-1] not in word[1:-1]:
        return word[1:-1]
    return word


def bigrams(text: str) -> list[str]:
    """Every pair of neighbours, in order. ``bigrams("政务公开") == ["政务", "务公", "公开"]``"""
    return list(map("".join, pairwise(text)))
