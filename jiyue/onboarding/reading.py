"""From a path to documents: JSON lines, HTML, text and Word files, alone or in folders, with what lies beside them."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext as _

from jiyue.common.html import text_of
from jiyue.inspector import dates
from jiyue.inspector.charset import Decoded, decode
from jiyue.onboarding import extraction, hijack, texts, word
from jiyue.onboarding.blocks import Block, blocks_of
from jiyue.onboarding.facts import doc_number_in
from jiyue.onboarding.page import NotAnArticle, Page


MAX_PAGE: Final = 10 * 1024 * 1024
MAX_BESIDE: Final = 50 * 1024 * 1024
PAGES: Final = frozenset({".html", ".htm", ".shtml", ".xhtml", ".mht", ".asp", ".aspx", ".jsp", ".php"})
TEXTS: Final = frozenset({".txt", ".md"})
LINES: Final = frozenset({".jsonl", ".ndjson"})
WORDS: Final = frozenset({".docx", ".doc", ".docm", ".wps"})
_MARKUP: Final = re.compile(r"<(?:!doctype|html|head|body|div|p|td|span|br|legend|sup|script)\b", re.IGNORECASE)
_BINARY: Final = {
    b"%PDF": "PDF",
    b"PK\x03\x04": "ZIP",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"\xd0\xcf\x11\xe0": "OLE",
}


@dataclass(slots=True)
class Entry:
    """One document that may become an item. Nothing is read before ``read`` is called."""

    name: str  # for the report: path below the root, with the line of a JSON lines file
    path: Path
    root: Path
    line: str = ""


@dataclass(slots=True)
class Document:
    """A document read: its facts, its blocks, and how to get at the pictures and files it names."""

    page: Page
    blocks: list[Block]
    charset: str = ""
    pictures: dict[str, bytes] = field(default_factory=dict)  # placeholder → bytes
    files: dict[str, bytes] = field(default_factory=dict)  # address on the page → bytes
    used: set[Path] = field(default_factory=set)


def entries_in(path: Path) -> Iterator[Entry]:
    """Every document below a path, in a stable order, so that a second run meets them alike."""
    if path.is_dir():
        for found in sorted(path.rglob("*")):
            if found.is_file() and _is_document(found) and _inside(found, path):
                yield from _entries(found, path)
    else:
        yield from _entries(path, path.parent)


def others_in(path: Path) -> list[Path]:
    """Files of a folder that are no documents themselves: pictures, attachments, styles."""
    if not path.is_dir():
        return []
    return [found for found in sorted(path.rglob("*")) if found.is_file() and not _is_document(found)]


def read(entry: Entry) -> Document:
    """Raises ``NotAnArticle`` or ``Refused`` with the reason when there is nothing to take."""
    suffix = entry.path.suffix.lower()
    if entry.line:
        return _read_line(entry.line)
    if entry.path.stat().st_size > (word.MAX_FILE if suffix in WORDS else MAX_PAGE):
        raise NotAnArticle("large", _("文件过大（%d MB）") % (entry.path.stat().st_size // 1024 // 1024))
    data = entry.path.read_bytes()
    if suffix in WORDS or data.startswith(b"PK\x03\x04"):
        return _read_word(data, entry.path)
    return _read_page(data, entry)


def _entries(path: Path, root: Path) -> Iterator[Entry]:
    name = str(path.relative_to(root))
    if path.suffix.lower() not in LINES:
        yield Entry(name, path, root)
        return
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield Entry(f"{name}:{number}", path, root, decode(line).text)


def _is_document(path: Path) -> bool:
    return path.suffix.lower() in PAGES | TEXTS | LINES | WORDS


def _inside(path: Path, root: Path) -> bool:
    return path.resolve().is_relative_to(root.resolve())


def _read_line(line: str) -> Document:
    """A line of an export: ``title`` and ``text`` or ``html``, with the facts it may name."""
    if len(line) > MAX_PAGE:
        raise NotAnArticle("large", _("这一行过大"))
    try:
        record = json.loads(line)
    except ValueError as error:
        raise NotAnArticle("broken", _("不是有效的 JSON")) from error
    if not isinstance(record, dict):
        raise NotAnArticle("broken", _("不是一条记录"))
    values = {name: value.strip() for name, value in record.items() if isinstance(value, str)}
    markup = values.get("html") or values.get("content") or ""
    text = values.get("text") or values.get("body") or ""
    if not (markup or text):
        raise NotAnArticle("empty", _("没有正文（缺少 text 或 html）"))
    page = _page(markup or text, values.get("title", ""), values.get("url", ""), markup=bool(markup))
    return Document(_completed(page, values), blocks_of(page.body), "utf-8")


def _completed(page: Page, values: dict[str, str]) -> Page:
    """What the export says in fields of their own goes before what its text says."""
    from_field = dates.found_in(values.get("published_at") or values.get("date") or "")
    page.published_at = from_field or page.published_at
    page.author = values.get("author") or page.author
    page.doc_number = values.get("doc_number") or page.doc_number
    return page


def _page(text: str, title: str = "", address: str = "", *, markup: bool) -> Page:
    if not markup:
        forged = hijack.spam_in(f"{title}\n{text[:300]}")
        if forged:
            raise NotAnArticle("hijacked", _("疑似被篡改：标题或开头带有博彩词语"))
        return texts.page_of(text, title)
    page = extraction.page_of(
        text if "<title" in text[:5000].lower() else f"<title>{title}</title>{text}", address=address
    )
    page.title = page.title or title
    return page


def _read_word(data: bytes, path: Path) -> Document:
    taken = word.from_docx(data, path.name)
    body = "".join(block.value for block in taken.blocks if block.kind != "image")
    page = Page(title=taken.title, body=body, notes=list(taken.notes))
    page.doc_number = doc_number_in("\n".join(text_of(body).split("\n")[:8]))
    page.published_at = next(filter(None, map(dates.alone_in, reversed(text_of(body).split("\n")))), None)
    if not page.title:
        page.title = _first_line(taken.blocks) or path.stem
    texts.judge(page)
    return Document(page, taken.blocks, "", {picture.placeholder: picture.data for picture in taken.pictures})


def _first_line(blocks: list[Block]) -> str:
    """Official documents centre their title; the centred line is taken out of the text."""
    first = blocks[0] if blocks else None
    found = (
        re.match(r'<p class="center">(.*?)</p>', first.value) if first is not None and first.kind == "text" else None
    )
    if first is None or found is None or len(text_of(found[1])) > 100:
        return ""
    rest = first.value[found.end() :]
    blocks[:1] = [first._replace(value=rest)] if rest else []
    return text_of(found[1]).replace("\n", "")


def _read_page(data: bytes, entry: Entry) -> Document:
    kind = next((name for magic, name in _BINARY.items() if data.startswith(magic)), "")
    if kind or not data.strip():
        raise NotAnArticle("broken", _("不是网页，是 %s 文件") % kind if kind else _("空文件"))
    decoded = decode(data)
    _refuse_unreadable(decoded)
    markup = entry.path.suffix.lower() in PAGES or len(_MARKUP.findall(decoded.text[:4000])) >= 2
    page = _page(decoded.text, markup=markup)
    _remark(page, decoded)
    document = Document(page, blocks_of(page.body), decoded.charset)
    _take_along(document, entry)
    return document


def _refuse_unreadable(decoded: Decoded) -> None:
    odd = sum(
        1 for character in decoded.text if character == "\ufffd" or (character < " " and character not in "\t\r\n\f")
    )
    if odd > 0.1 * len(decoded.text):
        raise NotAnArticle("broken", _("不是文字，或编码无法识别"))
    if decoded.lost > 5:
        raise NotAnArticle("broken", _("文字在旧系统里已经损坏（锟斤拷 等乱码 %d 处）") % decoded.lost)


def _remark(page: Page, decoded: Decoded) -> None:
    if decoded.contradicts:
        page.notes.append(
            _("声明的编码是 %(declared)s，实际是 %(charset)s")
            % {"declared": decoded.declared, "charset": decoded.charset}
        )
    if decoded.twice:
        page.notes.append(_("文字曾被错误转换，已还原"))
    if decoded.broken:
        page.doubts.append(_("有 %d 处字符损坏") % decoded.broken)


def _take_along(document: Document, entry: Entry) -> None:
    for image in document.page.images:
        path = _beside(image.href, entry)
        if path is not None:
            document.pictures[image.placeholder] = path.read_bytes()
            document.used.add(path)
    for attachment in document.page.attachments:
        path = _beside(attachment.href, entry)
        if path is not None:
            document.files[attachment.href] = path.read_bytes()
            document.used.add(path)


def _beside(href: str, entry: Entry) -> Path | None:
    """The file an address means on this disk: relative to the page, below the root, or in the folder a browser saved."""
    try:
        parts = urlsplit(href)
    except ValueError:
        return None
    path = unquote(parts.path).replace("\\", "/")
    name = path.rsplit("/", 1)[-1]
    saved = entry.path.with_suffix("").name
    candidates = [
        entry.path.parent / path.lstrip("/") if not parts.scheme else None,
        entry.root / path.lstrip("/"),
        entry.root / (parts.hostname or "") / path.lstrip("/"),
        entry.path.parent / f"{saved}_files" / name,
        entry.path.parent / f"{saved}.files" / name,
        entry.path.parent / name,
    ]
    for candidate in candidates:
        if candidate is not None and name and _usable(candidate, entry.root):
            return candidate.resolve()
    return None


def _usable(path: Path, root: Path) -> bool:
    try:
        return path.is_file() and _inside(path, root) and path.stat().st_size <= MAX_BESIDE
    except (OSError, ValueError):
        return False
