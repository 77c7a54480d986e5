"""How markup keeps something from the reader's eye while a search engine still reads it."""

import re
from functools import lru_cache
from typing import Final


# Used by honest menus and dialogues as well: says nothing alone.
QUIET: Final = frozenset({"display", "visibility", "attribute", "noscript", "opacity", "indent", "gap"})
# Nobody does this to a link of his own.
LOUD: Final = frozenset({"offscreen", "size", "colour", "marquee", "font"})
# Letters of no size around a list close the gaps between its boxes; what is in it has a size of its own.
GAP: Final = "gap"

_LENGTH: Final = r"(\d*\.?\d+)\s*(?:px|pt|em|rem|%)?\s*(?:!important)?\s*(?:;|$)"
_WAYS: Final = (
    ("display", re.compile(r"display\s*:\s*none")),
    ("visibility", re.compile(r"visibility\s*:\s*(?:hidden|collapse)")),
    ("offscreen", re.compile(r"(?:left|top|right|bottom|margin(?:-left|-top)?)\s*:\s*-\d{3,}")),
    ("indent", re.compile(r"text-indent\s*:\s*-\d{3,}")),
    ("offscreen", re.compile(r"translate[xy]?\s*\(\s*-\d{3,}")),
    ("offscreen", re.compile(r"clip\s*:\s*rect\s*\(\s*[01](?:px)?[\s,]+[01](?:px)?[\s,]+[01](?:px)?[\s,]+[01]")),
    ("opacity", re.compile(r"opacity\s*:\s*0?\.?0+\s*(?:!important)?\s*(?:;|$)")),
    ("opacity", re.compile(r"alpha\s*\(\s*opacity\s*=\s*0\s*\)")),
    ("font", re.compile(r"font-size\s*:\s*[01](?:\.\d+)?(?:px|pt|em|%)?\s*(?:!important)?\s*(?:;|$)")),
    ("size", re.compile(r"scale\s*\(\s*0(?:\.0\d*)?\s*\)")),
)
_SIDE: Final = re.compile(r"(?<![a-z-])(?:max-)?(width|height)\s*:\s*" + _LENGTH)
_CLIPPED: Final = re.compile(r"overflow(?:-[xy])?\s*:\s*(?:hidden|clip|scroll)")
_COLOUR: Final = re.compile(r"(?<![a-z-])(color|background(?:-color)?)\s*:\s*([^;!]+)")
_SIMPLE: Final = re.compile(r"(?:[a-z]{1,10})?([.#][\w-]{1,80})", re.IGNORECASE)
_NAMED: Final = {"white": "fff", "black": "000", "red": "f00", "transparent": ""}
_RGB: Final = re.compile(r"rgba?\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})")
_HEX: Final = re.compile(r"[0-9a-f]{3}|[0-9a-f]{6}")
_IN_SHEETS: Final = re.compile(r"none|hidden|collapse|:\s*-\d{3}|\(\s*-\d{3}|clip|opacity|font-size\s*:\s*[01](?!\d)")
LONGEST: Final = 4000
_SUSPECT: Final = re.compile(
    r"none|hidden|collapse|:\s*-\d{3}|\(\s*-\d{3}|clip|opacity|font-size\s*:\s*[01](?!\d)|scale|overflow|color|background"
)


def way_of(style: str) -> str:
    """The way these declarations hide something; empty when they do not."""
    return _way(style[:LONGEST]) if style else ""


@lru_cache(maxsize=2048)  # the pages of a site repeat them
def _way(style: str) -> str:
    style = style.lower()
    if not _SUSPECT.search(style):
        return ""
    for way, pattern in _WAYS:
        if pattern.search(style):
            return way
    if _CLIPPED.search(style) and any(float(match[2]) <= 1 for match in _SIDE.finditer(style)):
        return "size"
    own, ground = colours_of(style)
    return "colour" if own and own == ground else ""


@lru_cache(maxsize=512)
def plain(colour: str) -> str:
    """One spelling of a colour: #FFFFFF, #fff, white and rgb(255,255,255) are the same."""
    colour = colour.strip().lower()
    if match := _RGB.match(colour):
        colour = "".join(f"{min(int(part), 255):02x}" for part in match.groups(""))
    colour = _NAMED.get(colour, colour.removeprefix("#"))
    if not _HEX.fullmatch(colour):
        return ""
    return colour if len(colour) == 6 else "".join(2 * letter for letter in colour)


def colours_of(style: str) -> tuple[str, str]:
    """Text and ground, where a style says so."""
    if "color" not in (low := style[:LONGEST].lower()) and "background" not in low:
        return "", ""
    found = dict(_COLOUR.findall(low))
    return plain(found.get("color", "")), plain(found.get("background-color", found.get("background", "")))


def hidden_by_sheet(sheet: str) -> dict[str, str]:
    """Classes (.x) and ids (#x) a style sheet hides by themselves. Rules that depend on more are left alone."""
    found: dict[str, str] = {}
    sheet, end = sheet[:500_000], 0
    for hint in _IN_SHEETS.finditer(sheet):
        if hint.start() < end:
            continue
        end = sheet.find("}", hint.start(), hint.start() + LONGEST) + 1 or len(sheet)
        selectors, _, declarations = sheet[sheet.rfind("}", 0, end - 1) + 1 : end - 1][-LONGEST:].rpartition("{")
        way = way_of(declarations) if selectors else ""
        if way:
            simple = (_SIMPLE.fullmatch(selector.strip()) for selector in selectors[-300:].split(","))
            found.update({match[1]: way for match in simple if match})
    return found
