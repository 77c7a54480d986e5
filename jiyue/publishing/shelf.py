"""What lies below one folder, remembered as one number for each file: whatever is done to a file changes the number.

The number is made of size, times, inode, mode, owner and links. The time of the last change (ctime) cannot be set, so an
edit that keeps size and modification time is seen, too.
"""

import os
from collections.abc import Callable


class Shelf:
    """``files[folder][name]`` is the number of a file somebody has found right. Folders have one, too: of their inode,
    mode and owner, since their times change with every file."""

    def __init__(self, root: str, *, enter: Callable[[str], None]) -> None:
        self.root = root
        self.enter = enter  # called with each new folder before it is looked into
        self.files: dict[str, dict[str, int]] = {}
        self.folders: dict[str, dict[str, int]] = {}

    def look(self, folder: str, *, deep: bool = False) -> set[str]:
        """What is not as it was accepted: in one folder and in those below it that are not as they were known
        (``deep``: in all of them)."""
        suspects: set[str] = set()
        waiting = [(folder, deep)]
        if folder == self.root:
            self.enter(folder)
        while waiting:
            place, everything = waiting.pop()
            waiting += [(below, True) for below in self._look(place, suspects, everything=everything)]
        return suspects

    def accept(self, path: str, status: os.stat_result) -> None:
        folder, _, name = path.rpartition("/")
        self.files.setdefault(folder, {})[name] = number_of(status)

    def accepts(self, path: str, status: os.stat_result) -> bool:
        folder, _, name = path.rpartition("/")
        return self.files.get(folder, {}).get(name) == number_of(status)

    def has_accepted(self, path: str) -> bool:
        folder, _, name = path.rpartition("/")
        return name in self.files.get(folder, {})

    def forget(self, path: str) -> None:
        folder, _, name = path.rpartition("/")
        self.files.get(folder, {}).pop(name, None)

    def forget_folder(self, path: str) -> None:
        """So that it is looked at again as if for the first time."""
        folder, _, name = path.rpartition("/")
        self.folders.get(folder, {}).pop(name, None)

    def _look(self, folder: str, suspects: set[str], *, everything: bool) -> list[str]:
        try:
            with os.scandir(folder) as listing:
                entries = list(listing)
        except FileNotFoundError:
            self._lose(folder, suspects)
            return []
        except OSError:  # no right to read, or no folder any more: whoever judges sees
            suspects.add(folder)
            return []
        before, known = self.files.get(folder, {}), self.folders.setdefault(folder, {})
        files: set[str] = set()
        folders: set[str] = set()
        below: list[str] = []
        for entry in entries:
            try:
                status = entry.stat(follow_symlinks=False)
                is_folder = entry.is_dir(follow_symlinks=False)
            except FileNotFoundError:
                continue  # gone since: there will be another event
            if not is_folder:
                files.add(entry.name)
                if before.get(entry.name) != number_of(status):
                    suspects.add(entry.path)
                continue
            folders.add(entry.name)
            number = folder_number(status)
            if known.get(entry.name) != number:
                known[entry.name] = number
                suspects.add(entry.path)
                self.enter(entry.path)
                below.append(entry.path)
            elif everything:
                below.append(entry.path)
        suspects.update(f"{folder}/{name}" for name in before.keys() - files)
        for name in known.keys() - folders:
            del known[name]
            self._lose(f"{folder}/{name}", suspects)
        return below

    def _lose(self, folder: str, suspects: set[str]) -> None:
        """A folder is gone: so is every file below it."""
        waiting = [folder]
        while waiting:
            place = waiting.pop()
            suspects.update(f"{place}/{name}" for name in self.files.get(place, {}))
            waiting += [f"{place}/{name}" for name in self.folders.pop(place, {})]


def number_of(status: os.stat_result) -> int:
    return hash(
        (
            status.st_size,
            status.st_mtime_ns,
            status.st_ctime_ns,
            status.st_ino,
            status.st_mode,
            status.st_uid,
            status.st_gid,
            status.st_nlink,
        )
    )


def folder_number(status: os.stat_result) -> int:
    return hash((status.st_ino, status.st_mode, status.st_uid, status.st_gid))
