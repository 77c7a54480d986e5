"""Pictures and attachments of what comes in: looked at, refused when they are not what they claim, stored once."""

import hashlib
import io
from pathlib import PurePosixPath
from typing import Final

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.utils.translation import gettext as _
from PIL import Image, UnidentifiedImageError

from jiyue.accounts.models import User
from jiyue.common.errors import Refused
from jiyue.library.models import Attachment, Picture
from jiyue.organisations.models import Unit


MAX_ATTACHMENT: Final = 50 * 1024 * 1024
_FORMATS: Final = {"PNG": "png", "JPEG": "jpg", "GIF": "gif", "WEBP": "webp"}
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
# What a file of this name begins with. Old .doc and .xls were also saved as RTF and HTML; those are refused.
_MAGIC: Final = {
    "pdf": (b"%PDF",),
    **dict.fromkeys(("docx", "xlsx", "pptx", "ofd", "zip"), (_ZIP,)),
    **dict.fromkeys(("doc", "xls", "ppt"), (_OLE,)),
    "wps": (_OLE, _ZIP),
}


def store_picture(data: bytes, *, title: str, unit: Unit, by: User) -> Picture:
    """The picture in the unit's library; the same bytes are kept once."""
    if len(data) > settings.WAGTAILIMAGES_MAX_UPLOAD_SIZE:
        raise Refused(_("图片过大"))
    extension, size, data = _opened(data)
    digest = hashlib.sha1(data, usedforsecurity=False).hexdigest()
    known: Picture | None = Picture.objects.filter(unit=unit, file_hash=digest).first()
    if known is not None:
        return known
    file = ImageFile(io.BytesIO(data), name=f"{digest[:16]}.{extension}")
    picture = Picture(title=title[:255], alt=title[:200], unit=unit, uploaded_by_user=by, file=file)
    picture.width, picture.height = size
    picture.file_hash, picture.file_size = digest, len(data)
    picture.save()
    return picture


def store_attachment(data: bytes, *, name: str, title: str, unit: Unit, by: User) -> Attachment:
    extension = PurePosixPath(name).suffix.lower().lstrip(".")
    if extension not in settings.WAGTAILDOCS_EXTENSIONS:
        raise Refused(_("不接收 .%s 文件") % extension)
    if len(data) > MAX_ATTACHMENT:
        raise Refused(_("附件过大"))
    if not data or not data.startswith(_MAGIC.get(extension, (b"",))):
        raise Refused(_("内容与扩展名 .%s 不符") % extension)
    digest = hashlib.sha1(data, usedforsecurity=False).hexdigest()
    known: Attachment | None = Attachment.objects.filter(unit=unit, file_hash=digest).first()
    if known is not None:
        return known
    attachment = Attachment(title=title[:255], unit=unit, uploaded_by_user=by, file_hash=digest, file_size=len(data))
    attachment.file.save(f"{digest[:16]}.{extension}", ContentFile(data), save=False)
    attachment.save()
    return attachment


def _opened(data: bytes) -> tuple[str, tuple[int, int], bytes]:
    """Extension, size and bytes of a picture a browser can show; bitmaps of old sites become PNG."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            if image.width * image.height > settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS:
                raise Refused(_("图片尺寸过大"))
            image.load()
            if image.format in _FORMATS:
                return _FORMATS[image.format], image.size, data
            if image.format in {"BMP", "DIB", "TIFF"}:
                written = io.BytesIO()
                image.convert("RGB").save(written, "PNG")
                return "png", image.size, written.getvalue()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Refused(_("图片已损坏或格式不能识别")) from error
    raise Refused(_("不接收这种格式的图片"))
