"""Putting a backup back: into an empty folder (and, for PostgreSQL, an empty database), never over anything.

Files are first written below ``.restoring`` and checked there; the database file moves in last, so that a restore that
was broken off is no installation and can simply be begun again.
"""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import psycopg
from django.utils.translation import gettext as _

from jiyue.common.errors import Refused
from jiyue.operations import databases
from jiyue.operations.backup import belongs
from jiyue.operations.databases import POSTGRESQL_FILE, SQLITE_FILE, load_postgresql, require_empty_database, url_of
from jiyue.operations.sealing import Box, Damaged
from jiyue.operations.vault import File, Snapshot, Vault, flush


RESTORING = ".restoring"
Progress = Callable[[int, int], Any]  # bytes so far, bytes in all


@dataclass(frozen=True, slots=True)
class Restored:
    files: int
    size: int
    rows: int


def restore(
    backup: Path, *, into: Path, secret: bytes, database: str = "", progress: Progress | None = None
) -> Restored:
    """``database`` is the address of an empty PostgreSQL database, for a backup of one."""
    vault = Vault(backup.parent, Box(secret))
    snapshot = vault.read(backup)
    snapshot.files = [file for file in snapshot.files if file.path == SQLITE_FILE or _is_kept(file)]
    _require_place(into, snapshot)
    _require_database(snapshot, database)
    staging = into / RESTORING
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True, mode=0o700)
    done = 0
    for file in snapshot.files:
        if file.path != POSTGRESQL_FILE:
            _write(vault, file, staging)
        done += file.size
        if progress:
            progress(done, snapshot.size)
    _restore_database(vault, snapshot, staging, database)
    _close_folders(snapshot, staging)
    _move_in(staging, into)
    return Restored(len(snapshot.files), snapshot.size, sum(snapshot.rows.values()))


def check_every_byte(backup: Path, *, secret: bytes) -> Snapshot:
    """Reads every piece of a backup; raises ``Damaged`` with the name of the first file that is not whole."""
    vault = Vault(backup.parent, Box(secret))
    snapshot = vault.read(backup)
    for file in snapshot.files:
        for _piece in _pieces(vault, file):
            pass
    return snapshot


def check_data(home: Path, database: str = "") -> str:
    """Runs the platform's own checks of its data (audit trail, signatures of the manifests, migrations) on what was
    restored; raises ``Refused`` with what they found."""
    # The anchors kept elsewhere have gone on since; those of the backup's own moment are the measure here.
    found = _run(home, database, "doctor", "--data", JIYUE_AUDIT_ANCHOR="")
    if found.returncode != 0:
        raise Refused(_("恢复出的数据没有通过检查：\n%s") % _told(found))
    return found.stdout


def put_in_public(home: Path, database: str = "") -> None:
    """Lets the restored platform lay out its public files and notices from the store: readers, the built-in server and the
    tamper guard then find what the restored manifest says, and nothing else."""
    found = _run(home, database, "publish", "--verify")
    if found.returncode != 0:
        raise Refused(_("数据已恢复，公开文件没有全部放好：\n%s") % _told(found))


def _run(home: Path, database: str, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    address = url_of(database) if database else ""
    there = {"JIYUE_HOME": str(home), "JIYUE_DATABASE_URL": address, **variables}
    command = [sys.executable, "-m", "jiyue", *words]
    return subprocess.run(  # noqa: S603
        command, env={**os.environ, **there}, capture_output=True, text=True, check=False, timeout=3600
    )


def _told(done: subprocess.CompletedProcess[str]) -> str:
    return (done.stdout + done.stderr).strip()[-2000:]


def _is_kept(file: File) -> bool:
    """Older versions backed up what is made again, too."""
    return belongs(PurePosixPath(file.path).parts[0])


def _require_place(into: Path, snapshot: Snapshot) -> None:
    if not into.exists():
        return
    there = {path.name for path in into.iterdir()} - {"lost+found"}  # a disk of its own has one
    if RESTORING in there and SQLITE_FILE not in there:  # broken off: whatever it holds came from a backup
        ours = {PurePosixPath(file.path).parts[0] for file in snapshot.files}
        if not there - {RESTORING} - ours:
            for name in there - {RESTORING}:
                _remove(into / name)
            return
    if there:
        raise Refused(_("%s 不是空目录，没有改动任何文件。请指定一个空目录或不存在的目录。") % into)


def _require_database(snapshot: Snapshot, database: str) -> None:
    if snapshot.engine == "postgresql":
        if not database:
            raise Refused(_("这是 PostgreSQL 的备份：请用 --database 指定一个空数据库。"))
        require_empty_database(database)
    elif database:
        raise Refused(_("这是 SQLite 的备份，数据库就在目录里：不要写 --database。"))


def _restore_database(vault: Vault, snapshot: Snapshot, staging: Path, database: str) -> None:
    if snapshot.engine == "postgresql":
        whole = next(file for file in snapshot.files if file.path == POSTGRESQL_FILE)
        load_postgresql(database, _pieces(vault, whole))
        with psycopg.connect(database) as session:
            rows = databases.count_postgresql(session)
    else:
        with closing(sqlite3.connect(staging / SQLITE_FILE)) as copy:
            rows = databases.count_sqlite(copy)
    if rows != snapshot.rows:
        different = sorted(
            name for name in rows.keys() | snapshot.rows.keys() if rows.get(name) != snapshot.rows.get(name)
        )
        raise Damaged(_("恢复出的行数与备份不符：%s") % "、".join(different))


def _write(vault: Vault, file: File, staging: Path) -> None:
    path = _inside(staging, file.path)
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as body:
        for piece in _pieces(vault, file):
            body.write(piece)
    path.chmod(file.mode)
    if file.changed:
        os.utime(path, ns=(file.changed, file.changed))


def _pieces(vault: Vault, file: File) -> Iterator[bytes]:
    size = 0
    for name in file.pieces:
        try:
            piece = vault.get(name)
        except Damaged as damaged:
            raise Damaged(_("%(file)s 不能恢复。%(reason)s") % {"file": file.path, "reason": damaged}) from None
        size += len(piece)
        yield piece
    if size != file.size:
        raise Damaged(_("%s 的长度与备份清单不符。") % file.path)


def _close_folders(snapshot: Snapshot, staging: Path) -> None:
    """A folder whose files are all for their owner alone is so, too: ``keys``."""
    kept = [file for file in snapshot.files if file.path != POSTGRESQL_FILE]
    folders = {PurePosixPath(file.path).parent for file in kept}
    for folder in folders - {PurePosixPath(file.path).parent for file in kept if file.mode & 0o077}:
        _inside(staging, str(folder / "x")).parent.chmod(0o700)


def _inside(root: Path, relative: str) -> Path:
    parts = PurePosixPath(relative).parts
    if not parts or ".." in parts or parts[0] == "/":
        raise Damaged(_("备份清单中有不允许的路径：%s") % relative)
    return root / relative


def _move_in(staging: Path, into: Path) -> None:
    flush([path for path in staging.rglob("*") if not path.is_symlink()])
    for path in sorted(staging.iterdir(), key=lambda path: (path.name == SQLITE_FILE, path.name)):
        path.rename(into / path.name)
    staging.rmdir()
    flush([into])


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
