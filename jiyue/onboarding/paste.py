"""What Word and WPS put on the clipboard, made into plain HTML before it is cleaned.

Word writes list items as paragraphs with the bullet as text, headings as styled paragraphs, and wraps everything in
``mso-`` styles, conditional comments and ``o:p`` tags. Lists are rebuilt only where that is certain; the numbering of
official documents (一、 （一）) is text and stays text.
"""

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from jiyue.common.html import clean, text_of
from jiyue.onboarding.enclosures import PLACEHOLDER


MAX_PICTURE: Final = 10 * 1024 * 1024
_CONDITIONAL: Final = re.compile(
    r"<!--\[if[\s\S]*?<!\[endif\]-->|<!\[(?:if[^\]]*|endif)\]>|<\?xml[^>]*>", re.IGNORECASE
)
_OFFICE_TAG: Final = re.compile(r"</?(?:o|v|w|m|st1|st2):[a-z][^>]*>", re.IGNORECASE)
_LIST: Final = re.compile(r"mso-list\s*:\s*l(\d+)\s+level(\d+)", re.IGNORECASE)
_IGNORED: Final = re.compile(r"mso-list\s*:\s*ignore", re.IGNORECASE)
_OUTLINE: Final = re.compile(r"mso-outline-level\s*:\s*([1-6])", re.IGNORECASE)
_HEADING_CLASS: Final = re.compile(r"Mso(?:Title|Heading)\s*([1-6])?", re.IGNORECASE)
_BULLET: Final = re.compile(r"^[·•●○▪■◆◇➢✓§Øoüvnl\uf000-\uf0ff–—-]$")
_TYPED_BULLET: Final = re.compile(r"^[·•●▪■◆][\s\xa0\u3000]+(?=\S)")
_NUMBER: Final = re.compile(r"^[(（]?(\d{1,3})[.)）．、]$")
_DATA: Final = re.compile(r"data:image/(png|jpe?g|gif|webp);base64,([A-Za-z0-9+/=\s]+)$")


@dataclass(frozen=True, slots=True)
class PastedPicture:
    placeholder: str
    data: bytes
    extension: str
    alt: str = ""


@dataclass(slots=True)
class _Entry:
    """A paragraph of the pasted text with what Word says about its place in a list."""

    node: LexborNode
    list_id: str = ""
    level: int = 0
    marker: str = ""


def plain(html: str) -> str:
    """Pasted HTML without what is Word's own; not yet safe, ``clean`` comes after."""
    html = _OFFICE_TAG.sub("", _CONDITIONAL.sub("", html))
    tree = LexborHTMLParser(html)
    if tree.body is None:
        return ""
    _name_headings(tree)
    _rebuild_lists(tree)
    return _shifted(tree.body.inner_html or "")


def pictures_in(html: str) -> tuple[str, list[PastedPicture]]:
    """Takes pictures that were pasted as data out of the HTML; a placeholder stands where each was."""
    tree = LexborHTMLParser(html)
    pictures: list[PastedPicture] = []
    for node in tree.css("img"):
        found = _DATA.fullmatch(node.attributes.get("src") or "")
        data = _decoded(found[2]) if found else b""
        if found and data:
            placeholder = f"{PLACEHOLDER}{len(pictures) + 1}"
            node.attrs["src"] = placeholder
            extension = found[1].replace("jpeg", "jpg")
            pictures.append(PastedPicture(placeholder, data, extension, (node.attributes.get("alt") or "")[:200]))
    return (tree.body.inner_html or "") if tree.body is not None else "", pictures


def _decoded(text: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=False)
    except binascii.Error:
        return b""
    return data if len(data) <= MAX_PICTURE else b""


def _name_headings(tree: LexborHTMLParser) -> None:
    """Paragraphs Word itself calls headings; 一、 at the start of a line alone makes none."""
    for node in tree.css("p"):
        style, name = node.attributes.get("style") or "", node.attributes.get("class") or ""
        found = _OUTLINE.search(style) or _HEADING_CLASS.search(name)
        if found and not _LIST.search(style):
            _rename(node, f"h{found[1] or 1}")


def _rename(node: LexborNode, tag: str) -> None:
    text = node.inner_html or ""
    node.replace_with(_element(f"<{tag}>{text}</{tag}>"))


def _element(html: str) -> LexborNode:
    body = LexborHTMLParser(html).body
    child = body.first_child if body is not None else None
    assert child is not None
    return child


def _shifted(html: str) -> str:
    """Below the title of the page the highest heading of a text is the second."""
    if "<h1" not in html.lower():
        return html
    return re.sub(r"<(/?)h([1-5])\b", lambda match: f"<{match[1]}h{int(match[2]) + 1}", html, flags=re.IGNORECASE)


def _rebuild_lists(tree: LexborHTMLParser) -> None:
    run: list[_Entry] = []
    for node in tree.css("p"):
        entry = _entry(node)
        follows = bool(run) and _next_element(run[-1].node) == node.mem_id
        if run and not (entry.list_id and follows):
            _write_list(run)
            run = []
        if entry.list_id:
            run.append(entry)
    _write_list(run)


def _entry(node: LexborNode) -> _Entry:
    style = node.attributes.get("style") or ""
    found = _LIST.search(style)
    if found:
        marker = next((m for m in node.css("span") if _IGNORED.search(m.attributes.get("style") or "")), None)
        text = re.sub(r"[\s\xa0]+", "", marker.text()) if marker is not None else ""
        return _Entry(node, f"l{found[1]}", int(found[2]), text)
    typed = _TYPED_BULLET.match(node.text().lstrip())
    return _Entry(node, "typed", 1, typed[0].strip()) if typed else _Entry(node)


def _next_element(node: LexborNode) -> int:
    following = node.next
    while following is not None and (following.tag or "-").startswith("-"):
        if (following.text_content or "").strip() and following.tag == "-text":
            return 0
        following = following.next
    return following.mem_id if following is not None else 0


def _write_list(run: list[_Entry]) -> None:
    """Replaces a run of list paragraphs by one list, when it is certain what list it was."""
    tags = _tags(run)
    if not run or not tags or (run[0].list_id == "typed" and len(run) < 2):
        return
    html, open_tags = "", list[str]()
    for entry, tag in zip(run, tags, strict=True):
        while len(open_tags) > entry.level:
            html += f"</li></{open_tags.pop()}>"
        if len(open_tags) == entry.level:
            html += "</li>"
        while len(open_tags) < entry.level:
            html += f"<{tag}>" + ("<li>" if len(open_tags) + 1 < entry.level else "")
            open_tags.append(tag)
        html += f"<li>{_without_marker(entry)}"
    html += "".join(f"</li></{tag}>" for tag in reversed(open_tags))
    for entry in run[1:]:
        entry.node.decompose()
    run[0].node.replace_with(_element(html))


def _tags(run: list[_Entry]) -> list[str]:
    """``ul`` or ``ol`` for every entry; nothing when one marker is neither a bullet nor the next number."""
    counts: dict[int, int] = {}
    tags = []
    for entry in run:
        number = _NUMBER.match(entry.marker)
        counts = {level: count for level, count in counts.items() if level <= entry.level}
        if _BULLET.match(entry.marker):
            tags.append("ul")
        elif number and int(number[1]) == counts.get(entry.level, 0) + 1:
            counts[entry.level] = int(number[1])
            tags.append("ol")
        else:
            return []
    return tags


def _without_marker(entry: _Entry) -> str:
    for span in entry.node.css("span"):
        if _IGNORED.search(span.attributes.get("style") or ""):
            span.decompose()
            return entry.node.inner_html or ""
    return clean(f"<p>{_TYPED_BULLET.sub('', text_of(entry.node.inner_html or ''))}</p>")
