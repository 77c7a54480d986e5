"""The place backups lie in: pieces under ``objects/``, kept once however many backups need them, and one small signed
file for each backup that says which pieces make up which file.

``DIR/20261122-013000.jiyue`` is a backup, ``DIR/objects/ab/cdef…`` a piece. Pieces are written beside, flushed, and only
then moved in; the file of a backup comes last, so that what has one is whole.
"""

import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.utils.translation import gettext as _

from jiyue.common import signing
from jiyue.common.errors import Refused
from jiyue.operations.sealing import Box, Damaged, digest_of


SUFFIX = ".jiyue"
MAGIC = b"jiyue backup 1 "
SIGNATURE, PUBLIC = 64, 32
FLUSHED_ONE_BY_ONE = 300
NAME = re.compile(r"[0-9a-f]{64}")


class File(NamedTuple):
    path: str  # below HOME; the database is DATABASE
    size: int
    changed: int  # nanoseconds: a file of the same size and time is not read again
    mode: int
    pieces: list[str]


@dataclass(slots=True)
class Snapshot:
    """What one backup holds."""

    made_at: str
    version: str
    engine: str
    rows: dict[str, int]  # of each table
    settings: dict[str, str]  # name of each JIYUE_ variable and a keyed digest of its value
    signer: str
    files: list[File] = field(default_factory=list)

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)


class Busy(Refused):
    """Another backup is at work there."""


class Vault:
    def __init__(self, root: Path, box: Box) -> None:
        self.root = root
        self.box = box
        self.fresh: set[str] = set()
        self.written = 0  # bytes this backup added

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One writer at a time; what a writer that died left half-done goes first."""
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.root / ".lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Busy(_("另一个备份正在写入 %s。") % self.root) from None
            self._clear_staging()
            self._staging.mkdir(mode=0o700)
            try:
                yield
            finally:
                self._clear_staging()

    def put(self, body: bytes) -> str:
        name = self.box.name_of(digest_of(body))
        if name not in self.fresh and not self._path(name).exists():
            sealed = self.box.seal(name, body)
            _write(self._staging / name, sealed)
            self.written += len(sealed)
            self.fresh.add(name)
        return name

    def get(self, name: str) -> bytes:
        if NAME.fullmatch(name) is None:
            raise Damaged(_("备份中的部分已损坏：%s") % name)
        try:
            return self.box.open(name, self._path(name).read_bytes())
        except FileNotFoundError:
            raise Damaged(_("备份中缺少部分 %s。") % name) from None

    def holds(self, name: str) -> bool:
        return name in self.fresh or self._path(name).exists()

    def close(self, stem: str, snapshot: Snapshot) -> Path:
        """Moves the new pieces in and writes the file of the backup; from then on the backup exists."""
        flush(self._staging / name for name in self.fresh)
        folders = set()
        for name in self.fresh:
            path = self._path(name)
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            (self._staging / name).replace(path)
            folders |= {path.parent, path.parent.parent, self.root}
        flush(folders)
        self.fresh.clear()
        path = self.root / f"{stem}{SUFFIX}"
        staged = self._staging / "backup"
        _write(staged, self._sealed(stem, snapshot))
        flush([staged])
        staged.replace(path)
        flush([self.root])
        return path

    def read(self, path: Path) -> Snapshot:
        """Raises ``Damaged`` for a file that is not as it was signed, ``Refused`` for one sealed with another key."""
        head, sealed, public = _verified(path)
        key_id = head[len(MAGIC) :].split(b" ")[0].decode()
        if key_id != self.box.key_id:
            raise Refused(_("密钥不对：这份备份用的是密钥 %s，给出的是密钥 %s。") % (key_id, self.box.key_id))
        told = json.loads(self.box.open(head.decode(), sealed))
        told["files"] = [File(*row) for row in told["files"]]
        snapshot = Snapshot(**told)
        if snapshot.signer != public.hex():
            raise Damaged(_("备份的签名不是它自己的：%s") % path.name)
        return snapshot

    def prune(self, keep: list[Path]) -> int:
        """Forgets every other backup and the pieces only those needed; answers how many backups went."""
        gone = [path for path in snapshots(self.root) if path not in keep]
        needed = {name for path in keep for file in self.read(path).files for name in file.pieces}
        for path in gone:
            path.unlink()
        if gone:
            for piece in (self.root / "objects").glob("??/*"):
                if piece.parent.name + piece.name not in needed:
                    piece.unlink()
        return len(gone)

    def _sealed(self, stem: str, snapshot: Snapshot) -> bytes:
        head = MAGIC + f"{self.box.key_id} {stem}".encode()
        told = json.dumps(asdict(snapshot), ensure_ascii=False, separators=(",", ":")).encode()
        body = head + b"\n" + self.box.seal(head.decode(), told)
        return body + signing.sign("backup", body) + signing.public_key("backup")

    def _path(self, name: str) -> Path:
        return self.root / "objects" / name[:2] / name[2:]

    @property
    def _staging(self) -> Path:
        return self.root / ".staging"

    def _clear_staging(self) -> None:
        shutil.rmtree(self._staging, ignore_errors=True)


def snapshots(root: Path) -> list[Path]:
    """The backups in a place, the newest first."""
    return sorted(root.glob(f"*{SUFFIX}"), reverse=True)


def flush(paths: Iterable[Path]) -> None:
    """Returns once these files and folders would survive a power cut. With many, one ``sync`` is cheaper."""
    some = list(paths)
    if len(some) > FLUSHED_ONE_BY_ONE:
        os.sync()
        return
    for path in some:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def fingerprint(path: Path) -> str:
    """Who signed a backup: the first digits of the public key."""
    return _verified(path)[2].hex()[:16]


def _verified(path: Path) -> tuple[bytes, bytes, bytes]:
    try:
        whole = path.read_bytes()
    except (FileNotFoundError, IsADirectoryError):
        raise Refused(_("没有这份备份：%s") % path) from None
    body, signature, public = whole[: -SIGNATURE - PUBLIC], whole[-SIGNATURE - PUBLIC : -PUBLIC], whole[-PUBLIC:]
    if not whole.startswith(MAGIC):
        raise Damaged(_("%s 不是本平台的备份。") % path.name)
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, body)
    except (InvalidSignature, ValueError):
        raise Damaged(_("备份清单已损坏或被改动：%s") % path.name) from None
    head, _newline, sealed = body.partition(b"\n")
    return head, sealed, public


def _write(path: Path, body: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(body)
