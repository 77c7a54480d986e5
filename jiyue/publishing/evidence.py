"""Foreign bytes are kept before the right ones take their place: the first megabyte of each file, under its digest, in
``HOME/evidence``, and what the file system said about it."""

import hashlib
import os
import stat
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from jiyue.publishing.files import write_atomically


KEPT = 1024 * 1024  # bytes of one file
LIMIT = 1024 * 1024 * 1024  # bytes of all evidence: whoever tampers must not be able to fill the disk
PIECE = 1024 * 1024


@dataclass(slots=True)
class Foreign:
    digest: str = ""
    size: int | None = None
    kept: int = 0
    facts: dict[str, Any] = field(default_factory=dict)


def capture(path: str) -> Foreign:
    """What lies at ``path`` now. Nothing is followed and nothing is executed."""
    try:
        status = os.lstat(path)
    except OSError:
        return Foreign()
    facts = _facts(status)
    if stat.S_ISLNK(status.st_mode):
        target = os.fsencode(os.readlink(path))
        return _keep(target, len(target), hashlib.sha256(target).hexdigest(), {**facts, "link": os.fsdecode(target)})
    if not stat.S_ISREG(status.st_mode):
        return Foreign(facts=facts)
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        return Foreign(size=status.st_size, facts={**facts, "unreadable": error.strerror})
    with open(descriptor, "rb", buffering=0) as file:
        head = file.read(KEPT)
        digest, size = hashlib.sha256(head), len(head)
        while piece := file.read(PIECE):
            digest.update(piece)
            size += len(piece)
    return _keep(head, size, digest.hexdigest(), facts)


def kept_bytes(digest: str) -> bytes | None:
    try:
        return _file(digest).read_bytes()
    except OSError:
        return None


def _keep(head: bytes, size: int, digest: str, facts: dict[str, Any]) -> Foreign:
    name = f"sha256:{digest}"
    path = _file(name)
    if not path.exists():
        if _stock.size + len(head) > LIMIT:
            return Foreign(name, size, 0, {**facts, "not_kept": "evidence is full"})
        write_atomically(str(path), head, beside=root(), durable=False)
        os.chmod(path, 0o600)
        _stock.add(len(head))
    return Foreign(name, size, len(head), facts)


def root() -> Path:
    return Path(settings.HOME / "evidence")


def _file(digest: str) -> Path:
    algorithm, _, value = digest.partition(":")
    return root() / algorithm / value[:2] / value[2:]


def _facts(status: os.stat_result) -> dict[str, Any]:
    return {
        "mode": stat.filemode(status.st_mode),
        "uid": status.st_uid,
        "gid": status.st_gid,
        "inode": status.st_ino,
        "links": status.st_nlink,
        "size": status.st_size,
        "modified": datetime.fromtimestamp(status.st_mtime, UTC).isoformat(),
        "changed": datetime.fromtimestamp(status.st_ctime, UTC).isoformat(),
    }


class _Stock:
    """How much is kept already, counted once and kept up to date."""

    def __init__(self) -> None:
        self._root: Path | None = None
        self._size = 0

    @property
    def size(self) -> int:
        if self._root != root():
            self._root = root()
            self._size = sum(file.stat().st_size for file in self._root.rglob("*") if file.is_file())
        return self._size

    def add(self, size: int) -> None:
        self._size += size


_stock = _Stock()
