"""The one road from targets to files, for one approval and for a full rebuild alike.

Each step may be the last before a crash: bodies go to the store, the manifest is committed, then files are replaced.
Doing the same again afterwards finds the same digests, sees on disk what is still missing, and finishes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from jiyue.common.pages import Rendered, Target, render
from jiyue.publishing import manifest, served
from jiyue.publishing.files import remove_file
from jiyue.publishing.manifest import Entry, Known
from jiyue.publishing.store import digest_of, store
from jiyue.publishing.tree import WITHDRAWN, Tree, media_type
from jiyue.websites.models import Website


@dataclass(slots=True)
class Report:
    rendered: int = 0
    written: int = 0
    removed: int = 0

    def __iadd__(self, other: "Report") -> "Report":
        self.rendered += other.rendered
        self.written += other.written
        self.removed += other.removed
        return self


@dataclass(frozen=True, slots=True)
class Batch:
    """Some targets of one website. Of a website that is not online nothing is rendered, so that nothing stays."""

    website: int
    code: str
    online: bool
    targets: Sequence[Target]


BATCH = 200  # targets rendered, committed and placed together


def batches_of(website: Website, targets: Sequence[Target]) -> Iterator[Batch]:
    online = website.state == Website.State.ONLINE
    for start in range(0, len(targets), BATCH):
        yield Batch(website.pk, website.code, online, targets[start : start + BATCH])


@dataclass(slots=True)
class _Press:
    """What one batch has staged and will move into the tree."""

    batch: Batch
    durable: bool
    before: dict[str, Known]
    tree: Tree
    entries: list[Entry] = field(default_factory=list)
    staged: dict[str, tuple[int, list[str]]] = field(default_factory=dict)
    answers: dict[str, served.Right] = field(default_factory=dict)
    dropped: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def take(self, page: Rendered) -> None:
        target, body = page.target, page.body
        self.seen.add(target.path)
        entry = Entry(
            path=target.path,
            kind=target.kind,
            ref=target.ref,
            digest=digest_of(body),
            status=page.status,
            media_type=media_type(target.path),
            size=len(body),
            keys=page.keys,
        )
        old = self.before.get(target.path)
        is_new = old is None or not old.is_same(entry)
        is_placed = self.tree.holds(target.path, page.status, body)
        if is_new:
            self.entries.append(entry)
        if is_new or not is_placed:
            store().put(entry.digest, body, durable=self.durable)
            self.answers[self.tree.name(target.path, page.status)] = served.Right(entry.digest, entry.size)
            self.dropped.append(self.tree.other_name(target.path, page.status))
        if not is_placed:
            self.staged[target.path] = page.status, self.tree.stage(target.path, body, durable=self.durable)

    def gone(self) -> list[str]:
        return [target.path for target in self.batch.targets if target.path not in self.seen]

    def discard(self) -> None:
        for _, files in self.staged.values():
            for file in files:
                remove_file(file)


def publish_batch(batch: Batch, *, at: datetime, durable: bool) -> Report:
    """Brings the files of these targets up to date. The caller holds the website's lock."""
    before = manifest.known(batch.website, [target.path for target in batch.targets])
    press = _Press(batch, durable, before, Tree(batch.code))
    try:
        for page in _render(batch):
            press.take(page)
        if press.entries:
            manifest.record(batch.website, press.entries, before, at=at)
        served.note(press.answers, gone=press.dropped)
        for path, (status, files) in press.staged.items():
            press.tree.place(path, status, files, durable=durable)
    except BaseException:
        press.discard()
        raise
    removed = _remove(batch.website, press.tree, press.gone(), before, at=at)
    return Report(rendered=len(press.seen), written=len(press.staged), removed=removed)


def _render(batch: Batch) -> Iterator[Rendered]:
    by_kind = attrgetter("kind")
    if batch.online:
        for kind, targets in groupby(sorted(batch.targets, key=by_kind), by_kind):
            yield from render(batch.website, kind, list(targets))


def _remove(website: int, tree: Tree, paths: list[str], before: dict[str, Known], *, at: datetime) -> int:
    rows = [before[path] for path in paths if path in before]
    if rows:
        manifest.begin_removal(website, rows, at=at)
    served.note({}, gone=[tree.name(path, status) for path in paths for status in (200, WITHDRAWN)])
    removed = sum(tree.remove(path) for path in paths)
    if rows:
        manifest.finish_removal(rows)
    return removed
