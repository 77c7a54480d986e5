"""The hash chain of the trail as arithmetic, without a database. The format never changes; docs/reference/audit.md.

The digest of an entry is SM3 (GB/T 32905) over the UTF-8 bytes of one JSON array, written as ``JSON.stringify`` writes
it: ``["jiyue-audit-1", seq, prev, at, user, user_name, action, target_type, target_id, target_name, unit, address,
request, data]``. ``at`` is microseconds since 1970 in UTC, ``data`` the stored text, ``prev`` the digest before.
"""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.hashes import SM3, Hash


FORMAT = "jiyue-audit-1"
GENESIS = "0" * 64
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
# controls (CR, LF, NUL, ANSI escapes), soft hyphen, zero width, bidi overrides, surrogates, tags: seen, never obeyed
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Row(NamedTuple):
    """What is hashed of one entry, in this order."""

    seq: int
    prev: str
    at: int
    user: int | None
    user_name: str
    action: str
    target_type: str
    target_id: str
    target_name: str
    unit: int | None
    address: str
    request: str
    data: str


def digest_of(row: tuple[Any, ...]) -> str:
    """64 hexadecimal digits. ``row`` as ``Row`` orders it."""
    sm3 = Hash(SM3())
    sm3.update(_encode((FORMAT, *row)).encode())
    return sm3.finalize().hex()


def microseconds(at: datetime) -> int:
    return (at - EPOCH) // MICROSECOND


def canonical(data: dict[str, Any]) -> str:
    """The one spelling of ``data``: JSON with sorted keys, in which no character can act on a terminal or a log."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return visible(text)


def visible(text: str) -> str:
    """Spells characters that would break or turn a line as ``\\u202e``; inside JSON they mean the same as before."""
    return _UNSAFE.sub(lambda found: json.dumps(found[0])[1:-1], text)
