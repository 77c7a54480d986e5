"""The signature of a website's manifest.

The head signs a sum over all rows (a multiset hash: SHAKE-256 spread over 1024 lanes of 16 bits, added lane by lane;
"LtHash", Bellare and Micciancio 1997). Publishing one page subtracts the old row and adds the new one, whatever the
size of the website; whoever verifies adds all rows up.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from jiyue.common import signing


SIZE = 2048
_EVEN = int.from_bytes(b"\xff\xff\x00\x00" * (SIZE // 4), "little")
_ODD = _EVEN << 16
_CARRY = int.from_bytes(b"\x00\x00\x01\x00" * (SIZE // 4), "little")

Row = tuple[str, str, int]  # path, digest, status


def add(total: bytes, rows: Iterable[Row]) -> bytes:
    value = int.from_bytes(total, "little")
    for row in rows:
        spread = _spread(row)
        value = ((value & _EVEN) + (spread & _EVEN)) & _EVEN | ((value & _ODD) + (spread & _ODD)) & _ODD
    return value.to_bytes(SIZE, "little")


def subtract(total: bytes, rows: Iterable[Row]) -> bytes:
    value = int.from_bytes(total, "little")
    for row in rows:
        spread = _spread(row)
        even = ((value & _EVEN) + _CARRY - (spread & _EVEN)) & _EVEN
        odd = ((value >> 16 & _EVEN) + _CARRY - (spread >> 16 & _EVEN)) & _EVEN
        value = even | odd << 16
    return value.to_bytes(SIZE, "little")


def sign(website: int, *, outputs: int, total: bytes, at: datetime) -> bytes:
    return signing.sign("manifest", _statement(website, outputs, total, at))


def is_signed(website: int, *, outputs: int, total: bytes, at: datetime, signature: bytes) -> bool:
    return signing.is_signed("manifest", _statement(website, outputs, total, at), signature)


def _spread(row: Row) -> int:
    return int.from_bytes(hashlib.shake_256("\0".join(map(str, row)).encode()).digest(SIZE), "little")


def _statement(website: int, outputs: int, total: bytes, at: datetime) -> bytes:
    return f"jiyue manifest\n{website}\n{outputs}\n{at.timestamp():.6f}\n".encode() + total
