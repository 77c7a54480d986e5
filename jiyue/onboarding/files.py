"""Pictures and attachments of what comes in: looked at, refused when they are not what they claim, stored once."""

import hashlib
import io

from django.core.files.base import ContentFile
from django.core.files.images import ImageFile

from jiyue.accounts.models import User
from jiyue.library.models import Attachment, Picture
from jiyue.library.uploads import checked_attachment, checked_picture, extension_of
from jiyue.organisations.models import Unit


def store_picture(data: bytes, *, title: str, unit: Unit, by: User) -> Picture:
    """The picture in the unit's library; the same bytes are kept once."""
    checked = checked_picture(data)
    data = checked.data
    digest = hashlib.sha1(data, usedforsecurity=False).hexdigest()
    known: Picture | None = Picture.objects.filter(unit=unit, file_hash=digest).first()
    if known is not None:
        return known
    file = ImageFile(io.BytesIO(data), name=f"{digest[:16]}.{checked.extension}")
    picture = Picture(title=title[:255], alt=title[:200], unit=unit, uploaded_by_user=by, file=file)
    picture.width, picture.height = checked.size
    picture.file_hash, picture.file_size = digest, len(data)
    picture.save()
    return picture


def store_attachment(data: bytes, *, name: str, title: str, unit: Unit, by: User) -> Attachment:
    extension = extension_of(name)
    checked_attachment(data, name=name)
    digest = hashlib.sha1(data, usedforsecurity=False).hexdigest()
    known: Attachment | None = Attachment.objects.filter(unit=unit, file_hash=digest).first()
    if known is not None:
        return known
    attachment = Attachment(title=title[:255], unit=unit, uploaded_by_user=by, file_hash=digest, file_size=len(data))
    attachment.file.save(f"{digest[:16]}.{extension}", ContentFile(data), save=False)
    attachment.save()
    return attachment
