"""What the guard holds against the database: the manifest of each website as last found signed and complete.

A copy lies in ``HOME/manifests``, outside the database: whoever changes or deletes rows, or puts an old copy of the whole
database in place, is found out by it, and corrected from it.
"""

import base64
import gzip
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

from jiyue.publishing import seal
from jiyue.publishing.files import write_atomically
from jiyue.publishing.models import ManifestHead, Output, OutputHistory, OutputQuerySet


PATHS_PER_QUERY = 500


class Row(NamedTuple):
    digest: str
    status: int
    kind: str
    ref: str


class Head(NamedTuple):
    outputs: int
    total: bytes
    at: datetime
    signature: bytes

    def is_signed(self, website: int) -> bool:
        return seal.is_signed(website, outputs=self.outputs, total=self.total, at=self.at, signature=self.signature)


@dataclass(slots=True)
class Snapshot:
    website: int
    head: Head | None = None
    rows: dict[str, Row] = field(default_factory=dict)

    @property
    def is_sound(self) -> bool:
        if self.head is None:
            return not self.rows
        if not self.head.is_signed(self.website) or self.head.outputs != len(self.rows):
            return False
        return seal.add(bytes(seal.SIZE), sealed(self.rows, self.rows)) == self.head.total


def sealed(rows: dict[str, Row], paths: Iterable[str]) -> list[seal.Row]:
    return [(path, rows[path].digest, rows[path].status) for path in paths if path in rows]


def read_head(website: int) -> Head | None:
    row = ManifestHead.objects.filter(website=website).values_list("outputs", "total", "at", "signature").first()
    return Head(row[0], bytes(row[1]), row[2], bytes(row[3])) if row else None


def read_rows(website: int, paths: Iterable[str] | None = None) -> dict[str, Row]:
    rows = Output.objects.filter(website=website).exclude(digest="")
    if paths is None:
        return _rows(rows)
    found: dict[str, Row] = {}
    chosen = list(paths)
    for start in range(0, len(chosen), PATHS_PER_QUERY):
        found |= _rows(rows.filter(path__in=chosen[start : start + PATHS_PER_QUERY]))
    return found


def read(website: int) -> Snapshot:
    return Snapshot(website, read_head(website), read_rows(website))


def advance(old: Snapshot, head: Head) -> set[str] | None:
    """Takes a snapshot on to a new head, reading only what was written since; answers the addresses that changed, or
    ``None`` when that does not add up to what the head signs."""
    if old.head is None or not head.is_signed(old.website):
        return None
    written = Output.objects.filter(website=old.website, rendered_at__gte=old.head.at)
    ended = OutputHistory.objects.filter(website=old.website, until__gte=old.head.at)
    paths = {*written.values_list("path", flat=True), *ended.values_list("path", flat=True)}
    current = read_rows(old.website, paths)
    changed = {path for path in paths if old.rows.get(path) != current.get(path)}
    total = seal.subtract(old.head.total, sealed(old.rows, changed))
    count = len(old.rows) + sum((path in current) - (path in old.rows) for path in changed)
    if seal.add(total, sealed(current, changed)) != head.total or count != head.outputs:
        return None
    for path in changed:
        if path in current:
            old.rows[path] = current[path]
        else:
            old.rows.pop(path, None)
    old.head = head
    return changed


def save(snapshot: Snapshot) -> None:
    if snapshot.head is None:
        return
    head = snapshot.head
    document = {
        "website": snapshot.website,
        "outputs": head.outputs,
        "total": base64.b64encode(head.total).decode(),
        "at": head.at.isoformat(),
        "signature": base64.b64encode(head.signature).decode(),
        "rows": [[path, *row] for path, row in sorted(snapshot.rows.items())],
    }
    body = gzip.compress(json.dumps(document, ensure_ascii=False).encode(), 1)
    path = _file(snapshot.website)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_atomically(str(path), body, beside=path.parent, durable=False)


def load(website: int) -> Snapshot | None:
    """The saved copy, if there is one and it is whole."""
    try:
        document = json.loads(gzip.decompress(_file(website).read_bytes()))
        head = Head(
            document["outputs"],
            base64.b64decode(document["total"]),
            datetime.fromisoformat(document["at"]),
            base64.b64decode(document["signature"]),
        )
        rows = {path: Row(*row) for path, *row in document["rows"]}
    except (OSError, EOFError, ValueError, KeyError, TypeError):
        return None
    snapshot = Snapshot(website, head, rows)
    return snapshot if snapshot.is_sound else None


def _file(website: int) -> Path:
    return Path(settings.HOME / "manifests" / f"website-{website}.json.gz")


def _rows(rows: OutputQuerySet) -> dict[str, Row]:
    listed = rows.values_list("path", "digest", "status", "kind", "ref")
    return {path: Row(digest, status, kind, ref) for path, digest, status, kind, ref in listed.iterator()}
