"""Clean HTML into the blocks of an item's body: text, tables and pictures, in their order."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from selectolax.lexbor import LexborHTMLParser

from jiyue.common.html import clean, clean_table, text_of
from jiyue.onboarding.facts import has_sentence


_IMAGE: Final = re.compile(r'<img src="([^"]*)"(?: alt="([^"]*)")?[^>]*>')
_FIRST_ROW: Final = re.compile(r"<tbody><tr>(.*?)</tr>", re.DOTALL)
_CELL: Final = re.compile(r"<td([^>]*)>(.*?)</td>", re.DOTALL)
CAPTION: Final = 60  # characters; a longer line below a picture is text


class Block(NamedTuple):
    """``kind`` is text, table or image; ``value`` HTML, or the address (a placeholder) of the picture."""

    kind: str
    value: str
    alt: str = ""
    caption: str = ""


def blocks_of(html: str) -> list[Block]:
    """Blocks of any HTML; it is cleaned first."""
    blocks: list[Block] = []
    for part in _parts(clean(html)):
        if part.kind == "text" and blocks and blocks[-1].kind == "text":
            blocks[-1] = blocks[-1]._replace(value=blocks[-1].value + part.value)
        elif part.kind == "text" and blocks and blocks[-1].kind == "image" and _is_caption(part.value, blocks[-1]):
            blocks[-1] = blocks[-1]._replace(caption=text_of(part.value))
        else:
            blocks.append(part)
    return blocks


def _parts(html: str) -> Iterator[Block]:
    body = LexborHTMLParser(html).body if html else None
    node = body.first_child if body is not None else None
    while node is not None:
        written = node.html or ""
        if node.tag == "table":
            yield Block("table", with_header(clean_table(written)))
        elif node.css_first("img") is not None:
            yield from _around_pictures(written)
        else:
            yield Block("text", written)
        node = node.next


def _around_pictures(html: str) -> Iterator[Block]:
    """A paragraph with pictures becomes the text before, the pictures, the text after."""
    position = 0
    for match in _IMAGE.finditer(html):
        yield from _text(html[position : match.start()])
        yield Block("image", match[1], alt=match[2] or "")
        position = match.end()
    yield from _text(html[position:])


def _text(fragment: str) -> Iterator[Block]:
    cleaned = clean(fragment)
    if text_of(cleaned):
        yield Block("text", cleaned)


def _is_caption(html: str, picture: Block) -> bool:
    """One short centred line below a picture that has none yet."""
    text = text_of(html)
    centred = html.startswith('<p class="center">') and html.count("<p") == 1
    return centred and not picture.caption and len(text) <= CAPTION and not has_sentence(text)


def with_header(table: str) -> str:
    """Where nobody marked header cells but the whole first row is bold, it is the header row."""
    first = _FIRST_ROW.search(table)
    if "<th" in table or first is None or table.count("<tr>") < 2:
        return table
    cells = _CELL.findall(first[1])
    if not cells or any(not re.fullmatch(r"<strong>(?:(?!</strong>).)*</strong>", text) for _, text in cells):
        return table
    head = "".join(f"<th{_scoped(attributes)}>{text[8:-9]}</th>" for attributes, text in cells)
    rest = table[first.end() :]
    return clean_table(f"{table[: first.start()]}<thead><tr>{head}</tr></thead><tbody>{rest}")


def _scoped(attributes: str) -> str:
    return attributes + (' scope="colgroup"' if "colspan" in attributes else ' scope="col"')
