"""The strings of three characters or more that occur in a good part of all texts (人民政府, 云州市人民政府办公室 ...).

Answering them from pairs of characters means comparing positions in a hundred thousand documents. So each gets a term
of its own. Unlike the words of a segmenter, *every* occurrence counts, so that asking for the term finds exactly the
documents that contain the string.
"""

from collections import Counter
from collections.abc import Iterable, Sequence


SHARE = 0.02  # of the sample
LONGEST = 12
LARGEST = 6000


class Lexicon:
    """Holds with a string all its beginnings, so that one pass over a text finds them all."""

    def __init__(self, strings: Iterable[str] = ()) -> None:
        self.strings = frozenset(strings)

    def __contains__(self, string: object) -> bool:
        return string in self.strings

    def within(self, text: str) -> set[str]:
        """All strings of the lexicon which occur in ``text``."""
        strings, found = self.strings, set()
        threes = map("".join, zip(text, text[1:], text[2:], strict=False))
        for start in [place for place, three in enumerate(threes) if three in strings]:
            end = start + 3
            while (string := text[start:end]) in strings and end <= len(text):
                found.add(string)
                end += 1
        return found


def mine(texts: Sequence[str]) -> Lexicon:
    """Counts in how many texts of a sample each string occurs, longer ones only from frequent shorter ones."""
    floor = max(len(texts) * SHARE, 3)
    frequent: Counter[str] = Counter()
    shorter: dict[str, int] | None = None
    for length in range(3, LONGEST + 1):
        shorter = _frequent(texts, length, shorter, floor)
        frequent.update(shorter)
    ranked = sorted(frequent.items(), key=lambda pair: (-pair[1], len(pair[0]), pair[0]))
    return Lexicon(string for string, _ in ranked[:LARGEST])


def _frequent(texts: Sequence[str], length: int, shorter: dict[str, int] | None, floor: float) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for text in texts:
        strings = {text[place : place + length] for place in range(len(text) - length + 1)}
        if shorter is not None:
            strings = {string for string in strings if string[:-1] in shorter and string[1:] in shorter}
        counts.update(strings)
    return {string: count for string, count in counts.items() if count >= floor}
