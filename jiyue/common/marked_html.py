"""The difference of two pieces of rich text: paragraphs, list items and table rows side by side, then characters in them.

A character is its letter and the marks around it, so that a word set in bold or a link that now leads elsewhere shows
as changed. Both texts pass our sanitiser first: whatever comes in, only its grammar, ``<ins>`` and ``<del>`` come out.
"""

from bisect import bisect
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from html.parser import HTMLParser
from typing import NamedTuple

from django.utils.safestring import SafeString, mark_safe
from rapidfuzz.distance import Indel

from jiyue.common.difference import Kind, align, runs, words
from jiyue.common.html import clean


CONTAINERS = frozenset(["ul", "ol", "blockquote", "table", "thead", "tbody", "tfoot"])
LINES = frozenset(["p", "h2", "h3", "h4", "li", "caption", "hr"])
ALIKE = 0.5  # paragraphs with less in common are shown as removed and added
NEAR = 12  # how far from its old place among the changed ones a changed paragraph is looked for

Mark = tuple[str, int]  # an opening tag; a number parts neighbours of the same name, 0 lets them join


class Token(NamedTuple):
    html: str
    marks: tuple[Mark, ...]


class Cell(NamedTuple):
    opening: str
    tokens: tuple[Token, ...]


class Line(NamedTuple):
    """A paragraph, heading, list item, table row ... with the lists or tables it stands in."""

    frame: tuple[str, ...]
    opening: str  # of a table row; other lines are one cell
    cells: tuple[Cell, ...]

    @property
    def text(self) -> str:
        return "".join(token.html for cell in self.cells for token in cell.tokens)

    @property
    def shape(self) -> tuple[object, ...]:
        return self.frame, self.opening, tuple(cell.opening for cell in self.cells)


def mark_html(old: str, new: str) -> SafeString:
    """The new text with ``<ins>`` and ``<del>``."""
    return mark_safe("".join(_framed(_marked_lines(lines(old), lines(new)))))  # noqa: S308 -- from the sanitiser


def lines(html: str) -> list[Line]:
    reader = _Reader()
    reader.feed(clean(html))
    reader.close()
    return reader.lines


def _marked_lines(old: list[Line], new: list[Line]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each line's frame and HTML."""
    before: list[Line] = []
    after: list[Line] = []
    for kind, left, right in align(old, new):
        before += [old[i] for i in left if kind == "del"]
        after += [new[j] for j in right if kind == "ins"]
        if kind == "same":
            yield from _changed_lines(before, after)
            before, after = [], []
            yield from ((new[j].frame, _whole(new[j], "same")) for j in right)
    yield from _changed_lines(before, after)


def _changed_lines(old: list[Line], new: list[Line]) -> Iterator[tuple[tuple[str, ...], str]]:
    done = 0
    partners = dict(_pairs(old, new))
    for position, line in enumerate(old):
        if position not in partners:
            yield line.frame, _whole(line, "del")
            continue
        partner = partners[position]
        yield from ((added.frame, _whole(added, "ins")) for added in new[done:partner])
        yield line.frame, _compared(line, new[partner])
        done = partner + 1
    yield from ((added.frame, _whole(added, "ins")) for added in new[done:])


def _pairs(old: list[Line], new: list[Line]) -> list[tuple[int, int]]:
    """Lines that are versions of one another, most alike first, never crossing."""
    before, after = [line.text for line in old], [line.text for line in new]
    slope = len(new) / max(len(old), 1)
    likely = [
        (Indel.normalized_similarity(before[i], after[j]), i, j)
        for i in range(len(old))
        for j in range(max(0, int(i * slope) - NEAR), min(len(new), int(i * slope) + NEAR + 1))
        if old[i].shape == new[j].shape
    ]
    chosen: list[tuple[int, int]] = []
    for likeness, i, j in sorted(likely, key=lambda pair: (-pair[0], pair[1], pair[2])):
        place = bisect(chosen, (i, j))
        around = chosen[max(place - 1, 0) : place + 1]
        if likeness >= ALIKE and all((i - a) * (j - b) > 0 for a, b in around):
            chosen.insert(place, (i, j))
    return chosen


def _compared(old: Line, new: Line) -> str:
    cells = (
        _cell(new_cell.opening, ((run.kind, run.tokens) for run in runs(old_cell.tokens, new_cell.tokens)))
        for old_cell, new_cell in zip(old.cells, new.cells, strict=True)
    )
    return _row(new.opening, cells)


def _whole(line: Line, kind: Kind) -> str:
    return _row(line.opening, (_cell(cell.opening, [(kind, cell.tokens)]) for cell in line.cells))


def _row(opening: str, cells: Iterable[str]) -> str:
    return opening + "".join(cells) + _closing(opening)


def _cell(opening: str, stretches: Iterable[tuple[Kind, Sequence[Token]]]) -> str:
    parts: list[str] = []
    open_marks: tuple[Mark, ...] = ()
    for kind, tokens in stretches:
        change: tuple[Mark, ...] = () if kind == "same" else ((f"<{kind}>", 0),)
        for token in tokens:
            parts += [*_step(open_marks, token.marks + change), token.html]
            open_marks = token.marks + change
    return "".join([opening, *parts, *_step(open_marks, ()), _closing(opening)])


def _framed(marked: Iterable[tuple[tuple[str, ...], str]]) -> Iterator[str]:
    """Opens and closes the lists and tables around the lines."""
    frame: tuple[str, ...] = ()
    for wanted, html in marked:
        yield from _step(_as_marks(frame), _as_marks(wanted))
        yield html
        frame = wanted
    yield from _step(_as_marks(frame), ())


def _as_marks(frame: tuple[str, ...]) -> tuple[Mark, ...]:
    return tuple((opening, 0) for opening in frame)


def _step(old: tuple[Mark, ...], new: tuple[Mark, ...]) -> Iterator[str]:
    """The tags that lead from inside one set of marks to inside another."""
    common = 0
    while common < min(len(old), len(new)) and old[common] == new[common]:
        common += 1
    yield from (_closing(opening) for opening, _ in reversed(old[common:]))
    yield from (opening for opening, _ in new[common:])


def _closing(opening: str) -> str:
    return f"</{opening[1:-1].split(maxsplit=1)[0]}>" if opening else ""


class _Reader(HTMLParser):
    """Lines of sanitised HTML. What is nested in a line (a list in a list item) becomes marks of its tokens."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[Line] = []
        self._frame: list[str] = []
        self._row = ""
        self._cells: list[Cell] = []
        self._cell: str | None = None
        self._tokens: list[Token] = []
        self._marks: list[Mark] = []
        self._count = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        opening = self.get_starttag_text() or ""
        if tag == "hr" and self._cell is None:
            self.lines.append(Line(tuple(self._frame), "", (Cell("", (Token(opening, ()),)),)))
        elif tag in {"br", "img", "hr"}:
            self._add(opening)
        elif self._cell is not None:
            nested = tag in CONTAINERS | LINES | {"tr", "td", "th"}
            self._count += nested
            self._marks.append((opening, self._count if nested else 0))
        elif tag in CONTAINERS:
            self._frame.append(opening)
        elif tag == "tr":
            self._row = opening
        else:
            self._cell = opening

    def handle_endtag(self, tag: str) -> None:
        if self._marks:
            self._marks.pop()
        elif self._cell is not None:
            self._cells.append(Cell(self._cell, tuple(self._tokens)))
            self._cell, self._tokens, self._count = None, [], 0
            if not self._row:
                self._end_line()
        elif tag == "tr":
            self._end_line()
        else:
            self._frame.pop()

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            for word in words(data):
                self._add(escape(word, quote=False))

    def _add(self, html: str) -> None:
        self._tokens.append(Token(html, tuple(self._marks)))

    def _end_line(self) -> None:
        self.lines.append(Line(tuple(self._frame), self._row, tuple(self._cells)))
        self._row, self._cells = "", []
