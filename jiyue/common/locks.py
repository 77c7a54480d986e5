"""One at a time, across processes: whoever holds a name keeps the others out until it lets go or dies.

On PostgreSQL the lock is the server's (an advisory lock), so that it reaches over machines; elsewhere the operating
system's, on a file below ``HOME/locks``. Either ends with its holder, however that dies.
"""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from typing import IO, Any, Protocol

from django.conf import settings
from django.db import connection, connections


class Lock(Protocol):
    def acquire(self, *, wait: bool) -> bool: ...

    def release(self) -> None: ...

    def is_held(self) -> bool: ...


class FileLock:
    def __init__(self, name: str) -> None:
        self._path = settings.HOME / "locks" / name
        self._file: IO[str] | None = None

    def acquire(self, *, wait: bool) -> bool:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = self._path.open("a")
        try:
            fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        self._file = file
        return True

    def release(self) -> None:
        if self._file is not None:
            fcntl.flock(self._file, fcntl.LOCK_UN)  # a forked child may still hold the descriptor
            self._file.close()
            self._file = None

    def is_held(self) -> bool:
        return self._file is not None


class AdvisoryLock:
    """Held by a connection of its own: the one that does the work may be closed in between.

    The server would give a lock twice to the same connection; we do not, as files do not."""

    def __init__(self, name: str) -> None:
        self._key = int.from_bytes(blake2b(f"jiyue {name}".encode(), digest_size=8).digest(), "big", signed=True)
        self._holder: Any = None

    def acquire(self, *, wait: bool) -> bool:
        holder = _holder()
        if self._key in _local.keys:
            if wait:
                raise RuntimeError("this thread holds the lock and would wait for itself")
            return False
        if wait:
            _ask(holder, "SELECT pg_advisory_lock(%s)", self._key)
        elif not _ask(holder, "SELECT pg_try_advisory_lock(%s)", self._key):
            return False
        self._holder = holder
        _local.keys.add(self._key)
        return True

    def release(self) -> None:
        holder, self._holder = self._holder, None
        if holder is not None:
            getattr(_local, "keys", set()).discard(self._key)
        if holder is not None and holder.is_usable():
            _ask(holder, "SELECT pg_advisory_unlock(%s)", self._key)

    def is_held(self) -> bool:
        return self._holder is not None and self._holder.is_usable()


def lock(name: str) -> Lock:
    return AdvisoryLock(name) if connection.vendor == "postgresql" else FileLock(name)


@contextmanager
def locked(name: str) -> Iterator[None]:
    """Waits for its turn."""
    held = lock(name)
    held.acquire(wait=True)
    try:
        yield
    finally:
        held.release()


_local = threading.local()


def _holder() -> Any:
    """This thread's connection for locks. A forked child must not use its parent's."""
    if getattr(_local, "process", None) != os.getpid() or not _local.holder.is_usable():
        _local.process, _local.holder, _local.keys = os.getpid(), connections.create_connection("default"), set()
        _local.holder.connect()
        _ask(
            _local.holder, "SELECT set_config('lock_timeout', '0', false), set_config('statement_timeout', '0', false)"
        )
    return _local.holder


def close_holder() -> None:
    """Ends this thread's connection for locks, and with it what it held."""
    if getattr(_local, "process", None) == os.getpid():
        _local.holder.close()
        del _local.process, _local.holder, _local.keys


def _ask(holder: Any, statement: str, *parameters: int) -> Any:
    with holder.cursor() as cursor:
        cursor.execute(statement, parameters or None)
        return cursor.fetchone()[0]
