"""Folders in which something has happened, as the kernel reports it.

What happened does not matter here: whoever asked looks at the folder itself. So nothing is lost when events are (an
overflow means "look everywhere"), and renamed folders need no book-keeping beyond their names.
"""

import ctypes
import errno
import os
import select
import struct
from collections.abc import Callable, Iterator


MODIFY, ATTRIB, CLOSE_WRITE, MOVED_FROM, MOVED_TO, CREATE, DELETE = 0x2, 0x4, 0x8, 0x40, 0x80, 0x100, 0x200
MOVE_SELF, Q_OVERFLOW, IGNORED = 0x800, 0x4000, 0x8000
ONLYDIR, DONT_FOLLOW = 0x1000000, 0x2000000
ANYTHING = MODIFY | ATTRIB | CLOSE_WRITE | MOVED_FROM | MOVED_TO | CREATE | DELETE | MOVE_SELF | ONLYDIR | DONT_FOLLOW
_HEAD = struct.Struct("iIII")
_BUFFER = 1024 * 1024
SETTLE = 0.01  # seconds: what belongs to one act comes together


class WatchesExhaustedError(Exception):
    """The kernel watches no more folders for this user (``fs.inotify.max_user_watches``) or none at all."""


class Watcher:
    """inotify over the C library: three calls, no events decoded but the folder's number."""

    def __init__(self) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._descriptor = self._call(self._libc.inotify_init1, os.O_CLOEXEC | os.O_NONBLOCK)
        self._folders: dict[int, str] = {}

    def __len__(self) -> int:
        return len(self._folders)

    def add(self, folder: str) -> None:
        """A folder watched already is known by its new name from now on. One that is gone again is no error."""
        try:
            number = self._call(self._libc.inotify_add_watch, self._descriptor, os.fsencode(folder), ANYTHING)
        except (FileNotFoundError, NotADirectoryError, PermissionError):
            return
        self._folders[number] = folder

    def wait(self, seconds: float) -> set[str] | None:
        """Folders in which something happened; ``None`` when there was more than the kernel could remember."""
        if not select.select([self._descriptor], [], [], seconds)[0]:
            return set()
        touched: set[str] = set()
        while True:
            for number, mask in self._read():
                if mask & Q_OVERFLOW:
                    self._drain()
                    return None
                if mask & IGNORED:
                    self._folders.pop(number, None)
                elif number in self._folders:
                    touched.add(self._folders[number])
            if not select.select([self._descriptor], [], [], SETTLE)[0] or len(touched) > 64:
                return touched

    def close(self) -> None:
        os.close(self._descriptor)

    def _drain(self) -> None:
        for number, mask in self._read():
            if mask & IGNORED:
                self._folders.pop(number, None)

    def _read(self) -> Iterator[tuple[int, int]]:
        try:
            events = os.read(self._descriptor, _BUFFER)
        except BlockingIOError:
            return
        at = 0
        while at < len(events):
            number, mask, _, length = _HEAD.unpack_from(events, at)
            yield number, mask
            at += _HEAD.size + length

    @staticmethod
    def _call(function: Callable[..., int], *arguments: object) -> int:
        answer = function(*arguments)
        if answer < 0:
            number = ctypes.get_errno()
            if number in (errno.ENOSPC, errno.EMFILE, errno.ENFILE, errno.ENOSYS):
                raise WatchesExhaustedError(os.strerror(number))
            raise OSError(number, os.strerror(number))
        return answer
