"""The marks in titles and snippets: made for the hits of one page only, from text that is escaped piece by piece."""

from collections.abc import Sequence

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from jiyue.search.text import normalise, normalise_line


SNIPPET = 130  # characters shown
BEFORE = 30  # of them in front of the first hit
LONGEST_LINE = 2000


def marked(text: str, terms: Sequence[str]) -> SafeString:
    """``text`` as HTML with every occurrence of a term in ``<mark>``."""
    return _html(text, _spans(text, terms))


def snippet(text: str, terms: Sequence[str]) -> SafeString:
    """The surroundings of the first hit, or the beginning of the text when it has none."""
    piece = _piece_with_hit(text, terms)
    if piece is None:
        return _cut(" ".join(text[: SNIPPET * 2].split()), 0, ())
    spans = _spans(piece, terms)
    return _cut(piece, max(spans[0][0] - BEFORE, 0), spans)


def _piece_with_hit(text: str, terms: Sequence[str]) -> str | None:
    for line in text.splitlines():
        for start in range(0, len(line), LONGEST_LINE):
            piece = line[max(start - 100, 0) : start + LONGEST_LINE]
            if any(term in normalise(piece) for term in terms):
                return piece
    return None


def _cut(text: str, start: int, spans: Sequence[tuple[int, int]]) -> SafeString:
    end = start + SNIPPET
    inside = [
        (max(left, start) - start, min(right, end) - start) for left, right in spans if left < end and right > start
    ]
    html = _html(text[start:end], inside)
    return mark_safe(f"{'…' if start else ''}{html}{'…' if end < len(text) else ''}")  # noqa: S308 -- escaped in _html


def _spans(text: str, terms: Sequence[str]) -> list[tuple[int, int]]:
    """Where terms stand in ``text``; touching and overlapping places are joined."""
    plain, places = normalise_line(text)
    found = sorted(
        (places[start], places[start + len(term) - 1] + 1) for term in terms for start in _occurrences(plain, term)
    )
    joined: list[tuple[int, int]] = []
    for left, right in found:
        if joined and left <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(right, joined[-1][1]))
        else:
            joined.append((left, right))
    return joined


def _occurrences(text: str, term: str) -> list[int]:
    found, start = [], text.find(term)
    while start >= 0:
        found.append(start)
        start = text.find(term, start + 1)
    return found


def _html(text: str, spans: Sequence[tuple[int, int]]) -> SafeString:
    parts, done = [], 0
    for left, right in spans:
        parts += [escape(text[done:left]), "<mark>", escape(text[left:right]), "</mark>"]
        done = right
    return mark_safe("".join([*parts, escape(text[done:])]))  # noqa: S308 -- every piece is escaped above
