"""Verifying the trail: every link, every digest, every anchor; and saying which entry is the first that is wrong."""

import json
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import OperationalError, connection
from django.utils.translation import gettext_noop as _

from jiyue.accounts import anchors
from jiyue.accounts.chain import EPOCH, GENESIS, MICROSECOND, digest_of
from jiyue.accounts.models import AuditEntry
from jiyue.accounts.models.trail import AuditCheck
from jiyue.accounts.signals import trail_broken
from jiyue.common import signing


ROWS = 10_000  # read at a time: no transaction stays open while a million entries are added up
PURGE = "accounts.purge_trail"

FAULTS = {
    "altered": _("这一条的内容与其摘要不符：被改动过。"),
    "missing": _("从这一条起有记录缺失：被删除过。"),
    "inserted": _("这一条是后来插入的。"),
    "beginning": _("记录不是从第一条开始，也没有经签名的清除记录说明更早的去向。"),
    "cut": _("锚点见过的记录已不存在：末尾被截断，或者数据库被退回到旧的备份。"),
    "rewritten": _("记录与锚点不符：从上一个相符的锚点之后被整段重写。"),
    "anchor": _("锚点文件不是本系统签名的：锚点被改动过。"),
}

_MOMENT = {"sqlite": "at || ''", "postgresql": "(extract(epoch from at) * 1000000)::bigint"}
_SELECT = (
    "SELECT seq, prev, {moment}, user_id, user_name, action, target_type, target_id, target_name, unit_id, address,"
    " request, data, digest FROM accounts_auditentry WHERE seq >= %s AND seq <= %s ORDER BY seq LIMIT {rows}"
)


@dataclass
class Walk:
    """What is known while going along the chain."""

    seq: int  # of the last entry that was right
    digest: str
    moment: int = 0
    rows: int = 0
    clock_steps: int = 0
    fault: str = ""
    wrong_seq: int | None = None
    detail: str = ""
    first: int = 0
    first_prev: str = GENESIS
    purges: list[dict[str, Any]] = field(default_factory=list)
    anchored: int = 0  # anchors that agree
    sound_until: int = 0  # the last entry an anchor agrees with

    def fail(self, fault: str, seq: int | None, detail: str = "") -> None:
        if not self.fault:
            self.fault, self.wrong_seq, self.detail = fault, seq, detail


def verify(*, at: datetime, since: AuditCheck | None = None) -> AuditCheck:
    """Verifies the whole trail, or what came after a verification that was sound; keeps and answers the result."""
    begun = time.perf_counter()
    walk = verified(since=since)
    check = AuditCheck.objects.create(
        at=at,
        whole=since is None,
        first_seq=walk.first,
        last_seq=walk.seq,
        last_digest=walk.digest,
        anchors=walk.anchored,
        clock_steps=walk.clock_steps,
        seconds=round(time.perf_counter() - begun, 3),
        wrong_seq=walk.wrong_seq,
        fault=walk.fault,
        detail=walk.detail[:255],
    )
    if walk.fault:
        trail_broken.send(AuditCheck, check=check)
    return check


def verify_all(at: datetime) -> AuditCheck:
    return verify(at=at)


def verify_new(at: datetime) -> AuditCheck:
    """What came since the last verification; after one that failed, all of it."""
    last = AuditCheck.objects.first()
    return verify(at=at, since=last if last and last.is_sound and last.last_seq else None)


def verified(*, since: AuditCheck | None = None) -> Walk:
    last = AuditEntry.objects.values_list("seq", flat=True).first() or 0
    walk = Walk(since.last_seq - 1 if since else 0, "" if since else GENESIS)
    known, complaint = _anchors()
    if since and last < since.last_seq:
        walk.fail("cut", last + 1)
        return walk
    for rows in _chunks(walk.seq + 1, last):
        _follow(walk, rows, known)
        if walk.fault:
            return walk
    if since:
        _is_where_we_left_it(walk, since)
    else:
        _begins_rightly(walk)
    _reaches_every_anchor(walk, known)
    if complaint:
        walk.fail("anchor", None, complaint)
    return walk


def span(first: int, last: int) -> Walk:
    """A stretch of the chain by itself: its links and digests, without anchors."""
    walk = Walk(first - 1, "")
    for rows in _chunks(first, last):
        _follow(walk, rows, {})
        if walk.fault:
            break
    return walk


def _chunks(first: int, last: int) -> Iterator[list[tuple[Any, ...]]]:
    while first <= last:
        rows = _read(first, last)
        if not rows:
            return
        yield rows
        first = rows[-1][0] + 1


def _read(first: int, last: int) -> list[tuple[Any, ...]]:
    statement = _SELECT.format(moment=_MOMENT[connection.vendor], rows=ROWS)
    with connection.cursor() as cursor:
        try:
            cursor.execute(statement, [first, last])
            rows = cursor.fetchall()
        except OperationalError:  # bytes that are no text, which SQLite keeps in any column
            rows = _read_roughly(statement, first, last)
    return [(row[0], row[1], _micro(row[2]), *row[3:]) for row in rows] if connection.vendor == "sqlite" else rows


def _read_roughly(statement: str, first: int, last: int) -> list[tuple[Any, ...]]:
    raw: sqlite3.Connection = connection.connection
    before, raw.text_factory = raw.text_factory, lambda text: text.decode(errors="surrogateescape")
    try:
        return raw.execute(statement.replace("%s", "?"), [first, last]).fetchall()
    finally:
        raw.text_factory = before


_NAIVE = EPOCH.replace(tzinfo=None)


def _micro(text: Any) -> Any:
    try:
        moment = datetime.fromisoformat(text)
        return ((moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment) - _NAIVE) // MICROSECOND
    except (TypeError, ValueError):
        return text  # no moment at all: its digest will not fit


def _follow(walk: Walk, rows: list[tuple[Any, ...]], known: dict[int, list[anchors.Anchor]]) -> None:
    """The hot loop: what is usual stands in it, what is wrong is explained outside."""
    seq, digest, moment = walk.seq, walk.digest, walk.moment
    if not walk.rows:
        walk.first, walk.first_prev = rows[0][0], rows[0][1]
        if walk.digest != GENESIS or walk.first != 1:
            seq, digest = walk.first - 1, walk.first_prev  # where it may begin is judged at the end
    for number, row in enumerate(rows, 1):
        expected, own = digest, row[13]
        seq, digest = seq + 1, _digest(row)
        if row[0] != seq or row[1] != expected or digest != own:
            _explain(walk, row, seq, expected, digest, rows[number : number + 1])
            break
        if row[2] < moment:
            walk.clock_steps += 1
        moment = row[2]
        if row[5] == PURGE:
            walk.purges.append(json.loads(row[12]))
        if seq in known and not _agrees(walk, known[seq], digest):
            break
        walk.seq, walk.digest, walk.moment = seq, digest, moment
        walk.rows += 1


def _digest(row: tuple[Any, ...]) -> str:
    try:
        return digest_of(row[:13])
    except (TypeError, ValueError):
        return ""  # something no entry can hold


def _explain(
    walk: Walk, row: tuple[Any, ...], seq: int, expected: str, digest: str, following: list[tuple[Any, ...]]
) -> None:
    """``seq`` and ``expected`` are what should stand here."""
    is_itself = digest == row[13]
    if row[0] != seq:
        walk.fail("missing", seq)
    elif _is_moved(row, up=1):
        walk.fail("inserted", seq - 1)
    elif _is_moved(row, up=-1):
        walk.fail("missing", seq)
    elif any(_is_moved(one, up=1) for one in following):
        walk.fail("inserted", seq)
    elif is_itself and row[1] != expected:
        walk.fail("altered", seq - 1)  # this one is whole and remembers another one before it
    else:
        walk.fail("altered", seq)


def _is_moved(row: tuple[Any, ...], *, up: int) -> bool:
    """Whether it would be right if it stood elsewhere: entries were renumbered around something put in or taken out."""
    return isinstance(row[0], int) and _digest((row[0] - up, *row[1:])) == row[13]


def _anchors() -> tuple[dict[int, list[anchors.Anchor]], str]:
    """By entry; and what is wrong with the files themselves. The newest signature vouches for all that agree."""
    known: dict[int, list[anchors.Anchor]] = {}
    complaint = ""
    for file in filter(None, (anchors.own_file(), anchors.second_file())):
        try:
            for one in anchors.read(file):
                known.setdefault(one.seq, []).append(one)
        except (ValueError, OSError) as error:
            complaint = f"{file}: {error}"
    if known and not all(one.is_signed() for one in known[max(known)]):
        complaint = f"#{max(known)}"
    return known, complaint


def _agrees(walk: Walk, seen: list[anchors.Anchor], digest: str) -> bool:
    for one in seen:
        if one.digest != digest:
            _disagree(walk, one, "rewritten", walk.sound_until + 1)
            return False
    walk.anchored += len(seen)
    walk.sound_until = seen[0].seq
    return True


def _disagree(walk: Walk, one: anchors.Anchor, fault: str, seq: int) -> None:
    if one.is_signed():
        walk.fail(fault, seq, f"{walk.sound_until + 1}-{one.seq}")
    else:
        walk.fail("anchor", None, f"{one.seq}")


def _reaches_every_anchor(walk: Walk, known: dict[int, list[anchors.Anchor]]) -> None:
    last = max(known, default=0)
    if last > walk.seq:
        _disagree(walk, known[last][0], "cut", walk.seq + 1)


def _begins_rightly(walk: Walk) -> None:
    """At the first entry ever, or where the newest purge says, which only the holder of the key can have written."""
    if not walk.rows or (walk.first == 1 and walk.first_prev == GENESIS):
        return
    signed = [purge for purge in walk.purges if is_purge(purge)]
    if not any(purge["last"] == walk.first - 1 and purge["digest"] == walk.first_prev for purge in signed):
        walk.fail("beginning", max((purge["last"] for purge in signed), default=0) + 1)


def is_purge(data: dict[str, Any]) -> bool:
    try:
        signature = bytes.fromhex(data["signature"])
        return signing.is_signed("audit", purge_statement(data["last"], data["digest"], data["file_digest"]), signature)
    except (KeyError, TypeError, ValueError):
        return False


def purge_statement(last: int, digest: str, file_digest: str) -> bytes:
    return f"jiyue audit purge\n{last}\n{digest}\n{file_digest}\n".encode()


def _is_where_we_left_it(walk: Walk, since: AuditCheck) -> None:
    stored = AuditEntry.objects.filter(seq=since.last_seq).values_list("digest", flat=True).first()
    if stored != since.last_digest:
        walk.fail("altered" if stored else "missing", since.last_seq)
