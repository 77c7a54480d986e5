"""One website as the guard sees it: what must lie in its tree, what was found right, and how to put right the rest."""

import gzip
import os
import shutil
import stat
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from jiyue.publishing.evidence import Foreign, capture
from jiyue.publishing.files import read_file, remove_file
from jiyue.publishing.models import Output, Tampering
from jiyue.publishing.shelf import Shelf, number_of
from jiyue.publishing.snapshots import Snapshot
from jiyue.publishing.store import is_intact, store
from jiyue.publishing.tree import WITHDRAWN, Tree, is_compressed, relative_file
from jiyue.websites.models import Website


Kind = Tampering.Kind
Outcome = Tampering.Outcome
INSIDE = 1000  # files of a foreign folder kept as evidence


class Right(NamedTuple):
    """What must lie at one place: the page of an address, or its gzip variant."""

    path: str
    digest: str
    status: int
    packed: bool


@dataclass(slots=True)
class Deviation:
    place: str
    kind: Kind
    foreign: Foreign = field(default_factory=Foreign)
    path: str = ""
    digest: str = ""
    outcome: Outcome = Outcome.OPEN
    quiet: bool = False  # left behind by a publication that was interrupted, not done by a stranger


class Ward:
    def __init__(self, website: Website, snapshot: Snapshot, shelf: Shelf, *, since: float) -> None:
        self.website = website
        self.since = since  # when the guard was last alive: what is older has been seen by it
        self.snapshot = snapshot
        self.tree = Tree(website.code)
        self.shelf = shelf
        self.rights: dict[str, Right] = {}
        self.folders: Counter[str] = Counter()  # how many expected files and folders lie right below
        self.settled = False  # everything has been looked at once
        self.unsaved = False
        self.expect(snapshot.rows)

    def expect(self, paths: Iterable[str]) -> set[str]:
        """Takes over from the snapshot what must lie at these addresses; answers the places concerned."""
        concerned: set[str] = set()
        for path in paths:
            for status in (200, WITHDRAWN):
                file = self.tree.file(path, status)
                concerned.update(place for place in (file, f"{file}.gz") if self._drop(place))
            row = self.snapshot.rows.get(path)
            if row is not None:
                concerned.update(self._add(path, row.digest, row.status))
        return concerned

    def follow(self, fresh: Snapshot) -> None:
        """Another manifest altogether."""
        old, self.snapshot = self.snapshot, fresh
        paths = old.rows.keys() | fresh.rows.keys()
        self.expect([path for path in paths if old.rows.get(path) != fresh.rows.get(path)])

    def is_right(self, place: str) -> bool:
        """Whether exactly what was published lies there; if so it is accepted as it is."""
        right = self.rights.get(place)
        try:
            status = os.lstat(place)
        except OSError:
            if right is None:
                self.shelf.forget(place)
            return right is None and (place not in self.folders or place == self.shelf.root)
        if stat.S_ISDIR(status.st_mode):
            return right is None and self._is_ours(place) and _is_folder_of_ours(status)
        if right is None or not is_file_of_ours(status) or not _holds(place, right):
            return False
        if number_of(os.lstat(place)) != number_of(status):
            return False  # written to while we read
        self.shelf.accept(place, status)
        return True

    def deviations(self, wrong: Iterable[str]) -> list[Deviation]:
        """What is wrong at these places, evidence taken. Strangers are removed at once."""
        found: list[Deviation] = []
        for place in sorted(wrong):  # folders before what lies in them
            right = self.rights.get(place)
            found += self._strange(place) if right is None else [self._wrong(place, right)]
        return found

    def put_back(self, found: list[Deviation]) -> list[str]:
        """Restores from the store; answers the addresses whose bytes are nowhere."""
        lost: list[str] = []
        by_path: dict[str, list[Deviation]] = defaultdict(list)
        for each in found:
            if each.path:
                by_path[each.path].append(each)
        for path, those in by_path.items():
            row = self.snapshot.rows[path]
            body = self._body(path)
            if body is None:
                lost.append(path)
                continue
            self._clear(path, row.status)
            self.tree.place(path, row.status, self.tree.stage(path, body, durable=False), durable=False)
            self.accept(path)
            for each in those:
                each.outcome = Outcome.STORE
        return lost

    def accept(self, path: str) -> None:
        row = self.snapshot.rows[path]
        for place in self.places(path, row.status):
            self.shelf.accept(place, os.lstat(place))

    def has(self, path: str) -> bool:
        row = self.snapshot.rows.get(path)
        return row is not None and all(self.is_right(place) for place in self.places(path, row.status))

    def missing(self) -> list[str]:
        """Places where something must lie and nothing was ever found."""
        return [place for place in self.rights if not self.shelf.has_accepted(place)]

    def places(self, path: str, status: int) -> list[str]:
        file = self.tree.file(path, status)
        return [file, f"{file}.gz"] if is_compressed(relative_file(path)) else [file]

    def _add(self, path: str, digest: str, status: int) -> Iterator[str]:
        for place in self.places(path, status):
            self.rights[place] = Right(path, digest, status, place.endswith(".gz") and is_compressed(place[:-3]))
            self._count(os.path.dirname(place))
            yield place

    def _drop(self, place: str) -> bool:
        if self.rights.pop(place, None) is None:
            return False
        folder = os.path.dirname(place)
        while self._is_ours(folder):
            self.folders[folder] -= 1
            if self.folders[folder]:
                break
            del self.folders[folder]
            folder = os.path.dirname(folder)
        return True

    def _count(self, folder: str) -> None:
        while folder == self.shelf.root or folder.startswith(f"{self.shelf.root}/"):
            self.folders[folder] += 1
            if self.folders[folder] > 1:
                break
            folder = os.path.dirname(folder)

    def _is_ours(self, folder: str) -> bool:
        return folder in self.folders or folder == self.shelf.root

    def _strange(self, place: str) -> list[Deviation]:
        try:
            status = os.lstat(place)
        except OSError:
            self.shelf.forget(place)
            return []
        if not stat.S_ISDIR(status.st_mode):
            return [self._remove_file(place, status)]
        if not self._is_ours(place):
            return self._remove_folder(place)
        found = Deviation(self.name(place), Kind.ACCESS, capture(place), outcome=Outcome.REPAIRED)
        os.chmod(place, FOLDER_MODE)
        _take_over(place, status)
        return [found]

    def _remove_file(self, place: str, status: os.stat_result) -> Deviation:
        quiet = self._is_old(place, status)
        found = Deviation(self.name(place), Kind.STRANGER, capture(place), outcome=Outcome.REMOVED, quiet=quiet)
        remove_file(place)
        self.shelf.forget(place)
        return found

    def _remove_folder(self, folder: str) -> list[Deviation]:
        """With everything in it. An empty one that a publication left behind is no deviation."""
        inside = [os.path.join(place, name) for place, _, names in os.walk(folder) for name in names]
        found = [
            Deviation(self.name(place), Kind.STRANGER, capture(place), outcome=Outcome.REMOVED)
            for place in inside[:INSIDE]
        ]
        shutil.rmtree(folder, ignore_errors=True)
        return found

    def _wrong(self, place: str, right: Right) -> Deviation:
        found = Deviation(self.name(place), Kind.DELETED, path=right.path, digest=right.digest)
        try:
            status = os.lstat(place)
        except OSError:
            found.quiet = self._is_new(place, right)
            return found
        found.foreign = capture(place)
        found.quiet = self._is_old(place, status)
        if stat.S_ISLNK(status.st_mode):
            found.kind = Kind.LINK
        elif stat.S_ISREG(status.st_mode) and _holds(place, right):
            found.kind = Kind.ACCESS
        else:
            found.kind = Kind.CHANGED
        return found

    def _is_old(self, place: str, status: os.stat_result) -> bool:
        """Untouched since it was right: the manifest has moved on, and whoever published was interrupted."""
        return self.shelf.accepts(place, status) or (not self.settled and status.st_ctime < self.since)

    def _is_new(self, place: str, right: Right) -> bool:
        """In the manifest only since a moment ago: whoever published was interrupted before the file came."""
        if self.settled or not self.since:
            return not self.shelf.has_accepted(place)
        rows = Output.objects.filter(website=self.website, path=right.path)
        return rows.filter(rendered_at__gte=datetime.fromtimestamp(self.since, UTC)).exists()

    def _body(self, path: str) -> bytes | None:
        """From the store, or from whichever of the two copies in the tree is still good."""
        row = self.snapshot.rows[path]
        body = store().get(row.digest)
        if body is None:
            candidates = (_content(place, packed) for place, packed in self._copies(path, row.status))
            body = next((each for each in candidates if each is not None and is_intact(each, row.digest)), None)
        return body

    def _copies(self, path: str, status: int) -> Iterator[tuple[str, bool]]:
        for place in self.places(path, status):
            yield place, self.rights[place].packed

    def _clear(self, path: str, status: int) -> None:
        """A folder or a file somebody has put where a file or a folder belongs is in the way."""
        for place in self.places(path, status):
            if os.path.isdir(place) and not os.path.islink(place):
                shutil.rmtree(place, ignore_errors=True)
            folder = os.path.dirname(place)
            while folder != self.shelf.root and not os.path.lexists(folder):
                folder = os.path.dirname(folder)
            if os.path.islink(folder) or not os.path.isdir(folder):
                remove_file(folder)

    def name(self, place: str) -> str:
        return os.path.relpath(place, self.tree.public.parent)


def _holds(place: str, right: Right) -> bool:
    body = _content(place, right.packed)
    return body is not None and is_intact(body, right.digest)


def _content(place: str, packed: bool) -> bytes | None:
    body = read_file(place)
    if body is None or not packed:
        return body
    try:
        return gzip.decompress(body)
    except (OSError, EOFError, zlib.error):
        return None


def _mask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


FILE_MODE = 0o644 & ~_mask()
FOLDER_MODE = 0o777 & ~_mask()


def is_file_of_ours(status: os.stat_result) -> bool:
    """A plain file with one name, of the mode and owner with which we write."""
    plain = stat.S_ISREG(status.st_mode) and status.st_nlink == 1
    return plain and stat.S_IMODE(status.st_mode) == FILE_MODE and status.st_uid == os.geteuid()


def _is_folder_of_ours(status: os.stat_result) -> bool:
    return stat.S_IMODE(status.st_mode) == FOLDER_MODE and status.st_uid == os.geteuid()


def _take_over(place: str, status: os.stat_result) -> None:
    if status.st_uid != os.geteuid():
        os.chown(place, os.geteuid(), -1)
