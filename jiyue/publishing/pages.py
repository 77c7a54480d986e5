"""The built-in server's view of the public tree: address in, ready answer out, kept in memory while the file is the same."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path

from jiyue.publishing.files import read_file
from jiyue.publishing.headers import cache_control, security_headers
from jiyue.publishing.tree import GONE, compress, is_compressed, media_type, relative_file


Headers = list[tuple[str, str]]
MEMORY = 64 * 1024 * 1024
LARGE = 1024 * 1024  # bigger files are streamed from disk by the server itself
Stamp = tuple[int, int, int]


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
    """Files below one folder. Links and anything outside the folder do not exist."""

    def __init__(self, root: Path, *, memory: int = MEMORY) -> None:
        self.root = os.path.realpath(root)
        self.memory = memory
        self.used = 0
        self.cache: dict[str, Page | LargeFile] = {}

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
            return None
        stamp = status.st_mtime_ns, status.st_size, status.st_ino
        kept = self.cache.get(file)
        if kept is not None and kept.stamp == stamp:
            return kept
        return self._load(file, path, stamp)

    def _load(self, file: str, path: str, stamp: Stamp) -> Page | LargeFile | None:
        if os.path.realpath(file) != file or not os.path.isfile(file):
            return None
        page: Page | LargeFile | None
        if stamp[1] > LARGE:
            page = LargeFile(stamp, file, stamp[1], list(_headers(path, stamp)))
        else:
            page = _read(file, path, stamp)
        if page is not None:
            self._keep(file, page)
        return page

    def _keep(self, file: str, page: Page | LargeFile) -> None:
        replaced = self.cache.pop(file, None)
        self.used += page.cost - (replaced.cost if replaced else 0)
        self.cache[file] = page
        while self.used > self.memory:  # the one loaded longest ago goes first
            self.used -= self.cache.pop(next(iter(self.cache))).cost


def _read(file: str, path: str, stamp: Stamp) -> Page | None:
    body = read_file(file)
    if body is None:
        return None
    etag = hashlib.sha256(body).hexdigest()[:20]
    headers = list(_headers(path, stamp))
    if not is_compressed(relative_file(path)):
        return Page(stamp, _variant(etag, headers, body), None)
    headers.append(("vary", "accept-encoding"))
    packed = _variant(f"{etag}-gz", [*headers, ("content-encoding", "gzip")], _packed(file, stamp) or compress(body))
    return Page(stamp, _variant(etag, headers, body), packed)


def _packed(file: str, stamp: Stamp) -> bytes | None:
    """The variant made at publication, unless it is older than the page: then it may not be the page's."""
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
    yield from security_headers()
