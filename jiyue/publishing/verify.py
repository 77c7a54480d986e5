"""Comparing the public files with the manifest and putting right what differs: after a crash, after tampering."""

import gzip
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.conf import settings

from jiyue.common.pages import Target
from jiyue.publishing import manifest, served
from jiyue.publishing.batches import batches_of, publish_batch
from jiyue.publishing.files import read_file, remove_file, remove_staging
from jiyue.publishing.hosts import write_hosts
from jiyue.publishing.locks import website_lock
from jiyue.publishing.models import Output
from jiyue.publishing.store import is_intact, store
from jiyue.publishing.suspensions import write_suspensions
from jiyue.publishing.tree import Tree, is_compressed, relative_file
from jiyue.websites.models import Website


ROWS = 500


@dataclass(slots=True)
class Verification:
    checked: int = 0
    restored: list[str] = field(default_factory=list)  # files whose bytes came back from the store
    rendered: list[str] = field(default_factory=list)  # the store had lost them too
    removed: list[str] = field(default_factory=list)  # files nobody published
    unsound: list[str] = field(default_factory=list)  # codes of websites whose manifest is not the one we signed

    @property
    def is_clean(self) -> bool:
        return not (self.restored or self.rendered or self.removed or self.unsound)


def verify(*, at: datetime, websites: Iterable[int] | None = None) -> Verification:
    found = Verification()
    write_suspensions()  # before what they cover lies there again
    write_hosts()
    chosen = Website.objects.order_by("pk")
    for website in chosen if websites is None else chosen.filter(pk__in=list(websites)):
        with website_lock(website.pk):
            _verify_website(website, found, at)
    return found


def remove_leftovers() -> int:
    """Clears what processes that were killed had half-written; answers how many files."""
    return remove_staging(settings.PUBLIC_ROOT) + remove_staging(settings.STORE_ROOT)


def _verify_website(website: Website, found: Verification, at: datetime) -> None:
    if not manifest.is_sound(website.pk):
        found.unsound.append(website.code)
    tree = Tree(website.code)
    expected: set[str] = set()
    right: dict[str, served.Right] = {}
    lost: list[Target] = []
    for output in Output.objects.filter(website=website).iterator(ROWS):
        found.checked += 1
        if output.digest:
            expected.add(tree.file(output.path, output.status))
            right[tree.name(output.path, output.status)] = served.Right(output.digest, output.size)
        if not output.digest or not (_is_right(tree, output) or _restore(tree, output, found)):
            lost.append(Target(website.pk, output.path, output.kind, output.ref))
    served.replace(website.code, right)
    for batch in batches_of(website, lost):
        publish_batch(batch, at=at, durable=True)
        found.rendered += [f"{website.code}{target.path}" for target in batch.targets]
    for file in _strangers(tree.root, expected):
        remove_file(str(file))
        found.removed.append(str(file.relative_to(tree.public)))


def _is_right(tree: Tree, output: Output) -> bool:
    body = tree.read(output.path, output.status)
    if body is None or not is_intact(body, output.digest):
        return False
    return not is_compressed(relative_file(output.path)) or _unpacked(tree, output) == body


def _unpacked(tree: Tree, output: Output) -> bytes | None:
    packed = read_file(f"{tree.file(output.path, output.status)}.gz")
    try:
        return None if packed is None else gzip.decompress(packed)
    except (OSError, EOFError, zlib.error):
        return None


def _restore(tree: Tree, output: Output, found: Verification) -> bool:
    body = store().get(output.digest)
    if body is None:
        remove_file(str(store().path(output.digest)))
        return False
    tree.place(output.path, output.status, tree.stage(output.path, body, durable=True), durable=True)
    found.restored.append(f"{tree.root.name}{output.path}")
    return True


def _strangers(root: Path, expected: set[str]) -> Iterator[Path]:
    """Files and links no row of the manifest stands for."""
    for path in root.rglob("*"):
        if path.is_symlink() or not path.is_dir():
            name = str(path)
            page = name.removesuffix(".gz")
            if name not in expected and not (page in expected and is_compressed(page)):
                yield path
