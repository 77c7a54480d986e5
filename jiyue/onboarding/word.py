"""A Word file or what was pasted from Word into blocks, tables, pictures and headings kept."""

import io
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import Any, Final
from xml.parsers.expat import ExpatError

import mammoth
from django.utils.html import escape
from django.utils.translation import gettext as _

from jiyue.common.errors import Refused
from jiyue.common.html import text_of
from jiyue.onboarding import paste
from jiyue.onboarding.blocks import Block, blocks_of
from jiyue.onboarding.enclosures import PLACEHOLDER
from jiyue.onboarding.paste import PastedPicture


MAX_FILE: Final = 20 * 1024 * 1024
MAX_UNPACKED: Final = 200 * 1024 * 1024
MAX_PARTS: Final = 2000
MAX_RATIO: Final = 300  # of one part; text compresses twenty times, a bomb a thousand times
MAX_PASTE: Final = 5 * 1024 * 1024
# What mammoth and the parsers below it say of a damaged document.
UNREADABLE: Final = (
    ExpatError,
    zipfile.BadZipFile,
    zlib.error,
    LookupError,
    ValueError,
    AttributeError,
    TypeError,
    OSError,
    RecursionError,
)
# What zipfile says of a damaged package: names, sizes and places in it are whatever somebody wrote there.
NOT_A_PACKAGE: Final = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    NotImplementedError,
    EOFError,
    OSError,
    OverflowError,
    RuntimeError,
    LookupError,
    ValueError,
)
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SHOWN: Final = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}
_TITLES: Final = ("Title", "title", "标题", "公文标题", "文件标题")
_STYLES: Final = "\n".join(
    [
        *(f"p[style-name='{name}'] => h1.document-title:fresh" for name in _TITLES),
        *(
            f"p[style-name='{name}'] => h{level}:fresh"
            for level in range(1, 7)
            for name in (f"heading {level}", f"Heading {level}", f"标题 {level}", f"标题{level}", f"{level}级标题")
        ),
        *(f"p[style-name='{name}级标题'] => h{level}:fresh" for level, name in enumerate("一二三四", 1)),
        "p[style-name='jiyue-center'] => p.center:fresh",
        "p[style-name='jiyue-right'] => p.right:fresh",
        "p[style-name='Quote'] => blockquote > p:fresh",
        "r[style-name='Strong'] => strong",
    ]
)
_TITLE: Final = re.compile(r'<h1 class="document-title">(.*?)</h1>', re.DOTALL)


@dataclass(slots=True)
class Taken:
    """The content of a Word document, ready for the body of an item."""

    blocks: list[Block]
    title: str = ""
    pictures: list[PastedPicture] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def from_docx(data: bytes, name: str = "") -> Taken:
    """Reads a .docx; refuses what is none, holds macros or unpacks to more than a document can be."""
    _refuse_unreadable(data, name)
    pictures = _Pictures()
    try:
        result = mammoth.convert_to_html(
            io.BytesIO(data),
            style_map=_STYLES,
            convert_image=mammoth.images.img_element(pictures.take),
            transform_document=mammoth.transforms.paragraph(_aligned),
            ignore_empty_paragraphs=True,
        )
    except UNREADABLE as error:
        raise Refused(_("Word 文件已损坏，无法读取。请在 Word 中打开并另存一份再试。")) from error
    titles = [text_of(title) for title in _TITLE.findall(result.value)]
    taken = Taken(_blocks(_TITLE.sub("", result.value)), " ".join(titles), pictures.kept)
    if pictures.unshown:
        taken.notes.append(_("%d 张图片的格式（EMF、WMF 等）网页不能显示，请另存为 PNG 后补上") % pictures.unshown)
    if not taken.blocks:
        raise Refused(_("文件里没有文字。"))
    return taken


def from_paste(html: str) -> Taken:
    """What was pasted: from Word, WPS or a web page."""
    if len(html) > MAX_PASTE * 2:
        raise Refused(_("粘贴的内容太大，请改为上传 Word 文件。"))
    if not re.search(r"<[a-zA-Z][^>]*>", html):
        html = "".join(f"<p>{escape(line)}</p>" for line in html.splitlines() if line.strip())
    held, pictures = paste.pictures_in(html)
    taken = Taken(_blocks(paste.plain(held)), pictures=pictures)
    lost = len(re.findall(r"<img\b", html, re.IGNORECASE)) - len(pictures)
    if lost > 0:
        taken.notes.append(_("%d 张图片没有随文字粘贴过来，请上传 Word 文件或单独插入图片") % lost)
    if not taken.blocks:
        raise Refused(_("没有可用的内容。"))
    return taken


def _blocks(html: str) -> list[Block]:
    return blocks_of(paste.plain(html))


class _Pictures:
    """Collects the pictures of a document while mammoth walks it."""

    def __init__(self) -> None:
        self.kept: list[PastedPicture] = []
        self.unshown = 0

    def take(self, image: Any) -> dict[str, str]:
        extension = _SHOWN.get(image.content_type or "")
        if extension is None:
            self.unshown += 1
            return {"src": ""}
        with image.open() as opened:
            data = opened.read(paste.MAX_PICTURE + 1)
        if len(data) > paste.MAX_PICTURE:
            self.unshown += 1
            return {"src": ""}
        placeholder = f"{PLACEHOLDER}{len(self.kept) + 1}"
        self.kept.append(PastedPicture(placeholder, data, extension, (image.alt_text or "")[:200]))
        return {"src": placeholder}


def _aligned(paragraph: Any) -> Any:
    """Mammoth forgets alignment; titles, signatures and dates of official documents live by it."""
    if paragraph.alignment in {"center", "right", "end"} and paragraph.style_name in {
        None,
        "Normal",
        "正文",
        "Body Text",
    }:
        style = "jiyue-center" if paragraph.alignment == "center" else "jiyue-right"
        return paragraph.copy(style_id=style, style_name=style)
    return paragraph


def _refuse_unreadable(data: bytes, name: str) -> None:
    if len(data) > MAX_FILE:
        raise Refused(_("文件超过 %d MB。") % (MAX_FILE // 1024 // 1024))
    if data.startswith(_OLE):
        raise Refused(_("这是旧格式（.doc）或加了密码的 Word 文件，请在 Word 中另存为不加密的 .docx 再导入。"))
    if name.lower().endswith((".docm", ".dotm")):
        raise Refused(_("带宏的 Word 文件（.docm）不接收，请另存为 .docx。"))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _refuse_bad_archive(archive)
    except NOT_A_PACKAGE as error:
        raise Refused(_("不是 Word 文件（.docx），或文件已损坏。")) from error


def _refuse_bad_archive(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    names = {part.filename.lower() for part in parts}
    if "word/document.xml" not in names:
        raise Refused(_("不是 Word 文件（.docx）。"))
    if any(name.endswith("vbaproject.bin") for name in names):
        raise Refused(_("文件带有宏，请另存为不带宏的 .docx。"))
    unpacked = sum(part.file_size for part in parts)
    bombs = [p for p in parts if p.file_size > 1_000_000 and p.file_size > MAX_RATIO * max(p.compress_size, 1)]
    if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED or bombs:
        raise Refused(_("文件解压后过大，疑似恶意文件。"))
    if any(part.flag_bits & 1 for part in parts):
        raise Refused(_("文件加了密码，请另存为不加密的 .docx。"))
    for part in parts:
        if part.filename.lower().endswith((".xml", ".rels")):
            head = archive.open(part).read(4096)
            if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
                raise Refused(_("文件含有不安全的内容（外部实体）。"))
