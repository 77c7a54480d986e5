"""The sanitised text of an item, made ready for a page: headings in order, wide tables in a box of their own, a table
of contents."""

from __future__ import annotations

import re
from itertools import count

from markupsafe import Markup

from jiyue.common.html import shown


HEADING = re.compile(r"<(/?)h([1-6])(\b[^>]*)>")
TABLE = re.compile(r"<table\b")
SECTION = re.compile(
    r"<(h2|p)((?: [^>]*)?)>(\s*(?:<strong>)?\s*)((?:[一二三四五六七八九十]{1,3}、|第[一二三四五六七八九十百]{1,4}章)[^<]{1,40})(?=(?:</strong>)?\s*</\1>)"
)


def body_html(stored: str) -> Markup:
    html = shown(stored)
    if "<h" in html:
        html = _orderly(html)
    if "<table" in html:
        html = _boxed(html)
    return Markup(html)


def contents_of(body: Markup) -> tuple[Markup, list[dict[str, str]]]:
    """The body with an address at each 一、 二、 and the list of them; no list for fewer than two."""
    entries: list[dict[str, str]] = []

    def mark(found: re.Match[str]) -> str:
        entries.append({"id": f"s{len(entries) + 1}", "text": Markup(found[4]).unescape().strip("。 ")})
        return f'<{found[1]}{found[2]} id="{entries[-1]["id"]}">{found[3]}{found[4]}'

    marked = SECTION.sub(mark, str(body))
    return (Markup(marked), entries) if len(entries) > 1 else (body, [])


def _orderly(html: str) -> str:
    """Headings below the page's h1, never skipping a level (GB/T 37668; readers jump from one to the next)."""
    stack: list[int] = []
    current = 2

    def level(found: re.Match[str]) -> str:
        nonlocal current
        if not found[1]:
            wanted = int(found[2])
            while stack and stack[-1] >= wanted:
                stack.pop()
            stack.append(wanted)
            current = min(len(stack) + 1, 6)
        return f"<{found[1]}h{current}{found[3]}>"

    return HEADING.sub(level, html)


def _boxed(html: str) -> str:
    numbers = count(1)
    opened = TABLE.sub(
        lambda _match: f'<div class="scrollx" role="region" tabindex="0" aria-label="表格 {next(numbers)}"><table', html
    )
    return opened.replace("</table>", "</table></div>")
