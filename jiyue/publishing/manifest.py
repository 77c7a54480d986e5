"""Reading and writing the manifest in bulk: a full rebuild writes hundreds of thousands of dependency rows, so this is
the one place that speaks SQL instead of models (measured in docs/adr/0011-publishing.md)."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import NamedTuple

from django.db import connection, transaction

from jiyue.publishing import seal
from jiyue.publishing.models import ManifestHead, Output, OutputHistory, OutputKey


@dataclass(slots=True, frozen=True)
class Entry:
    path: str
    kind: str
    ref: str
    digest: str
    status: int
    media_type: str
    size: int
    keys: frozenset[str]

    @property
    def keys_digest(self) -> str:
        return hashlib.blake2b("\n".join(sorted(self.keys)).encode(), digest_size=8).hexdigest()

    @property
    def row(self) -> seal.Row:
        return self.path, self.digest, self.status


class Known(NamedTuple):
    pk: int
    path: str
    kind: str
    ref: str
    digest: str
    status: int
    keys_digest: str
    rendered_at: datetime

    def is_same(self, entry: Entry) -> bool:
        return self[2:7] == (entry.kind, entry.ref, entry.digest, entry.status, entry.keys_digest)

    @property
    def row(self) -> seal.Row:
        return self.path, self.digest, self.status


_KNOWN = ("pk", "path", "kind", "ref", "digest", "status", "keys_digest", "rendered_at")


def known(website: int, paths: Sequence[str]) -> dict[str, Known]:
    rows = Output.objects.filter(website=website, path__in=paths).values_list(*_KNOWN)
    return {row[1]: Known(*row) for row in rows}


@transaction.atomic
def record(website: int, entries: Sequence[Entry], before: dict[str, Known], *, at: datetime) -> None:
    """Writes what these addresses answer from now on."""
    replaced = [before[entry.path] for entry in entries if entry.path in before]
    public = {old.row: old for old in replaced if old.digest}
    added = [entry.row for entry in entries if entry.row not in public]
    removed = public.keys() - {entry.row for entry in entries}
    _remember(website, [public[row] for row in removed], at)
    _upsert(website, [(entry, public[entry.row].rendered_at if entry.row in public else at) for entry in entries])
    _write_keys(website, entries, replaced)
    if added or removed:
        _sign(website, added=added, removed=list(removed), at=at)


@transaction.atomic
def begin_removal(website: int, gone: Sequence[Known], *, at: datetime) -> None:
    """Takes addresses out of the manifest but keeps their rows, so that a crash before the files are removed leaves a
    trace of what was to be done."""
    Output.objects.filter(pk__in=[old.pk for old in gone]).update(digest="")
    public = [old for old in gone if old.digest]
    _remember(website, public, at)
    _sign(website, added=[], removed=[old.row for old in public], at=at)


@transaction.atomic
def finish_removal(gone: Sequence[Known]) -> None:
    Output.objects.filter(pk__in=[old.pk for old in gone]).delete()


def is_sound(website: int) -> bool:
    """Whether the manifest of a website is the one we signed."""
    head = ManifestHead.objects.filter(website=website).first()
    rows = Output.objects.filter(website=website).exclude(digest="").values_list("path", "digest", "status")
    if head is None:
        return not rows.exists()
    total, outputs, signature = bytes(head.total), head.outputs, bytes(head.signature)
    if not seal.is_signed(website, outputs=outputs, total=total, at=head.at, signature=signature):
        return False
    return seal.add(bytes(seal.SIZE), rows.iterator()) == total and rows.count() == outputs


@transaction.atomic
def reseal(website: int, *, at: datetime) -> None:
    """Signs the rows as they are. Only for whoever has just made sure of every one of them."""
    head = ManifestHead.objects.select_for_update().filter(website=website).first() or ManifestHead(website_id=website)
    rows = Output.objects.filter(website=website).exclude(digest="").values_list("path", "digest", "status")
    counted = list(rows.iterator())
    head.total, head.outputs = seal.add(bytes(seal.SIZE), counted), len(counted)
    _seal(head, at)


def _remember(website: int, replaced: Iterable[Known], at: datetime) -> None:
    OutputHistory.objects.bulk_create(
        OutputHistory(
            website_id=website,
            path=old.path,
            digest=old.digest,
            status=old.status,
            since=old.rendered_at,
            until=max(at, old.rendered_at),
        )
        for old in replaced
    )


_COLUMNS = "website_id, path, kind, ref, digest, status, media_type, size, keys_digest, rendered_at"
_UPDATES = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS.split(", ")[2:])
_UPSERT = (
    f"INSERT INTO publishing_output ({_COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) "  # noqa: S608 -- made of the constants above
    f"ON CONFLICT (website_id, path) DO UPDATE SET {_UPDATES}"
)


def _upsert(website: int, entries: Iterable[tuple[Entry, datetime]]) -> None:
    moment = connection.ops.adapt_datetimefield_value
    rows = [
        (website, e.path, e.kind, e.ref, e.digest, e.status, e.media_type, e.size, e.keys_digest, moment(at))
        for e, at in entries
    ]
    with connection.cursor() as cursor:
        cursor.executemany(_UPSERT, rows)


def _write_keys(website: int, entries: Sequence[Entry], replaced: Iterable[Known]) -> None:
    same = {(old.path, old.keys_digest) for old in replaced}
    changed = {entry.path: entry.keys for entry in entries if (entry.path, entry.keys_digest) not in same}
    OutputKey.objects.filter(output__in=[old.pk for old in replaced if old.path in changed]).delete()
    pks = Output.objects.filter(website=website, path__in=list(changed)).values_list("pk", "path")
    _insert_keys(list(chain.from_iterable(((pk, key) for key in sorted(changed[path])) for pk, path in pks)))


def _insert_keys(rows: Sequence[tuple[int, str]]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy("COPY publishing_outputkey (output_id, key) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            cursor.executemany("INSERT INTO publishing_outputkey (output_id, key) VALUES (%s, %s)", rows)


def _sign(website: int, *, added: Sequence[seal.Row], removed: Sequence[seal.Row], at: datetime) -> None:
    head = ManifestHead.objects.select_for_update().filter(website=website).first()
    if head is None:
        head = ManifestHead(website_id=website, total=bytes(seal.SIZE))
    head.total = seal.add(seal.subtract(bytes(head.total), removed), added)
    head.outputs += len(added) - len(removed)
    _seal(head, at)


def _seal(head: ManifestHead, at: datetime) -> None:
    """A head never gets older: an old one that comes back is a copy of the database somebody has put in place."""
    head.at = max(at, head.at) if head.pk else at
    head.signature = seal.sign(head.website_id, outputs=head.outputs, total=bytes(head.total), at=head.at)
    head.save()
