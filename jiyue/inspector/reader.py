"""From text to the contents of a page, in one walk over its tokens.

A stack of open tags is kept only to know what is hidden and what stands inside a link. It follows browsers where pages
depend on it (a paragraph ends where a block begins, a stray end tag ends nothing) and is bounded where they are not.
"""

import re
from itertools import islice
from typing import Final

from turbohtml import Token, TokenType, tokenize

from jiyue.inspector import styles
from jiyue.inspector.markup import Attributes, Contents, Element, Place, Run


MOST: Final = 50_000  # kept of each kind; an honest page has some hundred links
MOST_TOKENS: Final = 500_000
REACH: Final = 64  # how far up an end tag looks for its beginning
LONGEST_TEXT: Final = 2_000  # of a link, a heading
NESTED: Final = 3  # noscript in a data store in a page, and no further

VOID: Final = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
)
BLOCKS: Final = frozenset(
    {
        *("address", "article", "aside", "blockquote", "center", "dd", "details", "dir", "div", "dl", "dt", "fieldset"),
        *("figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main"),
        *(
            "menu",
            "nav",
            "ol",
            "p",
            "pre",
            "section",
            "table",
            "tbody",
            "td",
            "th",
            "tr",
            "ul",
            "br",
            "option",
            "title",
        ),
    }
)
_ENDS_PARAGRAPH: Final = BLOCKS - {"br", "option", "title", "td", "th", "tr", "tbody"}
_WALLS: Final = frozenset({"table", "td", "th", "template", "button", "object", "caption"})
_OF_TABLES: Final = frozenset({"table", "tbody", "thead", "tfoot", "tr", "td", "th", "caption", "template"})
# A new one of the left ends an open one of the right.
_REPLACES: Final = {
    "li": frozenset({"li"}),
    "dt": frozenset({"dt", "dd"}),
    "dd": frozenset({"dt", "dd"}),
    "td": frozenset({"td", "th"}),
    "th": frozenset({"td", "th"}),
    "tr": frozenset({"tr", "td", "th"}),
    "option": frozenset({"option"}),
    "a": frozenset({"a"}),
}
_CONTAINERS: Final = frozenset({"ul", "ol", "menu", "dl", "table", "select"})
_RAW: Final = frozenset({"script", "style", "title", "textarea", "noscript", "iframe", "noframes", "noembed", "xmp"})
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_FIELDS: Final = frozenset({"input", "select", "textarea", "button"})
# What honest pages are made of; hijackers sow rare and invented tags to make every copy different.
COMMON: Final = frozenset(
    {
        *(BLOCKS | VOID | _RAW | _FIELDS | _HEADINGS | _CONTAINERS)
        - {"input", "dir", "menu", "option", "track", "wbr", "xmp"},
        *("html", "head", "body", "a", "b", "i", "u", "s", "em", "strong", "span", "font", "small", "thead", "tfoot"),
        *(
            "caption",
            "colgroup",
            "label",
            "object",
            "video",
            "audio",
            "canvas",
            "svg",
            "path",
            "g",
            "use",
            "marquee",
            "frameset",
        ),
        *(
            "input",
            "option",
            "optgroup",
            "template",
            "iframe",
            "frame",
            "map",
            "picture",
            "style",
            "script",
            "sup",
            "sub",
        ),
    }
)
_TEXT: Final = TokenType.TEXT
_START: Final = TokenType.START_TAG
_END: Final = TokenType.END_TAG
_COMMENT: Final = TokenType.COMMENT

_WRITTEN: Final = re.compile(r"document\s*\.\s*write(?:ln)?\s*\(\s*[\"'](.{0,600}?)[\"']\s*\)", re.DOTALL)
_OPENED: Final = re.compile(r"<(div|span|p|table|ul|font|marquee)\b([^>]{0,500})>", re.IGNORECASE)
_HUSHED: Final = re.compile(
    r"getElementById\(\s*[\"']([\w-]{1,80})[\"']\s*\)\s*\.\s*style\s*\.\s*(?:display\s*=\s*[\"']none|visibility\s*=\s*[\"']hidden)"
)
_CONDITION: Final = re.compile(r"\s*\[if\b[^\]]{0,200}\]>", re.IGNORECASE)
STORED: Final = 2_000  # pieces of a data store
_STYLE: Final = re.compile(r"style\s*=\s*\\?[\"']?([^\"'>]*)", re.IGNORECASE)


def contents_of(source: str) -> Contents:
    reader = _Reader()
    reader.hushed = {f"#{name}": "display" for name in _HUSHED.findall(source[:2_000_000])} if "ById" in source else {}
    reader.read(source)
    return reader.contents


class _Reader:
    def __init__(self) -> None:
        self.contents = Contents()
        self.stack: list[str] = []
        self.open: dict[str, int] = {}
        self.hiding: list[tuple[int, str]] = []  # depth of the stack at which a way of hiding began
        self.grounds: list[tuple[int, str]] = []
        self.hushed: dict[str, str] = {}  # .class and #id -> way
        self.raw = ""  # inside a tag that holds no tags
        self.pending: list[tuple[list[Element], Element]] = []  # elements whose text is being collected
        self.words: list[list[str]] = []
        self.writes: list[str] = []  # markup a script writes where it ends
        self.gap = ""
        self.hidden = ""
        self.origin = Place(0, 0)
        self.depth = 0

    def read(self, source: str) -> None:
        tokens = iter(tokenize(source))
        for token in islice(tokens, MOST_TOKENS):
            kind = token.type
            if kind is _TEXT:
                self.text(token.data or "", token)
            elif kind is _START:
                self.start(token.tag or "", token)
            elif kind is _END:
                self.end(token.tag or "")
            elif kind is _COMMENT:
                self.comment(token)
        if next(tokens, None) is not None:
            self.contents.cut = True
        while self.pending:
            self.finish()

    def place(self, token: Token) -> tuple[int, int]:
        line, column = token.line, token.col + 1
        if self.depth:
            return line + self.origin.line, column + (self.origin.column if line == 1 else 0)
        return line, column

    # Text

    def text(self, data: str, token: Token) -> None:
        if self.raw:
            self.raw_text(data, token)
        elif data.isspace():
            self.gap = self.gap or ("\n" if "\n" in data else " ")
        else:
            if self.words:
                self.words[-1].append(data)
            runs = self.contents.runs
            if len(runs) < MOST:
                hidden = self.hidden if self.hidden != styles.GAP else ""
                runs.append(Run(data, *self.place(token), hidden, self.gap))
            self.gap = ""

    def raw_text(self, data: str, token: Token) -> None:
        contents, raw, place = self.contents, self.raw, Place(*self.place(token))
        if raw == "title" and not self.open.get("svg"):
            self.add(contents.titles, Run(data, *place))
        elif raw == "script" and contents.scripts:
            contents.scripts[-1] = contents.scripts[-1]._replace(text=data)
            self.script(data, place)
        elif raw == "style":
            self.hushed.update(styles.hidden_by_sheet(data))
        elif raw in {"noscript", "noframes", "noembed"}:
            self.nested(data, place, "noscript")
        elif raw in {"textarea", "xmp"}:
            self.add(contents.runs, Run(data, *place, self.hidden, "\n"))

    def script(self, data: str, place: Place) -> None:
        if "write" in data:
            self.writes = _WRITTEN.findall(data[:200_000])
        if "CDATA" in data:
            self.stored(data, place)

    def stored(self, data: str, place: Place) -> None:
        """Lists that some systems keep in a data store, for a script to show."""
        line, at = place.line, 0
        for _ in range(STORED):
            begin = data.find("<![CDATA[", at)
            end = data.find("]]>", begin) if begin >= 0 else -1
            if end < 0:
                return
            line += data.count("\n", at, begin)
            self.nested(data[begin + 9 : end], Place(line, 1), self.hidden)
            line += data.count("\n", begin, end)
            at = end

    def written(self, markup: str) -> None:
        """A script that writes the beginning of something hidden, for what follows it; and the end, further down."""
        opened = _OPENED.search(markup)
        if opened and f"</{opened[1].lower()}" not in markup.lower():
            style = _STYLE.search(opened[2])
            way = styles.way_of(style[1]) if style else ""
            tag = opened[1].lower()
            self.stack.append(tag)
            self.open[tag] = self.open.get(tag, 0) + 1
            if way:
                self.hide(way)
        elif markup.lstrip().startswith("</"):
            self.end(re.sub(r"[^a-z0-9]", "", markup.strip()[2:12].lower()))

    def nested(self, markup: str, place: Place, way: str) -> None:
        if self.depth >= NESTED or "<" not in markup:
            return
        inner = _Reader()
        inner.contents, inner.hushed, inner.depth = self.contents, self.hushed, self.depth + 1
        inner.origin = Place(place.line - 1, place.column - 1)
        if way:
            inner.hide(way)
        inner.read(markup)

    def comment(self, token: Token) -> None:
        data = token.data or ""
        place = Place(*self.place(token))
        self.add(self.contents.comments, Run(data, *place))
        condition = _CONDITION.match(data)
        if condition:
            self.nested(data[condition.end() :].partition("<![endif]")[0], place, "display")

    # Tags

    def start(self, tag: str, token: Token) -> None:
        contents = self.contents
        contents.count += 1
        if tag not in COMMON:
            contents.odd += 1
        traits = _TRAITS.get(tag, 0)
        pairs = token.attrs
        attributes: Attributes = dict(pairs) if pairs else {}
        if traits:
            if traits & ENDING:
                self.make_room(tag)
            if traits & BLOCK:
                self.gap = "\n"
            if traits & KEPT:
                self.keep(tag, attributes, token)
            if traits & RAW:
                self.raw = tag
        if "id" in attributes and not traits & KEPT:
            self.add(contents.marked, Element(tag, attributes, *self.place(token), self.hidden))
        if not traits & VOID_TAG:
            self.stack.append(tag)
            self.open[tag] = self.open.get(tag, 0) + 1
            if attributes:
                self.look(tag, attributes)

    def make_room(self, tag: str) -> None:
        """Ends what a new tag of this name ends by itself."""
        is_open = self.open.get
        if is_open("p") and tag in _ENDS_PARAGRAPH:
            self.close("p", _WALLS)
        for other in _REPLACES.get(tag, ()):
            if is_open(other):
                self.close(other, _WALLS if tag == "a" else _CONTAINERS)

    def end(self, tag: str) -> None:
        if tag == self.raw:
            self.raw = ""
        if self.open.get(tag):
            self.close(tag, _NOTHING if tag in _OF_TABLES else _WALLS)
        if self.writes:
            writes, self.writes = self.writes, []
            for markup in writes:
                self.written(markup)
        if tag in BLOCKS:
            self.gap = "\n"

    def close(self, tag: str, walls: frozenset[str]) -> None:
        """Takes open tags off down to the nearest of this name, unless a wall stands before it."""
        stack = self.stack
        back = 1
        if stack[-1] != tag:
            for back in range(1, min(len(stack), REACH) + 1):
                if stack[-back] == tag:
                    break
                if stack[-back] in walls:
                    return
            else:
                return
        for _ in range(back):
            gone = stack.pop()
            self.open[gone] -= 1
            if self.pending and self.pending[-1][1].tag == gone:
                self.finish()
        if self.hiding or self.grounds:
            self.show(len(stack))

    def hide(self, way: str) -> None:
        self.hiding.append((len(self.stack), way))
        self.hidden = way

    def show(self, depth: int) -> None:
        """What was hidden deeper than this has ended."""
        while self.hiding and self.hiding[-1][0] > depth:
            self.hiding.pop()
        self.hidden = self.hiding[-1][1] if self.hiding else ""
        while self.grounds and self.grounds[-1][0] > depth:
            self.grounds.pop()

    def finish(self) -> None:
        kept, element = self.pending.pop()
        text = " ".join(" ".join(self.words.pop()).split())[:LONGEST_TEXT]
        if self.words and text:
            self.words[-1].append(text)
        self.add(kept, element._replace(text=text or element.text))

    def collect(self, kept: list[Element], element: Element) -> None:
        if len(self.pending) < REACH:
            self.pending.append((kept, element))
            self.words.append([])

    def keep(self, tag: str, attributes: Attributes, token: Token) -> None:
        contents = self.contents
        way = self.hidden or (self.way(tag, attributes) if attributes else "")
        element = Element(tag, attributes, *self.place(token), way)
        if "id" in attributes or tag == "label":
            self.add(contents.marked, element)
        if tag == "label":
            return
        if tag == "html":
            contents.language = contents.language or attributes.get("lang") or attributes.get("xml:lang")
            return
        kept = getattr(contents, _KEPT[tag])
        if tag in _COLLECTING:
            self.collect(kept, element)
            return
        if tag == "img" and self.words and attributes.get("alt"):
            self.words[-1].append(attributes["alt"])
        if tag in _FIELDS:
            element = element._replace(labelled=bool(self.open.get("label")))
        self.add(kept, element)

    def look(self, tag: str, attributes: Attributes) -> None:
        """Does this tag hide what is in it, or give it a ground of its own?"""
        way = self.way(tag, attributes)
        if way:
            self.hide(way if way != "font" or tag == "a" else styles.GAP)
        style = attributes.get("style", "")
        if "bgcolor" in attributes or "background" in style:
            ground = styles.plain(attributes.get("bgcolor", "")) or styles.colours_of(style)[1]
            if ground:
                self.grounds.append((len(self.stack), ground))

    def way(self, tag: str, attributes: Attributes) -> str:
        style = attributes.get("style")
        way = styles.way_of(style) if style else ""
        if not way and "hidden" in attributes:
            way = "attribute"
        if not way and self.hushed:
            way = self.hushed.get(f"#{attributes.get('id', '')}", "")
            for name in attributes.get("class", "").split()[:20]:
                way = way or self.hushed.get(f".{name}", "")
        if not way and tag in _SIZED:
            way = _by_size(tag, attributes)
        return way or (self.by_colour(attributes) if self.grounds else "")

    def by_colour(self, attributes: Attributes) -> str:
        colour = styles.plain(attributes.get("color", "")) or styles.colours_of(attributes.get("style", ""))[0]
        return "colour" if colour and colour == self.grounds[-1][1] else ""

    def add(self, kept: list, thing: Element | Run) -> None:  # type: ignore[type-arg]
        if len(kept) < MOST:
            kept.append(thing)
        else:
            self.contents.cut = True


_KEPT: Final = {
    "meta": "metas",
    "a": "links",
    "area": "links",
    "img": "images",
    "script": "scripts",
    "iframe": "frames",
    "frame": "frames",
    "embed": "resources",
    "object": "resources",
    "link": "resources",
    "base": "resources",
    "label": "marked",
    "html": "",
    **dict.fromkeys(_FIELDS, "fields"),
    **dict.fromkeys(_HEADINGS, "headings"),
}
_COLLECTING: Final = frozenset({"a", "button", *_HEADINGS})
_SIZED: Final = frozenset({"iframe", "frame", "embed", "object", "marquee"})
_NOTHING: Final[frozenset[str]] = frozenset()

BLOCK, KEPT, RAW, VOID_TAG, ENDING = 1, 2, 4, 8, 16
_TRAITS: Final = {
    tag: BLOCK * (tag in BLOCKS)
    + KEPT * (tag in _KEPT)
    + RAW * (tag in _RAW)
    + VOID_TAG * (tag in VOID)
    + ENDING * (tag in _ENDS_PARAGRAPH or tag in _REPLACES)
    for tag in {*BLOCKS, *_KEPT, *_RAW, *VOID, *_REPLACES}
}


def _by_size(tag: str, attributes: Attributes) -> str:
    small = [attributes.get(side, "").strip().removesuffix("px") in {"0", "1"} for side in ("width", "height")]
    if tag == "marquee" and any(small):
        return "marquee"
    return "size" if all(small) else ""
