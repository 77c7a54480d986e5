"""The built-in server's view of the public tree: address in, ready answer out, kept in memory while the file is the same."""

import gzip
import hashlib
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path

from jiyue.publishing import served
from jiyue.publishing.files import read_file
from jiyue.publishing.headers import cache_control, headers_of
from jiyue.publishing.store import is_intact, store
from jiyue.publishing.tree import GONE, compress, is_compressed, media_type, relative_file


Headers = list[tuple[str, str]]
MEMORY = 64 * 1024 * 1024
LARGE = 1024 * 1024  # bigger files are streamed from disk by the server itself
Stamp = tuple[int, int, int, int]
NOWHERE: Stamp = (0, -1, 0, 0)


@dataclass(frozen=True, slots=True)
class Variant:
    etag: str
    headers: Headers
    body: bytes

    @property
    def unchanged(self) -> Headers:
        return [header for header in self.headers if header[0] in ("etag", "cache-control", "vary")]


@dataclass(frozen=True, slots=True)
class Page:
    """A file in memory, plain and, if text, compressed."""

    stamp: Stamp
    plain: Variant
    packed: Variant | None

    @property
    def cost(self) -> int:
        return len(self.plain.body) + (len(self.packed.body) if self.packed else 0)


@dataclass(frozen=True, slots=True)
class LargeFile:
    stamp: Stamp
    file: str
    size: int
    headers: Headers
    cost: int = 0


class Pages:
    """Files below one folder. Links and anything outside the folder do not exist. ``published``: neither does what
    nobody published, and what was published is answered as it was published, whatever lies there now."""

    def __init__(self, root: Path, *, memory: int = MEMORY, published: bool = False) -> None:
        self.root = os.path.realpath(root)
        self.memory = memory
        self.published = published
        self.used = 0
        self.cache: dict[str, Page | LargeFile] = {}
        self.complete: set[str] = set()

    def find(self, folder: str, path: str) -> Page | LargeFile | None:
        """The file of an address below ``root/folder``."""
        try:
            relative = relative_file(path)
        except ValueError:
            return None
        return self.file(f"{folder}/{relative}", path)

    def find_gone(self, folder: str, path: str) -> Page | LargeFile | None:
        return self.find(f"{folder}/{GONE}", path)

    def is_folder(self, folder: str, path: str) -> bool:
        return self.find(folder, f"{path}/") is not None

    def file(self, name: str, path: str) -> Page | LargeFile | None:
        file = f"{self.root}/{name}"
        try:
            status = os.stat(file)
        except (OSError, ValueError):
            return self._from_store(name, path, NOWHERE) if self.published else None
        stamp = status.st_mtime_ns, status.st_size, status.st_ino, status.st_ctime_ns
        kept = self.cache.get(file)
        if kept is not None and kept.stamp == stamp:
            return kept
        return self._load(name, path, stamp)

    def _load(self, name: str, path: str, stamp: Stamp) -> Page | LargeFile | None:
        file = f"{self.root}/{name}"
        right = served.lookup(name) if self.published else None
        if right is None and self._is_strange(name):
            return None
        if os.path.realpath(file) != file or not os.path.isfile(file):
            return self._from_store(name, path, NOWHERE) if right else None
        page: Page | LargeFile | None
        if stamp[1] <= LARGE:
            page = _read(file, path, stamp, right)
        elif right is None or _is_right(file, stamp, right):
            page = LargeFile(stamp, file, stamp[1], list(_headers(path, stamp)))
        else:
            page = None
        if page is None and right is not None:
            page = self._from_store(name, path, stamp)
        if page is not None:
            self._keep(file, page)
        return page

    def _is_strange(self, name: str) -> bool:
        """Whether what is not listed there was put there by somebody else."""
        if not self.published:
            return False
        folder = name.partition("/")[0]
        if folder not in self.complete and served.is_complete(folder):
            self.complete.add(folder)
        return folder in self.complete

    def _from_store(self, name: str, path: str, stamp: Stamp) -> Page | LargeFile | None:
        right = served.lookup(name)
        body = store().get(right.digest) if right else None
        return None if body is None else _page(body, compress(body), path, stamp)

    def _keep(self, file: str, page: Page | LargeFile) -> None:
        replaced = self.cache.pop(file, None)
        self.used += page.cost - (replaced.cost if replaced else 0)
        self.cache[file] = page
        while self.used > self.memory:  # the one loaded longest ago goes first
            self.used -= self.cache.pop(next(iter(self.cache))).cost


def _is_right(file: str, stamp: Stamp, right: served.Right) -> bool:
    if stamp[1] != right.size:
        return False
    algorithm, _, expected = right.digest.partition(":")
    try:
        with open(os.open(file, os.O_RDONLY | os.O_NOFOLLOW), "rb") as opened:
            return hashlib.file_digest(opened, algorithm).hexdigest() == expected
    except OSError:
        return False


def _read(file: str, path: str, stamp: Stamp, right: served.Right | None) -> Page | None:
    """The page, from one reading of the file: what was found right may have been replaced since."""
    if right is not None and stamp[1] != right.size:
        return None
    body = read_file(file)
    if body is None or (right is not None and not is_intact(body, right.digest)):
        return None
    if right is not None:
        return _page(body, _checked(file, body), path, stamp)
    return _page(body, _packed(file, stamp) or compress(body), path, stamp)


def _page(body: bytes, packed: bytes, path: str, stamp: Stamp) -> Page:
    etag = hashlib.sha256(body).hexdigest()[:20]
    headers = list(_headers(path, stamp))
    if not is_compressed(relative_file(path)):
        return Page(stamp, _variant(etag, headers, body), None)
    headers.append(("vary", "accept-encoding"))
    variant = _variant(f"{etag}-gz", [*headers, ("content-encoding", "gzip")], packed)
    return Page(stamp, _variant(etag, headers, body), variant)


def _checked(file: str, body: bytes) -> bytes:
    """The variant made at publication, if that is what it still is."""
    packed = read_file(f"{file}.gz")
    try:
        if packed is not None and gzip.decompress(packed) == body:
            return packed
    except (OSError, EOFError, zlib.error):
        pass
    return compress(body)


def _packed(file: str, stamp: Stamp) -> bytes | None:
    """The variant beside a page, unless it is older than the page: then it may not be the page's."""
    try:
        fresh = os.stat(f"{file}.gz").st_mtime_ns + 1_000_000_000 >= stamp[0]
    except OSError:
        return None
    return read_file(f"{file}.gz") if fresh else None


def _variant(etag: str, headers: Headers, body: bytes) -> Variant:
    return Variant(f'"{etag}"', [("etag", f'"{etag}"'), ("content-length", str(len(body))), *headers], body)


def _headers(path: str, stamp: Stamp) -> Iterator[tuple[str, str]]:
    yield "content-type", media_type(path)
    yield "last-modified", formatdate(stamp[0] / 1e9, usegmt=True)
    yield "cache-control", cache_control(path)
    yield from headers_of(path)
