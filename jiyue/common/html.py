"""The one sanitiser of everything a person or an old site hands us as HTML.

What comes in is parsed and *written anew* in our own grammar (``grammar.py``), then passed through nh3 as a second,
independent guard, until nothing changes any more. What is not in the grammar cannot come out, whatever the input was.
"""

import html as entities
import re
from collections.abc import Callable
from typing import Final

import nh3
from selectolax.lexbor import LexborHTMLParser, LexborNode

from jiyue.common.grammar import ALIGNED_TAGS, HEADINGS, MARKS, Writer, address_of, escape, names


__all__ = ["address_of", "clean", "clean_table", "shown", "text_of"]

MAX_NESTED: Final = 3000
PASSES: Final = 4
_TAG: Final = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
_UNNESTED: Final = names("p li br hr img input td th tr option wbr meta link col source track area base")
_guard = nh3.Cleaner(
    tags={
        *HEADINGS.values(),
        *MARKS.values(),
        *names("p br hr a img ul ol li blockquote table caption thead tbody tr th td"),
    },
    attributes={
        "a": {"href"},
        "img": {"src", "alt", "width", "height"},
        "th": {"colspan", "rowspan", "scope"},
        "td": {"colspan", "rowspan"},
    },
    allowed_classes={tag: {"center", "right"} for tag in ALIGNED_TAGS},
    url_schemes={"http", "https", "mailto"},
    link_rel=None,
)
_shown = nh3.Cleaner(  # the same grammar, and the files we set beside the text
    tags={*HEADINGS.values(), *MARKS.values(), *names("p br hr a img ul ol li blockquote table caption thead tbody tr")}
    | names("th td figure figcaption video"),
    attributes={
        "a": {"href"},
        "img": {"src", "alt", "width", "height", "loading"},
        "video": {"src", "poster", "controls", "preload"},
        "th": {"colspan", "rowspan", "scope"},
        "td": {"colspan", "rowspan"},
    },
    allowed_classes={tag: {"center", "right"} for tag in ALIGNED_TAGS},
    url_schemes={"http", "https", "mailto"},
    link_rel=None,
)


def clean(html: str) -> str:
    """Rich text of our grammar from any HTML; ``clean(clean(x)) == clean(x)``."""
    return _settled(html, _rewrite)


def shown(stored: str) -> str:
    """What was cleaned when it was stored, once more on its way to a page: whoever wrote into the database by another
    way gets no further than here. Leaves what came from us as it is."""
    return _shown.clean(stored)


def clean_table(html: str) -> str:
    """The first table of the HTML as one ``<table>``, or an empty string when there is none."""
    return _settled(html, _rewrite_table)


def text_of(html: str) -> str:
    """Plain text, one paragraph a line, the cells of a row parted by tabs."""
    marked = re.sub(r"</(?:p|h2|h3|h4|li|caption|tr)>|<br>|<hr>|<[uo]l>", "\n", _rewrite(html))
    marked = re.sub(r"</t[dh]>", "\t", re.sub(r"\n(?=(?:<[^>]+>)*</t[dh]>)", "", marked))
    lines = entities.unescape(re.sub(r"<[^>]+>", "", marked)).split("\n")
    return "\n".join(line for line in (line.strip() for line in lines) if line)


def _settled(html: str, rewrite: Callable[[str], str]) -> str:
    """Rewrites to a fixed point, so that cleaning twice can never differ from cleaning once."""
    current = html
    for _ in range(PASSES):
        following = _guard.clean(rewrite(current))
        if following == current:
            return current
        current = following
    if _guard.clean(rewrite(current)) == current:
        return current
    lines = text_of(current).split("\n")
    return "".join(f"<p>{escape(line)}</p>" for line in lines if line)


def _rewrite(html: str) -> str:
    writer = Writer()
    body = _parse(html)
    if body is not None:
        writer.walk(body)
    return "".join(writer.finished())


def _rewrite_table(html: str) -> str:
    body = _parse(html)
    tables = body.css("table") if body is not None else []
    inmost = next((table for table in tables if len(table.css("table")) == 1), None)  # itself
    return Writer().table(inmost) if inmost is not None else ""


def _parse(html: str) -> LexborNode | None:
    text = html.encode("utf-8", "ignore").decode("utf-8").replace("\x00", "")
    if _too_deep(text):
        text = escape(re.sub(r"<[^>]*>", " ", text))
    return LexborHTMLParser(text).body if text.strip() else None


def _too_deep(html: str) -> bool:
    """Parsers need time in the square of the depth, so depth is counted before parsing."""
    depth = 0
    for tag in _TAG.finditer(html):
        if tag[2].lower() not in _UNNESTED:
            depth += -1 if tag[1] else 1
            if depth > MAX_NESTED:
                return True
    return False
