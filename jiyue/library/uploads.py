"""Everything that is uploaded, whichever way it comes (forms, import, Word), is looked at here before it is stored.

Only what is on the list comes in, and only when its content is what its name says. Pictures are written anew, so that
nothing but the picture remains of them: no position, no camera, no second file behind the picture. SVG is refused: it
is a program, and no office needs one. Each function raises ``Refused`` with words for the person.
"""

import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from jiyue.common.clamd import ScannerError, virus_in
from jiyue.common.errors import Refused
from jiyue.library import packages


FORMATS: Final = {"PNG": "png", "JPEG": "jpg", "GIF": "gif", "WEBP": "webp"}
PICTURES: Final = frozenset({"png", "jpg", "jpeg", "gif", "webp"})
OLD_BITMAPS: Final = frozenset({"BMP", "TIFF"})  # of old sites and Word: become PNG
READ: Final = (*FORMATS, *OLD_BITMAPS)
MAX_ATTACHMENT: Final = 100 * 1024 * 1024
FRAMES: Final = 300
NAME: Final = 100
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP: Final = b"PK\x03\x04"
_BEGINNINGS: Final = {
    "pdf": (b"%PDF-",),
    "zip": (_ZIP, b"PK\x05\x06"),
    **dict.fromkeys(("docx", "xlsx", "pptx", "ofd"), (_ZIP,)),
    **dict.fromkeys(("doc", "xls", "ppt"), (_OLE,)),  # old ones were also saved as RTF and HTML; those are refused
    "wps": (_OLE, _ZIP),
    "mp3": (b"ID3",),
}
_HIDDEN: Final = re.compile('[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff/\\\\:*?"<>|]')
_MARKUP: Final = re.compile(rb"^\s*(<\?xml|<!doctype|<html|<script|<svg)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CheckedPicture:
    data: bytes
    extension: str
    size: tuple[int, int]


def checked_picture(data: bytes, *, name: str = "") -> CheckedPicture:
    """``name``: as the person calls the file; without one the content alone counts."""
    extension = extension_of(name)
    if name and extension not in PICTURES:
        raise Refused(_("不接收 .%s 图片，请用 jpg、png、gif 或 webp。") % extension)
    if len(data) > settings.WAGTAILIMAGES_MAX_UPLOAD_SIZE:
        raise Refused(_("图片过大"))
    scan(data)
    try:
        with Image.open(io.BytesIO(data), formats=READ) as image:
            if image.width * image.height > settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS:
                raise Refused(_("图片尺寸过大"))
            kind = FORMATS.get(image.format or "", "")
            if name and kind != extension.replace("jpeg", "jpg"):
                raise Refused(_("内容与扩展名 .%s 不符") % extension)
            return _written(image, kind or "png")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise Refused(_("图片已损坏或格式不能识别")) from error


def checked_attachment(data: bytes, *, name: str) -> bytes:
    """The same bytes: a signed document must stay what it is, so nothing is taken out of it."""
    extension = extension_of(name)
    if extension not in settings.WAGTAILDOCS_EXTENSIONS:
        raise Refused(_("不接收 .%s 文件") % extension)
    if len(data) > MAX_ATTACHMENT:
        raise Refused(_("附件过大"))
    scan(data)
    _check_kind(data, extension, nested=False)
    return data


def scan(data: bytes) -> None:
    """Asks the virus scanner where one is set up; one that does not answer refuses everything."""
    if not settings.CLAMD:
        return
    try:
        found = virus_in(data, address=settings.CLAMD)
    except ScannerError as error:
        raise Refused(_("查毒服务没有应答，暂时不能上传。请稍后再试，或联系系统管理员。")) from error
    if found:
        raise Refused(_("文件中发现病毒（%s），已拒绝。") % found)


def extension_of(name: str) -> str:
    return PurePosixPath(name).suffix.lower().lstrip(".")


def plain_name(name: str) -> str:
    """A file name without folders, control characters and what reverses its reading direction; with its extension."""
    path = PurePosixPath(_HIDDEN.sub("", unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2])))
    stem = path.stem.strip(" .")[:NAME] or "file"
    return f"{stem}{path.suffix.lower()}"


def _check_kind(data: bytes, extension: str, *, nested: bool) -> None:
    if not _begins_as(data, extension):
        raise Refused(_("内容与扩展名 .%s 不符") % extension)
    match extension:
        case "docx" | "xlsx" | "pptx":
            packages.check_office(data, extension)
        case "doc" | "xls" | "ppt":
            packages.check_old_office(data, extension)
        case "wps" if data.startswith(_OLE):
            packages.check_old_office(data, extension)
        case "wps":
            packages.check_office(data, "docx")
        case "ofd":
            packages.check_ofd(data)
        case "pdf":
            packages.check_pdf(data)
        case "zip":
            if nested:
                raise Refused(_("压缩文件中又有压缩文件，不能上传。"))
            packages.check_zip(data, _check_member)


def _check_member(name: str, data: bytes) -> None:
    extension = extension_of(name)
    if extension in PICTURES:
        return
    if extension not in settings.WAGTAILDOCS_EXTENSIONS:
        raise Refused(_("压缩文件中有不接收的文件：%s") % plain_name(name))
    _check_kind(data, extension, nested=True)


def _begins_as(data: bytes, extension: str) -> bool:
    if extension in {"txt", "csv"}:
        return b"\0" not in data and not _MARKUP.match(data[:1024])
    if extension == "mp4":
        return data[4:8] == b"ftyp"
    if extension == "mp3" and len(data) > 2 and data[0] == 0xFF:
        return data[1] & 0xE0 == 0xE0
    return data.startswith(_BEGINNINGS[extension])


def _written(image: Image.Image, extension: str) -> CheckedPicture:
    """The picture and its colour profile, and nothing else of the file."""
    options: dict[str, object] = {"icc_profile": image.info.get("icc_profile")}
    if extension in {"gif", "webp"} and getattr(image, "n_frames", 1) > 1:
        return _animation(image, extension, options)
    image.load()
    turned = ImageOps.exif_transpose(image)
    if extension == "jpg":
        same = turned.size == image.size and image.getexif().get(0x0112, 1) == 1 and image.format == "JPEG"
        options |= {"quality": "keep"} if same else {"quality": 92, "optimize": True}
        picture = image if same else turned
    else:
        picture = turned
        options |= {"quality": 90, "lossless": _is_lossless(image)} if extension == "webp" else {}
    if image.format in OLD_BITMAPS:
        picture = picture.convert("RGB")
    if extension == "gif":
        options.pop("icc_profile")
    picture.info = {key: value for key, value in picture.info.items() if key in {"transparency", "background"}}
    return _saved(picture, extension, {"exif": b"", **options} if extension in {"jpg", "webp"} else options)


def _saved(picture: Image.Image, extension: str, options: dict[str, object]) -> CheckedPicture:
    file = io.BytesIO()
    picture.save(file, next(name for name, kind in FORMATS.items() if kind == extension), **options)
    return CheckedPicture(file.getvalue(), extension, picture.size)


def _animation(image: Image.Image, extension: str, options: dict[str, object]) -> CheckedPicture:
    count = getattr(image, "n_frames", 1)
    if count > FRAMES or image.width * image.height * count > 5 * settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS:
        raise Refused(_("动图的帧数或尺寸过大"))
    durations = [frame.info.get("duration", 100) for frame in ImageSequence.Iterator(image)]
    image.seek(0)
    first, *others = _frames(image)
    more = {"save_all": True, "append_images": others, "duration": durations, "loop": image.info.get("loop", 0)}
    return _saved(first, extension, {**(options if extension == "webp" else {}), **more})


def _frames(image: Image.Image) -> Iterator[Image.Image]:
    for frame in ImageSequence.Iterator(image):
        copy = frame.convert("RGBA")
        copy.info = {}
        yield copy


def _is_lossless(image: Image.Image) -> bool:
    return image.format == "WEBP" and image.mode == "RGBA"
