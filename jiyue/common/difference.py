"""What changed between two texts, marked so that a Chinese reader sees it at a glance.

Chinese is compared character by character, Latin words and figures as wholes. Scattered matches inside a rewritten
passage are given up: one character kept out of three is noise, not information. Without its ``<del>`` the result is
the new text, without its ``<ins>`` the old one.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import groupby, pairwise
from typing import Any, Literal, NamedTuple

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import ngettext
from rapidfuzz.distance import LCSseq


Kind = Literal["same", "del", "ins"]

MARK = re.compile(r"</?(?:ins|del)>")
AROUND = 2  # lines shown before and after a changed one
WORD = re.compile(r"[A-Za-z]+|\d+(?:[.,]\d+)*|\s+|.", re.DOTALL)
SENTENCE_ENDS = frozenset("。！？；，、：,.;!?\n")
LIMIT = 1_000_000_000  # cells of the comparison table (125 MB); a longer pair counts as rewritten


class Run(NamedTuple):
    kind: Kind
    tokens: tuple[Any, ...]

    @property
    def text(self) -> str:
        return "".join(self.tokens)


@dataclass(slots=True)
class Edit:
    """What stayed, and what was removed and added after it."""

    kept: list[Any] = field(default_factory=list)
    removed: list[Any] = field(default_factory=list)
    added: list[Any] = field(default_factory=list)

    @property
    def size(self) -> int:
        return max(len(self.removed), len(self.added))


def words(text: str) -> list[str]:
    """One token per Chinese character, Latin word, figure or run of white space."""
    return WORD.findall(text)


def mark_text(old: str, new: str) -> SafeString:
    """The difference of two plain texts as HTML."""
    parts = [(run.kind, escape(run.text)) for run in runs(words(old), words(new))]
    return mark_safe("".join(text if kind == "same" else f"<{kind}>{text}</{kind}>" for kind, text in parts))  # noqa: S308


def fold(marked: SafeString) -> SafeString:
    """A marked text with only the lines around what changed; what is between stays in number."""
    lines, inside, changed = marked.split("\n"), False, []
    for number, line in enumerate(lines):
        tags = MARK.findall(line)
        if inside or tags:
            changed.append(number)
        inside = not tags[-1].startswith("</") if tags else inside
    close = {each for number in changed for each in range(number - AROUND, number + AROUND + 1)}
    near = sorted(close & set(range(len(lines))))
    shown: list[str] = []
    for before, number in pairwise([-1, *near, len(lines)]):
        if number - before > 1:
            equal = number - before - 1
            shown.append("<small>" + ngettext("相同的 %d 行", "相同的 %d 行", equal) % equal + "</small>")
        shown += lines[number : number + 1]
    return mark_safe("\n".join(shown))  # noqa: S308


def runs(old: Sequence[Any], new: Sequence[Any]) -> list[Run]:
    """The difference of two sequences of tokens, in reading order. A token is a string or a tuple that begins with one."""
    edits = _without_noise(_edits(old, new))
    _begin_after_punctuation(edits)
    stretches: list[tuple[Kind, list[Any]]] = []
    for edit in edits:
        stretches += [("same", edit.kept), ("del", edit.removed), ("ins", edit.added)]
    filled = [stretch for stretch in stretches if stretch[1]]
    return [
        Run(kind, tuple(token for _, tokens in alike for token in tokens))
        for kind, alike in groupby(filled, key=lambda stretch: stretch[0])
    ]


def align(old: Sequence[Any], new: Sequence[Any]) -> Iterator[tuple[Kind, range, range]]:
    """Stretches of equal, removed and added positions of two sequences, in order."""
    if len(old) * len(new) > LIMIT:
        yield "del", range(len(old)), range(0)
        yield "ins", range(0), range(len(new))
        return
    numbers: dict[Any, int] = {}
    before = [numbers.setdefault(token, len(numbers)) for token in old]
    after = [numbers.setdefault(token, len(numbers)) for token in new]
    kinds: dict[str, Kind] = {"equal": "same", "delete": "del", "insert": "ins"}
    for code in LCSseq.opcodes(before, after):
        yield kinds[code.tag], range(code.src_start, code.src_end), range(code.dest_start, code.dest_end)


def _edits(old: Sequence[Any], new: Sequence[Any]) -> list[Edit]:
    edits = [Edit()]
    for kind, before, after in align(old, new):
        if kind == "same":
            edits.append(Edit(kept=[old[i] for i in before]))
        edits[-1].removed += [old[i] for i in before if kind == "del"]
        edits[-1].added += [new[j] for j in after if kind == "ins"]
    return edits


def _without_noise(edits: list[Edit]) -> list[Edit]:
    """Gives up what was kept between two edits that are both at least as long."""
    clear: list[Edit] = []
    for edit in edits:
        clear.append(edit)
        while len(clear) > 1 and 0 < len(clear[-1].kept) <= min(clear[-2].size, clear[-1].size):
            last = clear.pop()
            clear[-1].removed += last.kept + last.removed
            clear[-1].added += last.kept + last.added
    return clear


def _begin_after_punctuation(edits: list[Edit]) -> None:
    """An addition or removal that could stand a little to the left or right begins where a sentence does."""
    for edit, following in pairwise(edits):
        changed = edit.removed or edit.added
        if changed and not (edit.removed and edit.added):
            line = edit.kept + changed + following.kept
            start = _best_start(line, len(edit.kept), len(changed))
            end = start + len(changed)
            edit.kept, changed[:], following.kept = line[:start], line[start:end], line[end:]


def _best_start(line: list[Any], start: int, size: int) -> int:
    first = last = start
    while first > 0 and line[first - 1] == line[first + size - 1]:
        first -= 1
    while last + size < len(line) and line[last] == line[last + size]:
        last += 1
    places = (at for at in range(first, last + 1) if at == 0 or line[at - 1][0] in SENTENCE_ENDS)
    return next(places, start)
