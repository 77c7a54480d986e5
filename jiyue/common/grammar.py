"""The small HTML grammar our rich text is written in, and the writer that puts any parsed HTML into it.

Headings, paragraphs, lists, quotations and tables; inside them text, links and a few marks. Alignment survives as a
class because centred and right-aligned lines carry meaning in official documents; nothing else of the look does.
"""

import html as entities
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode


MAX_DEPTH: Final = 120  # deeper nesting is an attack or an accident; its text is kept, its structure is not


def names(text: str) -> frozenset[str]:
    return frozenset(text.split())


HEADINGS: Final = {"h1": "h2", "h2": "h2", "h3": "h3", "h4": "h4", "h5": "h4", "h6": "h4"}
MARKS: Final = {
    "strong": "strong",
    "b": "strong",
    "em": "em",
    "i": "em",
    "cite": "em",
    "sub": "sub",
    "sup": "sup",
}
# Dropped with everything inside: code, foreign markup, form controls, what a browser would not show as text.
DROPPED: Final = names(
    "script style template noscript iframe object embed applet svg math audio video canvas input button select textarea "
    "option optgroup datalist title head link meta base frame frameset noembed noframes map area param source track "
    "dialog -comment -undef -doctype"
)
# Everything else that begins a line of its own in a browser becomes a paragraph.
PARAGRAPHS: Final = names(
    "p div section article main header footer aside nav center address dl dt dd figure figcaption form fieldset legend "
    "details summary pre body html hgroup li caption tr td th tbody thead tfoot xmp plaintext listing"
)
IMAGE_ADDRESS: Final = re.compile(r"/m/(?:[0-9a-z_-]+/)*[0-9a-z_-]+(?:\.[0-9a-z]{1,5})?", re.ASCII)
_HIDDEN: Final = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])|mso-hide\s*:\s*all",
    re.IGNORECASE,
)
_ALIGNED: Final = re.compile(r"text-align\s*:\s*(\w+)", re.IGNORECASE)
# Control characters, zero-width characters and direction overrides: invisible, and used to deceive.
_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff0-\ufffb\ufffe\uffff]"
)
_CJK: Final = "\u2e80-\u2fff\u3001-\u9fff\uf900-\ufaff\uff01-\uff60"
_WRAPPED: Final = re.compile(rf"(?<=[{_CJK}])[ \t\f]*[\r\n]\s*(?=[{_CJK}])")
_SPACES: Final = re.compile("[ \t\r\n\f\x0c\x85\xa0\u2000-\u200a\u2028\u2029]+")
_INDENTED: Final = re.compile(r"\s*(?:\u3000{2}|\xa0{4})")
_SCHEME: Final = re.compile(r"([^/?#]*?):")
_LINE: Final = re.compile(r'<(p|h[234])(?: class="\w+")?>(.*)</\1>', re.DOTALL)
_MAIL: Final = re.compile(r"mailto:[\w.+-]+@[\w-]+(\.[\w-]+)+", re.ASCII)

ALIGNED_TAGS: Final = ("p", "h2", "h3", "h4", "td", "th")


def address_of(value: str | None) -> str | None:
    """The link address as it may be kept: http, https, mailto or relative; ``None`` for anything else."""
    address = _SPACES.sub(" ", _INVISIBLE.sub("", value or "")).strip()
    address = re.sub(r"[\r\n\t]", "", address).replace("\\", "/").replace(" ", "%20")
    if address.startswith("//"):
        address = "https:" + address
    if not address or address.startswith("#") or len(address) > 2000:
        return None
    return address if _permitted(address) else None


def _permitted(address: str) -> bool:
    scheme = _SCHEME.match(address)
    if scheme is None:
        return True
    if scheme[1].lower() == "mailto":
        return _MAIL.fullmatch(address) is not None
    if scheme[1].lower() not in {"http", "https"}:
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return bool(parts.hostname) and "@" not in parts.netloc


def escape(text: str) -> str:
    return entities.escape(text, quote=False)


class Marks(NamedTuple):
    """What surrounds a run of text, outermost first; the order of the fields is the order in the output. Only the
    first, a link, holds an address; the others hold their tag."""

    link: str = ""
    strong: str = ""
    em: str = ""
    script: str = ""


PLAIN: Final = Marks()
LEVELS: Final = len(PLAIN)


class Token(NamedTuple):
    marks: Marks
    html: str
    breaks: bool = False  # a line break
    starts: bool = False  # written like the start of a paragraph: two ideographic spaces


@dataclass(slots=True)
class Writer:
    """Walks a tree once and writes blocks; inline text gathers in ``run`` until a block begins or ends."""

    depth: int = 0
    blocks: list[str] = field(default_factory=list)
    run: list[Token] = field(default_factory=list)
    marks: Marks = PLAIN
    tag: str = "p"
    align: str = ""

    def walk(self, node: LexborNode) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.text(node.text(deep=True))
        else:
            for child in _children(node):
                self.visit(child)
        self.depth -= 1

    def visit(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if tag == "-text":
            self.text(node.text_content or "")
        elif tag not in DROPPED and not _hidden(node):
            self.element(node, tag)

    def element(self, node: LexborNode, tag: str) -> None:
        if tag in HEADINGS or tag in PARAGRAPHS:
            self.paragraph(node, HEADINGS.get(tag, self.tag))
        elif tag in MARKS or tag == "a":
            self.marked(node, tag)
        elif tag in _SPECIAL:
            _SPECIAL[tag](self, node)
        else:
            self.walk(node)

    def text(self, raw: str) -> None:
        text = _SPACES.sub(" ", _WRAPPED.sub("", _INVISIBLE.sub("", raw)))
        if text:
            self.run.append(Token(self.marks, escape(text), starts=bool(_INDENTED.match(raw))))

    def paragraph(self, node: LexborNode, tag: str) -> None:
        self.flush()
        outer = self.tag, self.align
        self.tag, self.align = tag, _alignment(node, self.align)
        self.walk(node)
        self.flush()
        self.tag, self.align = outer

    def marked(self, node: LexborNode, tag: str) -> None:
        outer = self.marks
        if tag == "a":
            self.marks = outer._replace(link=outer.link or address_of(node.attributes.get("href")) or "")
        else:
            kind = MARKS[tag]
            self.marks = outer._replace(**{"script" if kind in {"sub", "sup"} else kind: kind})
        self.walk(node)
        self.marks = outer

    def line_break(self, _node: LexborNode) -> None:
        self.run.append(Token(self.marks, "<br>", breaks=True))

    def rule(self, _node: LexborNode) -> None:
        self.flush()
        self.blocks.append("<hr>")

    def image(self, node: LexborNode) -> None:
        source = (node.attributes.get("src") or "").strip()
        if not IMAGE_ADDRESS.fullmatch(source):
            return
        alt = entities.escape(_SPACES.sub(" ", _INVISIBLE.sub("", node.attributes.get("alt") or "")).strip())
        size = "".join(
            f' {name}="{int(value)}"'
            for name in ("width", "height")
            if (value := node.attributes.get(name) or "").isascii() and value.isdigit() and 0 < int(value[:6]) < 10000
        )
        self.run.append(Token(self.marks, f'<img src="{source}" alt="{alt}"{size}>'))

    def quotation(self, node: LexborNode) -> None:
        self.flush()
        inner = "".join(self._inside(node).finished())
        if inner:
            self.blocks.append(f"<blockquote>{inner}</blockquote>")

    def listing(self, node: LexborNode) -> None:
        self.flush()
        if node.css_first("table, h1, h2, h3, h4, h5, h6, blockquote, hr") is not None:
            self.walk(node)  # a list that holds such things is a frame, not a list
            self.flush()
            return
        items = "".join(self._items(node))
        if items:
            self.blocks.append(f"<{node.tag}>{items}</{node.tag}>")

    def _items(self, node: LexborNode) -> list[str]:
        items: list[str] = []
        for child in _children(node):
            if child.tag in DROPPED or _hidden(child):
                continue
            writer = self._inside(None)
            writer.walk(child) if child.tag == "li" else writer.visit(child)
            content = _item(writer.finished())
            if child.tag in {"ul", "ol"} and items:
                items[-1] = items[-1].removesuffix("</li>") + content + "</li>"
            elif content:
                items.append(f"<li>{content}</li>")
        return items

    def tabular(self, node: LexborNode) -> None:
        """A table of data stays one; a table that only arranges the page gives up its content."""
        self.flush()
        if _arranges(node):
            self.walk(node)
            self.flush()
        else:
            self.blocks.append(self.table(node))

    def table(self, node: LexborNode) -> str:
        caption, head, rows = "", list[str](), list[str]()
        for part in _children(node):
            if part.tag == "caption":
                caption = _item(self._inside(part).finished())
            elif part.tag in {"thead", "tbody", "tfoot"}:
                written = [self._row(row) for row in _children(part) if row.tag == "tr"]
                (head if part.tag == "thead" and not rows else rows).extend(written)
        if not any(_has_content(row) for row in head + rows):
            return ""
        caption = f"<caption>{caption}</caption>" if caption else ""
        head_html = f"<thead>{''.join(head)}</thead>" if any(head) else ""
        body_html = f"<tbody>{''.join(rows)}</tbody>" if any(rows) else ""
        return f"<table>{caption}{head_html}{body_html}</table>"

    def _row(self, row: LexborNode) -> str:
        cells = "".join(self._cell(cell) for cell in _children(row) if cell.tag in {"td", "th"})
        return f"<tr>{cells}</tr>" if cells else ""

    def _cell(self, cell: LexborNode) -> str:
        writer = self._inside(None)
        writer.align = align = _alignment(cell, "")
        writer.walk(cell)
        content = [re.sub(r"(</?)h[234]", r"\1p", block) for block in writer.finished()]
        if len(content) == 1 and (single := re.fullmatch(r'<p(?: class="(\w+)")?>(.*)</p>', content[0], re.DOTALL)):
            align, content = single[1] or "", [single[2]]
        attributes = "".join(_cell_attributes(cell)) + (f' class="{align}"' if align else "")
        return f"<{cell.tag}{attributes}>{''.join(content)}</{cell.tag}>"

    def _inside(self, node: LexborNode | None) -> "Writer":
        writer = Writer(depth=self.depth + 1, marks=self.marks)
        if node is not None:
            writer.walk(node)
        return writer

    def finished(self) -> list[str]:
        self.flush()
        return [block for block in self.blocks if block]

    def flush(self) -> None:
        run, self.run = self.run, []
        for tokens in _paragraphs(run):
            inner = _inline(_plain(tokens) if self.tag != "p" else tokens)
            if inner:
                attribute = f' class="{self.align}"' if self.align else ""
                self.blocks.append(f"<{self.tag}{attribute}>{inner}</{self.tag}>")


_SPECIAL: Final[dict[str, Callable[[Writer, LexborNode], None]]] = {
    "br": Writer.line_break,
    "hr": Writer.rule,
    "img": Writer.image,
    "blockquote": Writer.quotation,
    "ul": Writer.listing,
    "ol": Writer.listing,
    "table": Writer.tabular,
}


def _children(node: LexborNode) -> Iterator[LexborNode]:
    child = node.first_child
    while child is not None:
        yield child
        child = child.next


def _hidden(node: LexborNode) -> bool:
    if (node.tag or "-").startswith("-"):
        return False
    attributes = node.attributes
    return "hidden" in attributes or bool(_HIDDEN.search(attributes.get("style") or ""))


def _alignment(node: LexborNode, inherited: str) -> str:
    """Centred and right-aligned lines carry meaning in official documents (titles, signatures); nothing else does."""
    attributes = node.attributes
    if node.tag == "center" or attributes.get("class") in {"center", "right"}:
        return attributes.get("class") if attributes.get("class") == "right" else "center"  # type: ignore[return-value]
    style = _ALIGNED.search(attributes.get("style") or "")
    value = (style[1] if style else attributes.get("align") or "").lower()
    if not value:
        return inherited
    return value if value in {"center", "right"} else ""


def _arranges(table: LexborNode) -> bool:
    holds_blocks = table.css_first("h1, h2, h3, h4, h5, h6, hr, blockquote") is not None
    return holds_blocks or len(table.css("table")) > 1 or len(table.css("td, th")) < 2


def _cell_attributes(cell: LexborNode) -> Iterator[str]:
    for name, most in (("colspan", 100), ("rowspan", 1000)):
        value = (cell.attributes.get(name) or "").strip()
        if value.isascii() and value.isdigit() and 1 < int(value[:6]) <= most:
            yield f' {name}="{int(value)}"'
    scope = (cell.attributes.get("scope") or "").lower()
    if cell.tag == "th" and scope in {"row", "col", "rowgroup", "colgroup"}:
        yield f' scope="{scope}"'


def _has_content(html: str) -> bool:
    return "<img" in html or bool(re.sub(r"<[^>]+>|\s", "", html))


def _item(blocks: list[str]) -> str:
    """Blocks inside a list item or a caption: paragraphs become lines, lists stay lists."""
    content = ""
    for block in blocks:
        line = _LINE.fullmatch(block)
        if line and content and not content.endswith(("</ul>", "</ol>")):
            content += "<br>"
        content += line[2] if line else block
    return content


def _paragraphs(run: list[Token]) -> Iterator[list[Token]]:
    """Two line breaks, or one before an indented line, are how old pages begin a paragraph."""
    current: list[Token] = []
    for token, following in pairwise([*run, None]):
        assert token is not None
        ends = token.breaks and following is not None and (following.breaks or following.starts)
        if not ends:
            current.append(token)
        elif current:
            yield _trimmed(current)
            current = []
    yield _trimmed(current)


def _trimmed(tokens: list[Token]) -> list[Token]:
    def blank(token: Token) -> bool:
        return token.breaks or not token.html.strip()

    while tokens and blank(tokens[0]):
        tokens = tokens[1:]
    while tokens and blank(tokens[-1]):
        tokens = tokens[:-1]
    if tokens:
        tokens = [tokens[0]._replace(html=tokens[0].html.lstrip()), *tokens[1:]]
        tokens[-1] = tokens[-1]._replace(html=tokens[-1].html.rstrip())
    return tokens


def _plain(tokens: list[Token]) -> list[Token]:
    return [token._replace(marks=token.marks._replace(strong="")) for token in tokens]


def _inline(tokens: list[Token], level: int = 0) -> str:
    if level == LEVELS:
        return re.sub(" {2,}", " ", "".join(token.html for token in tokens))
    return "".join(
        _wrapped(level, mark, _inline(list(group), level + 1))
        for mark, group in groupby(tokens, key=lambda token: token.marks[level])
    )


def _wrapped(level: int, mark: str, inner: str) -> str:
    if not mark or not _has_content(inner):
        return inner
    if level == 0:
        return f'<a href="{entities.escape(mark)}">{inner}</a>'
    return f"<{mark}>{inner}</{mark}>"
