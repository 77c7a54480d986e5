"""Protected terms: what is one character away from a name that must be exact.

A term of seven characters and more is found with any one character in its middle changed, missing, added or changed places
with the next; its first and last character only as a look-alike or sound-alike, for 社会主义核心价值体系 is no slip for
社会主义核心价值观. Of shorter terms only look-alikes and sound-alikes are slips: 村民代表大会 is none.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from jiyue.inspector.text.guards import goes_on, is_word
from jiyue.inspector.text.hits import Hit
from jiyue.inspector.text.packs import Term
from jiyue.inspector.text.similar import is_similar, similar_to


LONG = 7
PARTICLES = "的和与及"  # between two words they make a phrase, not a slip


@dataclass(frozen=True, slots=True)
class Half:
    """One half of a long term was found; the other may stand beside it with a slip."""

    term: Term
    found: str
    missing: str
    is_first: bool

    def at(self, text: str, start: int, end: int) -> Iterator[Hit]:
        if text.startswith(self.missing, end if self.is_first else max(0, start - len(self.missing))):
            return  # as it should be, nearly always
        reach = len(self.missing) + 1
        if self.is_first:
            length = _slip(text[end : end + reach], self.missing)
            whole = (start, end + length)
        else:
            length = _slip(text[max(0, start - reach) : start][::-1], self.missing[::-1])
            whole = (start - length, end)
        if length and not _is_neighbour(self.term, text, *whole) and not goes_on(text, *whole):
            yield _hit(self.term, *whole)


@dataclass(frozen=True, slots=True)
class Variant:
    """A short term with one character taken for another."""

    term: Term

    def at(self, text: str, start: int, end: int) -> Iterator[Hit]:
        if not _is_neighbour(self.term, text, start, end) and not is_word(text[start:end]):
            yield _hit(self.term, start, end, is_splittable=True)


def watchers(term: Term) -> Iterator[tuple[str, Half | Variant]]:
    """What to look for, and who looks closer there."""
    name = term.term
    if len(name) >= LONG:
        first, last = name[: len(name) // 2], name[len(name) // 2 :]
        yield first, Half(term, first, last, is_first=True)
        yield last, Half(term, last, first, is_first=False)
        yield first[:-1] + last[0] + first[-1] + last[1:], Variant(term)
        return
    variant = Variant(term)
    for place, character in enumerate(name):
        for other in similar_to(character):
            yield name[:place] + other + name[place + 1 :], variant


def _hit(term: Term, start: int, end: int, *, is_splittable: bool = False) -> Hit:
    return Hit(start, end, "protected", term.category, term.term, is_splittable=is_splittable)


def _is_neighbour(term: Term, text: str, start: int, end: int) -> bool:
    """It is, or stands in, another right name."""
    for name in (term.term, *term.neighbours):
        place = text.find(name, max(0, start - len(name)), end + len(name))
        if place >= 0 and place < end and start < place + len(name):
            return True
    return False


def _slip(text: str, wanted: str) -> int:
    """How many characters of the text's beginning are ``wanted`` with one slip; 0 if none, or if it is exact."""
    same = next((i for i, (one, other) in enumerate(zip(text, wanted, strict=False)) if one != other), len(wanted))
    if same >= min(len(wanted), len(text)):
        return 0
    rest, is_han = wanted[same + 1 :], _is_han(text[same])
    if is_han and text.startswith(wanted[same:], same + 1) and text[same] not in PARTICLES:
        return len(wanted) + 1  # one too many
    if not rest:
        return len(wanted) if is_similar(wanted[same], text[same]) else 0
    if is_han and text.startswith(rest, same + 1):
        return len(wanted)  # one for another
    if text.startswith(rest[0] + wanted[same] + rest[1:], same):
        return len(wanted)  # two have changed places
    return len(wanted) - 1 if text.startswith(rest, same) else 0  # one is missing


def _is_han(character: str) -> bool:
    return "㐀" <= character <= "鿿"
