"""The content-addressed store: every body that was ever public, kept under its own digest.

``HOME/store/sha256/ab/cdef…`` holds exactly the published bytes, so that ``sha256sum`` alone can check a file. Bodies are
never changed, only added. The tamper guard restores public files from here, and a page "as it was that day" is read
from here. A digest is written ``algorithm:hex`` everywhere, see docs/adr/0010-digests-and-store.md.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from jiyue.publishing.files import STAGING, write_atomically


if TYPE_CHECKING:
    from jiyue.common.objects import Bucket


def digest_of(body: bytes) -> str:
    algorithm = settings.PUBLISHING_DIGEST
    return f"{algorithm}:{hashlib.new(algorithm, body).hexdigest()}"


def is_intact(body: bytes, digest: str) -> bool:
    algorithm, _, expected = digest.partition(":")
    return hashlib.new(algorithm, body).hexdigest() == expected


class Store:
    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, digest: str) -> Path:
        return self.root / self._relative(digest)

    def put(self, digest: str, body: bytes, *, durable: bool) -> bool:
        """Keeps ``body``; answers whether it was new. ``durable`` returns only once it would survive a power cut."""
        path = f"{self.root}/{self._relative(digest)}"
        if os.path.exists(path):
            return False
        write_atomically(path, body, beside=self.root, durable=durable)
        return True

    def get(self, digest: str) -> bytes | None:
        """The body, or ``None`` when it is missing or no longer what its name says."""
        try:
            body = self.path(digest).read_bytes()
        except FileNotFoundError:
            return None
        return body if is_intact(body, digest) else None

    def missing(self, digests: Iterable[str]) -> list[str]:
        """Those without a body, whatever its bytes are."""
        return [digest for digest in digests if not self.path(digest).exists()]

    @staticmethod
    def _relative(digest: str) -> str:
        algorithm, _, value = digest.partition(":")
        return f"{algorithm}/{value[:2]}/{value[2:]}"


class RemoteStore(Store):
    """A store whose bodies lie in a bucket; the directory is what has been needed here lately. A body is in the bucket
    before it is in the directory, so that the directory may be lost at any time."""

    def __init__(self, root: Path, bucket: "Bucket") -> None:
        super().__init__(root)
        self.bucket = bucket

    def put(self, digest: str, body: bytes, *, durable: bool) -> bool:
        if os.path.exists(self.path(digest)):
            return False
        self.bucket.put(self._relative(digest), body)
        return super().put(digest, body, durable=durable)

    def get(self, digest: str) -> bytes | None:
        body = super().get(digest)
        if body is None:
            body = self.bucket.get(self._relative(digest))
            if body is None or not is_intact(body, digest):
                return None
            write_atomically(str(self.path(digest)), body, beside=self.root, durable=False)
        return body

    def missing(self, digests: Iterable[str]) -> list[str]:
        not_here = super().missing(digests)
        there = set(self.bucket.names()) if not_here else set()
        return [digest for digest in not_here if self._relative(digest) not in there]

    def upload(self) -> Iterator[str]:
        """Brings to the bucket what it lacks of this directory: once, when a bucket comes to an old installation."""
        for path in self.root.glob("*/??/*"):
            name = path.relative_to(self.root).as_posix()
            if not name.startswith(STAGING) and not self.bucket.has(name):
                self.bucket.put(name, path.read_bytes())
                yield name


def store() -> Store:
    if settings.STORE_S3:
        from jiyue.common.objects import Bucket  # an extra: there only where it is used

        return RemoteStore(settings.STORE_ROOT, Bucket(settings.STORE_S3))
    return Store(settings.STORE_ROOT)
