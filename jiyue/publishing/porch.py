"""What lies beside the trees of the websites: the table of host names, the notices, and nothing else."""

import os
import shutil
import stat
import time

from django.conf import settings

from jiyue.publishing.evidence import capture
from jiyue.publishing.files import STAGING, has_bytes, remove_file
from jiyue.publishing.hosts import host_files, write_hosts
from jiyue.publishing.shelf import number_of
from jiyue.publishing.ward import Deviation, Kind, Outcome, is_file_of_ours


SETTLES = 0.5  # seconds a change of the register takes at most from the database to the files


class Porch:
    def __init__(self, *, since: float) -> None:
        self.root = str(settings.PUBLIC_ROOT)
        self.since = since  # when the guard was last alive: what is older has been seen by it
        self._accepted: dict[str, tuple[int, bytes]] = {}

    def folders(self) -> list[str]:
        """To be watched: the root and the folders of the notices."""
        names = {os.path.dirname(name) for name in host_files()}
        return [self.root, *(f"{self.root}/{name}" for name in sorted(names) if name)]

    def inspect(self, websites: set[str]) -> list[Deviation]:
        expected = host_files()
        wrong = [name for name in expected if not self._is_right(name, expected[name])]
        if wrong:
            time.sleep(SETTLES)  # a publisher may be writing what changed a moment ago
            expected = host_files()
            wrong = [name for name in expected if not self._is_right(name, expected[name])]
        found = [self._deviation(name) for name in wrong]
        found += self._strangers(websites, set(expected))
        for name in wrong:
            self._clear(name)
        if wrong:
            write_hosts()
            for name, body in host_files().items():
                self._is_right(name, body)
        return found

    def _is_right(self, name: str, body: bytes) -> bool:
        place = f"{self.root}/{name}"
        try:
            status = os.lstat(place)
        except OSError:
            return False
        if self._accepted.get(name) == (number_of(status), body):
            return True
        if not is_file_of_ours(status) or not has_bytes(place, body):
            return False
        self._accepted[name] = number_of(status), body
        return True

    def _deviation(self, name: str) -> Deviation:
        place = f"{self.root}/{name}"
        number, _ = self._accepted.get(name, (0, b""))
        try:
            status = os.lstat(place)
        except OSError:
            return Deviation(f"public/{name}", Kind.DELETED, outcome=Outcome.REPAIRED, quiet=not number)
        is_old = number == number_of(status) if number else status.st_ctime < self.since
        return Deviation(f"public/{name}", Kind.HOSTS, capture(place), outcome=Outcome.REPAIRED, quiet=is_old)

    def _clear(self, name: str) -> None:
        place = f"{self.root}/{name}"
        if os.path.isdir(place) and not os.path.islink(place):
            shutil.rmtree(place, ignore_errors=True)
        elif os.path.lexists(place):
            remove_file(place)
        folder = os.path.dirname(place)
        if folder != self.root and (os.path.islink(folder) or os.path.isfile(folder)):
            remove_file(folder)

    def _strangers(self, websites: set[str], expected: set[str]) -> list[Deviation]:
        allowed = {STAGING, *websites, *expected, *(name.partition("/")[0] for name in expected)}
        found = []
        for folder in self.folders():
            for entry in _entries(folder):
                name = os.path.relpath(entry.path, self.root)
                is_odd = name in websites and not entry.is_dir(follow_symlinks=False)
                if name not in allowed or is_odd:
                    found.append(self._remove(entry, name))
        return found

    def _remove(self, entry: os.DirEntry[str], name: str) -> Deviation:
        status = entry.stat(follow_symlinks=False)
        kind = Kind.LINK if stat.S_ISLNK(status.st_mode) else Kind.STRANGER
        found = Deviation(f"public/{name}", kind, capture(entry.path), outcome=Outcome.REMOVED)
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path, ignore_errors=True)
        else:
            remove_file(entry.path)
        return found


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as listing:
            return list(listing)
    except OSError:
        return []
