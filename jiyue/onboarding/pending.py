"""Between the preview of a Word file and the filling of the draft: the text travels signed in the form, the pictures
wait in the media storage under their digest. What nobody fetched within a day is removed."""

import hashlib
from datetime import datetime, timedelta
from typing import Final

from django.core import signing
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from jiyue.common.errors import Refused
from jiyue.onboarding.blocks import Block
from jiyue.onboarding.paste import PastedPicture
from jiyue.onboarding.word import Taken


FOLDER: Final = "pending"
KEPT: Final = timedelta(days=1)


def keep(taken: Taken, *, item: int, at: datetime) -> str:
    """Puts the pictures aside; answers the ticket with which ``recall`` gives everything back for the same item."""
    _tidy(at)
    pictures = [[p.placeholder, _stored(p), p.extension, p.alt] for p in taken.pictures]
    return signing.dumps(
        [taken.title, [list(block) for block in taken.blocks], pictures], salt=_salt(item), compress=True
    )


def recall(ticket: str, *, item: int) -> Taken:
    try:
        title, blocks, pictures = signing.loads(ticket, salt=_salt(item), max_age=KEPT)
        found = [PastedPicture(mark, _read(name), extension, alt) for mark, name, extension, alt in pictures]
    except (signing.BadSignature, FileNotFoundError) as error:
        raise Refused(_("预览已过期，请重新上传或粘贴。")) from error
    return Taken([Block(*block) for block in blocks], title, found)


def _salt(item: int) -> str:
    return f"onboarding.pending.{item}"


def _stored(picture: PastedPicture) -> str:
    name = f"{FOLDER}/{hashlib.sha256(picture.data).hexdigest()}.{picture.extension}"
    if not default_storage.exists(name):
        default_storage.save(name, ContentFile(picture.data))
    return name


def _read(name: str) -> bytes:
    with default_storage.open(name) as opened:
        data: bytes = opened.read()
    return data


def _tidy(at: datetime) -> None:
    names = default_storage.listdir(FOLDER)[1] if default_storage.exists(FOLDER) else []
    for name in (f"{FOLDER}/{name}" for name in names):
        if default_storage.get_modified_time(name) < at - KEPT:
            default_storage.delete(name)
