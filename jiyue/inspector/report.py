"""Findings of a text as lines for a terminal."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence

from jiyue.inspector.findings import Finding, Severity, Tier
from jiyue.inspector.phrases import Phrases
from jiyue.inspector.text import Checker


AROUND = 16  # characters shown on either side
COLOURS = {Severity.VETO: "1;31", Severity.SERIOUS: "31", Severity.ERROR: "33", Severity.STYLE: "36"}


def report(
    text: str, found: Sequence[Finding], checker: Checker, name: str, say: Phrases, *, is_colourful: bool
) -> Iterator[str]:
    lines = _line_starts(text)
    shown = say["stdin"] if name == "-" else name
    for finding in found:
        line = bisect_right(lines, finding.offset)
        column = finding.offset - lines[line - 1] + 1
        title = checker.title_of(finding)
        sure = f"{say['probable']} " if finding.tier is Tier.PROBABLE else ""
        yield f"{shown}:{line}:{column}: {_painted(say[finding.severity], finding, is_colourful)} {sure}{title} [{finding.rule}]"
        yield f"    {_excerpt(text, finding, is_colourful)}"
        better = f" {say['instead']}{finding.suggestion}" if finding.suggestion else ""
        yield f"    {finding.reason}{better}"
    yield _sum(found, checker, say)


def _sum(found: Sequence[Finding], checker: Checker, say: Phrases) -> str:
    packs = "、".join(checker.labels)
    if not found:
        return say["nothing"].format(packs=packs)
    numbers = Counter(finding.severity for finding in found)
    parts = "，".join(f"{say[severity]} {numbers[severity]}" for severity in sorted(numbers))
    return say["sum"].format(count=len(found), parts=parts, packs=packs)


def _excerpt(text: str, finding: Finding, is_colourful: bool) -> str:
    first, last = max(0, finding.offset - AROUND), min(len(text), finding.end + AROUND)
    marked = _painted(f"【{_visible(text[finding.offset : finding.end])}】", finding, is_colourful)
    before, after = _visible(text[first : finding.offset]), _visible(text[finding.end : last])
    return f"{'…' if first else ''}{before}{marked}{after}{'…' if last < len(text) else ''}"


def _visible(text: str) -> str:
    """On one line, and without what a terminal would obey."""
    return "".join(character if character.isprintable() else " " for character in text)


def _painted(text: str, finding: Finding, is_colourful: bool) -> str:
    return f"\x1b[{COLOURS[finding.severity]}m{text}\x1b[0m" if is_colourful else text


def _line_starts(text: str) -> list[int]:
    return [0, *(place + 1 for place, character in enumerate(text) if character == "\n")]
