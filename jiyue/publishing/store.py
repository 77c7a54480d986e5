"""The content-addressed store: every body that was ever public, kept under its own digest.

``HOME/store/sha256/ab/cdef…`` holds exactly the published bytes, so that ``sha256sum`` alone can check a file. Bodies are
never changed, only added. The tamper guard restores public files from here, and a page "as it was that day" is read
from here. A digest is written ``algorithm:hex`` everywhere, see docs/adr/0010-digests-and-store.md.
"""

import hashlib
import os
from pathlib import Path

from django.conf import settings

from jiyue.publishing.files import write_atomically


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

    @staticmethod
    def _relative(digest: str) -> str:
        algorithm, _, value = digest.partition(":")
        return f"{algorithm}/{value[:2]}/{value[2:]}"


def store() -> Store:
    return Store(settings.STORE_ROOT)
