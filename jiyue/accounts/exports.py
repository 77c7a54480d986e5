"""The trail as files: JSON lines that verify themselves (docs/reference/audit.md), and the record of who took them.

One line per entry, with the very values its digest covers; the last line says how many there are, what they hash to and
whether they are a whole stretch of the chain, and signs that.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.hashes import SM3, Hash
from django.db import transaction
from django.db.models import QuerySet

from jiyue.accounts import audit
from jiyue.accounts.models import AuditEntry, User
from jiyue.common import signing


TRAILER = "jiyue-audit-export-1"
ROWS = 2000


def json_lines(entries: QuerySet[AuditEntry], *, whole: bool, at: datetime) -> Iterator[bytes]:
    """``whole``: the entries are a stretch of the chain without a filter."""
    total, count, first, last = Hash(SM3()), 0, None, None
    for entry in in_pages(entries):
        line = _line({**entry.row()._asdict(), "digest": entry.digest})
        total.update(line)
        first, last, count = first or entry, entry, count + 1
        yield line
    yield _line(
        _trailer(
            {
                "export": TRAILER,
                "at": at.astimezone(UTC).isoformat(),
                "entries": count,
                "first": first.seq if first else None,
                "last": last.seq if last else None,
                "head": last.digest if last else None,
                "whole": whole,
                "sm3": total.finalize().hex(),
                "public_key": signing.public_key("audit").hex(),
            }
        )
    )


def in_pages(entries: QuerySet[AuditEntry]) -> Iterator[AuditEntry]:
    """In the order of the chain. Every page is a query of its own: a streamed answer changes threads on its way."""
    last = 0
    while page := list(entries.filter(seq__gt=last).order_by("seq")[:ROWS]):
        yield from page
        last = page[-1].seq


def export(entries: QuerySet[AuditEntry], file: Path, *, whole: bool, by: User | None, at: datetime) -> int:
    """Writes the file, and in the trail who took it. Answers the number of entries."""
    stored = until_now(entries)
    count = note_export(stored, form="jsonl", by=by, at=at)
    write(json_lines(stored, whole=whole, at=at), file)
    return count


@transaction.atomic
def note_export(entries: QuerySet[AuditEntry], *, form: str, by: User | None, at: datetime, query: str = "") -> int:
    count = entries.count()
    audit.note("accounts.export_trail", by=by, at=at, name=query, form=form, entries=count)
    return count


def until_now(entries: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
    """Without what is appended while they are written."""
    newest = entries.order_by("-seq").values_list("seq", flat=True).first() or 0
    return entries.filter(seq__lte=newest)


def write(lines: Iterable[bytes], file: Path) -> str:
    """Answers the SM3 of the file."""
    total = Hash(SM3())
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as stream:
        for line in lines:
            total.update(line)
            stream.write(line)
    return total.finalize().hex()


def _trailer(values: dict[str, Any]) -> dict[str, Any]:
    return {**values, "signature": signing.sign("audit", _line(values)).hex()}


def _line(values: dict[str, Any]) -> bytes:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
