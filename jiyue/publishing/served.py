"""What the built-in server may answer: for each public file the digest and size of what was published there.

A file of its own (``HOME/served.sqlite3``) beside the database, so that the server needs none: the publisher writes here
between manifest and files, the server looks here whenever it loads a file it does not know yet. A file that is not
listed does not exist for readers, and one whose bytes are others is answered from the store. Derived data: ``verify``,
run at every start of the worker, brings it in line with the manifest. Until it has done so for a website, the
server answers that website's files as they are.
"""

import errno
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from django.conf import settings


TIMEOUT = 30.0  # seconds: several workers of a rebuild write


class Right(NamedTuple):
    digest: str
    size: int


_local = threading.local()


def note(right: Mapping[str, Right], *, gone: Iterable[str] = ()) -> None:
    """Names are relative to ``public``: ``jyj/a/index.html``."""
    names = [(name,) for name in gone if name not in right]
    if not right and not names:
        return
    with _transaction() as connection:
        connection.executemany("DELETE FROM served WHERE name = ?", names)
        rows = [(name, *each) for name, each in right.items()]
        connection.executemany("INSERT OR REPLACE INTO served (name, digest, size) VALUES (?, ?, ?)", rows)


def replace(folder: str, right: Mapping[str, Right]) -> None:
    """All that may be served below ``public/<folder>``, completely."""
    with _transaction() as connection:
        listed = connection.execute("SELECT name, digest, size FROM served WHERE name GLOB ?", (f"{folder}/*",))
        known = {name: Right(digest, size) for name, digest, size in listed}
    note({name: each for name, each in right.items() if known.get(name) != each}, gone=known.keys() - right.keys())
    with _transaction() as connection:
        connection.execute("INSERT OR IGNORE INTO complete (folder) VALUES (?)", (folder,))


def lookup(name: str) -> Right | None:
    if not _exists():
        return None
    row = _connection().execute("SELECT digest, size FROM served WHERE name = ?", (name,)).fetchone()
    return Right(*row) if row else None


def digests() -> list[str]:
    return [row[0] for row in _connection().execute("SELECT DISTINCT digest FROM served")] if _exists() else []


def is_complete(folder: str) -> bool:
    """Whether what is not listed below this folder is nobody's."""
    if not _exists():
        return False
    return _connection().execute("SELECT 1 FROM complete WHERE folder = ?", (folder,)).fetchone() is not None


def _file() -> Path:
    return Path(settings.HOME) / "served.sqlite3"


def _exists() -> bool:
    return getattr(_local, "key", None) == (os.getpid(), _file()) or _file().exists()


@contextmanager
def _transaction() -> Iterator[sqlite3.Connection]:
    """A connection that met a full or failing disk may go on failing: the next transaction gets a new one. Closed
    before that, because SQLite shares within a process what it could open for reading only."""
    try:
        with _begun() as connection:
            yield connection
    except sqlite3.Error as error:
        _close()
        raise OSError(errno.EIO, f"{_file()}: {error}") from error


def _begun() -> sqlite3.Connection:
    """With the right to write. Readers may have opened theirs while the disk failed: then it is good for reading only,
    which ``BEGIN IMMEDIATE`` would not tell."""
    begin = "DELETE FROM complete WHERE folder = ''"
    try:
        _connection().execute(begin)
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise
        _close()
        _connection().execute(begin)
    return _connection()


def _connection() -> sqlite3.Connection:
    """One for each thread and process: a forked child must not use its parent's."""
    key = os.getpid(), _file()
    if getattr(_local, "key", None) != key:
        _local.connection, _local.key = _open(), key
    connection: sqlite3.Connection = _local.connection
    return connection


def _close() -> None:
    """Not one that this process was forked with: its locks are the parent's."""
    if getattr(_local, "key", (0,))[0] == os.getpid():
        _local.connection.close()
    _local.key = 0, None


def _open() -> sqlite3.Connection:
    connection = sqlite3.connect(_file(), timeout=TIMEOUT)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        with connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS served"
                " (name TEXT PRIMARY KEY, digest TEXT NOT NULL, size INTEGER NOT NULL) WITHOUT ROWID"
            )
            connection.execute("CREATE TABLE IF NOT EXISTS complete (folder TEXT PRIMARY KEY) WITHOUT ROWID")
    except sqlite3.Error:
        connection.close()
        raise
    return connection
