"""Making a backup: the database at one moment, then every file of the installation that cannot be made again.

The anchors of the audit trail first, or they would speak of entries the copy does not have yet; then the database; then
everything else: files are only ever added, so that whatever the database speaks of is there.
"""

import hmac
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import connection

import jiyue
from jiyue.common import signing
from jiyue.operations.databases import FILES, dump
from jiyue.operations.sealing import Box, make_key, read_key
from jiyue.operations.vault import File, Snapshot, Vault, snapshots


PIECE = 1024 * 1024
WORK = ".backup"
ANCHORS = "anchors"
SCRATCH = ".staging"
# What can be made again from the rest, and what belongs to running processes. What the guard and the built-in server
# remember speaks of a later moment than the database does: put back with it, it would pass for an intruder's work.
MADE_AGAIN = frozenset({"public", "search", "static", "suspended", "manifests", "guard"})
LEFT_OUT = MADE_AGAIN | {"locks", "nginx", "metrics", "backups", "drill", "lost+found", WORK, SCRATCH}
LIVE_DATABASES = (FILES["sqlite"], "served.sqlite3")  # with their -wal and -shm


@dataclass(frozen=True, slots=True)
class Made:
    path: Path
    files: int
    size: int
    added: int


def open_vault(root: Path) -> Vault:
    return Vault(root, Box(secret(), settings.BACKUP_CIPHER))


def secret() -> bytes:
    """The key of the backups. The one in ``HOME/keys`` is made at first use; one kept elsewhere is made on request."""
    path = settings.BACKUP_KEY
    if path == default_key() and not path.exists():
        make_key(path)
    return read_key(path)


def default_key() -> Path:
    return settings.HOME / "keys" / "backup.secret"


def make_backup(vault: Vault, stem: str, *, at: datetime) -> Made:
    """Runs inside ``vault.writing()``."""
    with _work() as work:
        snapshot = _snapshot(vault, at)
        before = _before(vault)
        snapshot.files += _files(vault, before, settings.HOME / ANCHORS)
        with dump(work) as copy:
            snapshot.rows = copy.rows
            snapshot.files.append(_keep(vault, copy.body, FILES[connection.vendor], 0, 0o600))
        snapshot.files += _files(vault, before, settings.HOME)
        path = vault.close(stem, snapshot)
    return Made(path, len(snapshot.files), snapshot.size, vault.written)


def new_stem(root: Path, at: datetime) -> str:
    """The name of the next backup: its moment, in universal time so that names sort as they came."""
    stem, number = f"{at.astimezone(UTC):%Y%m%d-%H%M%S}", 1
    taken = {path.stem for path in snapshots(root)}
    while (unique := stem if number == 1 else f"{stem}-{number}") in taken:
        number += 1
    return unique


def _snapshot(vault: Vault, at: datetime) -> Snapshot:
    return Snapshot(
        made_at=at.isoformat(),
        version=jiyue.VERSION,
        engine=connection.vendor,
        rows={},
        settings=settings_marks(vault.box),
        signer=signing.public_key("backup").hex(),
    )


def settings_marks(box: Box) -> dict[str, str]:
    """Shows which settings differ from those at the time of the backup, but none of their values."""
    ours = {name: value for name, value in os.environ.items() if name.startswith("JIYUE_")}
    return {
        name: box.name_of(hmac.digest(name.encode(), value.encode(), "sha256"))[:16] for name, value in ours.items()
    }


def _files(vault: Vault, before: dict[str, File], folder: Path) -> Iterator[File]:
    for path in _walk(folder, vault.root):
        relative = str(path.relative_to(settings.HOME))
        try:
            with path.open("rb") as body:
                status = os.fstat(body.fileno())
                known = before.get(relative)
                if known and (known.size, known.changed) == (status.st_size, status.st_mtime_ns):
                    yield known._replace(mode=stat.S_IMODE(status.st_mode))
                else:
                    yield _keep(vault, body, relative, status.st_mtime_ns, stat.S_IMODE(status.st_mode))
        except FileNotFoundError:  # removed since the folder was read
            continue


def _walk(root: Path, vault: Path) -> Iterator[Path]:
    """Plain files, in a fixed order; links are not followed and not kept."""
    for folder, folders, names in os.walk(root):
        here = Path(folder)
        top = here == settings.HOME
        left_out = {*LEFT_OUT, ANCHORS} if top else {SCRATCH}
        folders[:] = sorted(name for name in folders if name not in left_out and here / name != vault)
        for name in sorted(names):
            path = here / name
            if path.is_file() and not path.is_symlink() and not _is_private(path, top=top):
                yield path


def _is_private(path: Path, *, top: bool) -> bool:
    """The live database is copied through its engine; the key of the backups does not lie in them."""
    return (top and not belongs(path.name)) or path in {settings.BACKUP_KEY, default_key()}


def belongs(name: str) -> bool:
    """Whether what has this name in ``HOME`` is taken as it lies there."""
    return name not in LEFT_OUT and not name.startswith(LIVE_DATABASES)


def _keep(vault: Vault, body: IO[bytes], path: str, changed: int, mode: int) -> File:
    size, pieces = 0, []
    while piece := body.read(PIECE):
        size += len(piece)
        pieces.append(vault.put(piece))
    return File(path, size, changed, mode, pieces)


def _before(vault: Vault) -> dict[str, File]:
    """The files of the newest backup, as far as all their pieces are still there: most have not changed."""
    for path in snapshots(vault.root)[:1]:
        files = vault.read(path).files
        return {file.path: file for file in files if all(vault.holds(name) for name in file.pieces)}
    return {}


@contextmanager
def _work() -> Iterator[Path]:
    """A private folder for the copy of the database, cleared even after a crash (at the next backup)."""
    work = settings.HOME / WORK
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(mode=0o700)
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)
