"""What hides in files that hold others: office documents, archives, PDF. Each function raises ``Refused``."""

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import PurePosixPath
from typing import Final

from django.utils.translation import gettext as _

from jiyue.common.errors import Refused


MEMBERS: Final = 2_000
UNPACKED: Final = 512 * 1024 * 1024
RATIO: Final = 200  # for members of more than a megabyte; text packs at 1 to 20
LARGE: Final = 1024 * 1024
SCANNED: Final = 16 * 1024 * 1024  # of one XML part or PDF object stream
PARTS: Final = {"docx": "word/", "xlsx": "xl/", "pptx": "ppt/"}
_MACRO_PART: Final = re.compile(
    r"vbaproject|vbadata|(^|/)(macrosheets|intlmacrosheets|dialogsheets|activex)/", re.IGNORECASE
)
_OBJECT_PART: Final = re.compile(r"(^|/)embeddings/.*\.bin$|oleobject", re.IGNORECASE)
_EXTERNAL: Final = re.compile(rb"<[^<>]*TargetMode\s*=\s*[\"']External[\"'][^<>]*>", re.IGNORECASE)
_HYPERLINK: Final = re.compile(rb"relationships/hyperlink[\"']", re.IGNORECASE)
_DDE: Final = re.compile(rb"<(?:\w+:)?ddeLink\b|\bDDE(?:AUTO)?\b[^<]{0,200}</(?:\w+:)?instrText", re.IGNORECASE)
_DDE_SIMPLE: Final = re.compile(rb"instr\s*=\s*[\"']\s*DDE", re.IGNORECASE)
_VBA: Final = tuple(name.encode("utf-16-le") for name in ("_VBA_PROJECT", "\x01Ole10Native"))
_MACRO_SHEET: Final = re.compile(
    rb"\x85\x00[\x08-\xff]\x00.{4}[\x00-\x02]\x01", re.DOTALL
)  # BOUNDSHEET of an XLM sheet
_STREAM: Final = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_OBJECT_STREAM: Final = re.compile(rb"/ObjStm\b[^\0]{0,2000}?stream\r?\n(.*?)endstream", re.DOTALL)
_ESCAPED: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_ACTIVE: Final = re.compile(
    rb"/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData|GoToE|Rendition|Movie)(?![A-Za-z0-9])"
)


def check_office(data: bytes, extension: str) -> None:
    with _archive(data) as archive:
        names = [info.filename for info in _members(archive)]
        if "[Content_Types].xml" not in names or not any(name.startswith(PARTS[extension]) for name in names):
            raise Refused(_("内容与扩展名 .%s 不符") % extension)
        if any(_MACRO_PART.search(name) for name in names):
            raise Refused(_("文件中有宏或控件，请另存为不含宏的文件后上传。"))
        if any(_OBJECT_PART.search(name) for name in names):
            raise Refused(_("文件中嵌入了其他程序的对象，请删除对象或转为图片后上传。"))
        for name in names:
            if name.lower().endswith((".xml", ".rels")):
                _check_part(_read(archive, name))


def _check_part(xml: bytes) -> None:
    if b"macroEnabled" in xml:
        raise Refused(_("文件中有宏或控件，请另存为不含宏的文件后上传。"))
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise Refused(_("文件结构不正确，请用办公软件重新保存后上传。"))
    if any(not _HYPERLINK.search(found) for found in _EXTERNAL.findall(xml)):
        raise Refused(_("文件引用了外部的模板、图片或数据，请断开引用后上传。"))
    if _DDE.search(xml) or _DDE_SIMPLE.search(xml):
        raise Refused(_("文件中有动态数据交换（DDE），请删除后上传。"))


def check_old_office(data: bytes, extension: str) -> None:
    """The compound files of Office 97 and WPS."""
    if any(mark in data for mark in _VBA):
        raise Refused(_("文件中有宏或嵌入对象，请另存为不含宏的 docx、xlsx、pptx 或 PDF 后上传。"))
    if extension in {"xls", "wps"} and _MACRO_SHEET.search(data):
        raise Refused(_("文件中有宏工作表，请删除后上传。"))


def check_ofd(data: bytes) -> None:
    with _archive(data) as archive:
        names = [info.filename for info in _members(archive)]
        if "OFD.xml" not in names:
            raise Refused(_("内容与扩展名 .%s 不符") % "ofd")
        for name in names:
            if name.lower().endswith((".js", ".exe", ".html")):
                raise Refused(_("版式文件中有脚本或附带的程序，不能上传。"))


def check_zip(data: bytes, check: Callable[[str, bytes], None]) -> None:
    """``check(name, data)`` looks at each member; an archive inside an archive is refused by it."""
    with _archive(data) as archive:
        for info in _members(archive):
            if not info.is_dir():
                check(info.filename, _read(archive, info.filename, most=UNPACKED))


def check_pdf(data: bytes) -> None:
    if b"%PDF-" not in data[:1024]:
        raise Refused(_("内容与扩展名 .%s 不符") % "pdf")
    outside = _STREAM.sub(b"stream endstream", data)
    if re.search(rb"/Encrypt(?![A-Za-z0-9])", outside):
        raise Refused(_("PDF 加了密，无法检查，请去除密码和限制后上传。"))
    for text in (outside, *_object_streams(data)):
        found = _ACTIVE.search(_ESCAPED.sub(lambda code: bytes([int(code[1], 16)]), text))
        if found:
            raise Refused(_("PDF 中有脚本、启动动作或嵌入文件（%s），请重新导出后上传。") % found[1].decode())


def _object_streams(data: bytes) -> Iterator[bytes]:
    for packed in _OBJECT_STREAM.findall(data):
        unpacker = zlib.decompressobj()
        try:
            text = unpacker.decompress(packed, SCANNED)
        except zlib.error as error:
            raise Refused(_("PDF 的结构无法检查，请重新导出后上传。")) from error
        if unpacker.unconsumed_tail:
            raise Refused(_("PDF 的结构无法检查，请重新导出后上传。"))
        yield text


def _archive(data: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise Refused(_("压缩文件已损坏。")) from error


def _members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Its members, when nothing is wrong with their names, their number and what they unpack to."""
    members = archive.infolist()
    total = sum(info.file_size for info in members)
    if len(members) > MEMBERS or total > UNPACKED:
        raise Refused(_("压缩文件展开后过大或文件过多。"))
    for info in members:
        if info.file_size > LARGE and info.file_size > RATIO * max(info.compress_size, 1):
            raise Refused(_("压缩文件展开后过大或文件过多。"))
        if info.flag_bits & 1:
            raise Refused(_("压缩文件加了密，无法检查。"))
        if not _is_plain(info):
            raise Refused(_("压缩文件中有不安全的路径。"))
    if len({info.filename for info in members}) != len(members) or _overlap(members):
        raise Refused(_("压缩文件已损坏。"))
    return members


def _is_plain(info: zipfile.ZipInfo) -> bool:
    name, kind = info.filename, (info.external_attr >> 16) & 0o170000
    path = PurePosixPath(name)
    odd = "\\" in name or ":" in name or "\0" in info.orig_filename or not name.isprintable()
    return not (path.is_absolute() or ".." in path.parts or odd or kind not in {0, 0o100000, 0o040000})


def _overlap(members: list[zipfile.ZipInfo]) -> bool:
    """Members that share their bytes: how a bomb of petabytes fits into megabytes."""
    spans = sorted((info.header_offset, info.compress_size) for info in members)
    return any(start + size > following for (start, size), (following, _size) in pairwise(spans))


def _read(archive: zipfile.ZipFile, name: str, most: int = SCANNED) -> bytes:
    """The bytes of a member; what its header says of its size is not believed."""
    try:
        with archive.open(name) as member:
            data = member.read(most + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise Refused(_("压缩文件已损坏。")) from error
    if len(data) > most:
        raise Refused(_("压缩文件展开后过大或文件过多。"))
    return data
