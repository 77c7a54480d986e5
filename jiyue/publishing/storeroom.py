"""The store as the guard sees it: every file is what its name says. Damage is mended from the public files."""

import os
import re
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from django.conf import settings

from jiyue.publishing.evidence import capture
from jiyue.publishing.files import STAGING, read_file, remove_file
from jiyue.publishing.models import Output, OutputHistory
from jiyue.publishing.shelf import Shelf
from jiyue.publishing.store import is_intact, store
from jiyue.publishing.tree import Tree
from jiyue.publishing.ward import Deviation, Kind, Outcome


NAME = re.compile(r"(sha256|sm3)/([0-9a-f]{2})/([0-9a-f]{62})")


class Storeroom:
    def __init__(self, *, enter: Callable[[str], None]) -> None:
        self.root = str(settings.STORE_ROOT)
        self.staging = f"{self.root}/{STAGING}"
        self.shelf = Shelf(self.root, enter=lambda folder: None if self._is_staging(folder) else enter(folder))

    def inspect(self, suspects: Iterable[str], *, at: datetime) -> list[Deviation]:
        wrong = [place for place in suspects if not self._is_staging(place) and not self._is_right(place)]
        return [found for place in wrong if (found := self._mend(place)) is not None]

    def discard(self, digest: str) -> None:
        """So that the right bytes can take the place of damaged ones."""
        place = store().path(digest)
        body = read_file(str(place))
        if body is not None and not is_intact(body, digest):
            remove_file(str(place))

    def _is_staging(self, place: str) -> bool:
        return place == self.staging or place.startswith(f"{self.staging}/")

    def _is_right(self, place: str) -> bool:
        if os.path.isdir(place) and not os.path.islink(place):
            return True
        digest = self._digest(place)
        try:
            status = os.lstat(place)
        except OSError:
            self.shelf.forget(place)
            return digest is None or not _is_needed(digest)
        body = read_file(place)
        if digest is None or body is None or not is_intact(body, digest):
            return False
        self.shelf.accept(place, status)
        return True

    def _digest(self, place: str) -> str | None:
        match = NAME.fullmatch(os.path.relpath(place, self.root))
        return f"{match[1]}:{match[2]}{match[3]}" if match else None

    def _mend(self, place: str) -> Deviation | None:
        digest = self._digest(place)
        name = os.path.relpath(place, Path(self.root).parent)
        foreign = capture(place)
        remove_file(place)
        if digest is None:
            return Deviation(name, Kind.STRANGER, foreign, outcome=Outcome.REMOVED)
        body = _from_public(digest)
        if body is not None:
            store().put(digest, body, durable=True)
            self.shelf.accept(place, os.lstat(place))
        outcome = Outcome.REPAIRED if body is not None else Outcome.OPEN
        if body is None and not _is_needed(digest):
            outcome = Outcome.REMOVED
        return Deviation(name, Kind.STORE, foreign, digest=digest, outcome=outcome)


def _is_needed(digest: str) -> bool:
    return Output.objects.filter(digest=digest).exists() or OutputHistory.objects.filter(digest=digest).exists()


def _from_public(digest: str) -> bytes | None:
    for code, path, status in Output.objects.filter(digest=digest).values_list("website__code", "path", "status"):
        body = Tree(code).read(path, status)
        if body is not None and is_intact(body, digest):
            return body
    return None
