"""Where the file of an address lies, and which variants lie beside it.

``public/<website code>/`` is the tree of one website. ``/a/`` is ``a/index.html``. The notice of a withdrawn page lies
below ``.gone/`` and is answered with status 410. Text has a gzip variant beside it, named by a further ``.gz``.
"""

import os
import re
from functools import lru_cache
from pathlib import Path, PurePosixPath

from django.conf import settings
from isal import igzip

from jiyue.publishing.files import has_bytes, move_into_place, read_file, remove_file, stage


GONE = ".gone"
WITHDRAWN = 410

MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".xml": "application/xml; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".map": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".pdf": "application/pdf",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
    ".vtt": "text/vtt; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".webmanifest": "application/manifest+json",
}
COMPRESSED = frozenset({".html", ".xml", ".json", ".txt", ".css", ".js", ".mjs", ".map", ".svg", ".vtt", ".csv"})
# docs/adr/0010: level 2 makes 20,000 pages a second and core at 35 % of their size, zlib's 6 3,000 at 31 %
GZIP_LEVEL = 2
_SAFE = re.compile(r"(?:/(?:\.well-known|[^./\\\x00-\x1f\x7f][^/\\\x00-\x1f\x7f]*))*/?")


def media_type(path: str) -> str:
    return MEDIA_TYPES.get(_suffix(path), "application/octet-stream")


def is_compressed(path: str) -> bool:
    return _suffix(path) in COMPRESSED


def compress(body: bytes) -> bytes:
    return igzip.compress(body, GZIP_LEVEL, mtime=0)


@lru_cache(maxsize=4096)
def relative_file(path: str) -> str:
    """``/a/b/`` → ``a/b/index.html``. Raises ``ValueError`` for an address that has no place in a tree."""
    if path[:1] != "/" or _SAFE.fullmatch(path) is None:
        raise ValueError(path)
    return path[1:] + ("index.html" if path[-1] == "/" else "")


class Tree:
    """The public files of one website."""

    def __init__(self, code: str) -> None:
        self.public: Path = settings.PUBLIC_ROOT
        self.root = self.public / code

    def file(self, path: str, status: int) -> str:
        folder = f"{self.root}/{GONE}" if status == WITHDRAWN else str(self.root)
        return f"{folder}/{relative_file(path)}"

    def name(self, path: str, status: int) -> str:
        """The file relative to ``public``."""
        return self.file(path, status)[len(str(self.public)) + 1 :]

    def other_name(self, path: str, status: int) -> str:
        return self.name(path, 200 if status == WITHDRAWN else WITHDRAWN)

    def holds(self, path: str, status: int, body: bytes) -> bool:
        """Whether readers get exactly this. The variant is written first, so that looking at the page is enough."""
        return has_bytes(self.file(path, status), body) and not os.path.lexists(self._other(path, status))

    def holds_variant(self, path: str, status: int, body: bytes) -> bool:
        if not is_compressed(relative_file(path)):
            return True
        return has_bytes(f"{self.file(path, status)}.gz", compress(body))

    def stage(self, path: str, body: bytes, *, durable: bool) -> list[str]:
        """Writes page and variant beside the tree; ``place`` moves them in."""
        bodies = [compress(body), body] if is_compressed(relative_file(path)) else [body]
        return [stage(each, beside=self.public, durable=durable) for each in bodies]

    def place(self, path: str, status: int, staged: list[str], *, durable: bool) -> None:
        file = self.file(path, status)
        *variant, page = staged
        for each in variant:
            move_into_place(each, f"{file}.gz", durable=False)
        move_into_place(page, file, durable=durable)
        other = self._other(path, status)
        if os.path.lexists(other):
            self._remove(other)

    def remove(self, path: str) -> bool:
        removed = [self._remove(self.file(path, status)) for status in (200, WITHDRAWN)]
        return any(removed)

    def read(self, path: str, status: int) -> bytes | None:
        return read_file(self.file(path, status))

    def _other(self, path: str, status: int) -> str:
        return self.file(path, 200 if status == WITHDRAWN else WITHDRAWN)

    def _remove(self, file: str) -> bool:
        removed = any([remove_file(f"{file}.gz"), remove_file(file)])
        if removed:
            self._remove_empty(PurePosixPath(file).parent)
        return removed

    def _remove_empty(self, folder: PurePosixPath) -> None:
        while folder != PurePosixPath(self.root) and not os.listdir(folder):
            os.rmdir(folder)
            folder = folder.parent


def _suffix(path: str) -> str:
    return os.path.splitext(path)[1] if path[-1] != "/" else ".html"
