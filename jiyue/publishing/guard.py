"""The tamper guard: what lies in the public tree is what was published, or it is put back within a second.

One process (``jiyue guard``). The kernel tells it in which folders something happened; it compares what lies there with
the manifest, which it holds in memory as it was when last found signed and complete. What differs is judged again under
the website's lock and against the manifest of that moment: the publisher commits the manifest before it replaces files,
so nothing published is ever taken for foreign. See docs/adr/0020-tamper-guard.md.
"""

import logging
import os
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection

from jiyue.common.locks import lock
from jiyue.common.pages import Target
from jiyue.publishing import snapshots
from jiyue.publishing.batches import batches_of, publish_batch
from jiyue.publishing.evidence import Foreign
from jiyue.publishing.manifest_repair import repair
from jiyue.publishing.models import ManifestHead
from jiyue.publishing.porch import Porch
from jiyue.publishing.shelf import Shelf
from jiyue.publishing.snapshots import Snapshot
from jiyue.publishing.storeroom import Storeroom
from jiyue.publishing.tampering import report
from jiyue.publishing.ward import Deviation, Kind, Outcome, Ward
from jiyue.publishing.watch import Watcher, WatchesExhaustedError
from jiyue.websites.models import Website


logger = logging.getLogger(__name__)

POLL_EVERY = 1.0  # seconds between looks at the manifest in the database
SCAN_EVERY = 60.0  # ... at the numbers of all files, if the kernel reports changes
SCAN_ALONE = 2.0  # ... if it does not
SCAN_SHARE = 0.1  # of the time, at most, goes into such scans
SAVE_EVERY = 10.0
REREAD = 200  # files read again in each quiet second: bytes may rot without any trace


class Guard:
    def __init__(self, *, events: bool = True) -> None:
        self.heartbeat = Path(settings.HOME / "guard")
        self.since = self.heartbeat.stat().st_mtime if self.heartbeat.exists() else 0.0
        self.wards: dict[str, Ward] = {}
        self.porch = Porch(since=self.since)
        self.storeroom = Storeroom(enter=self._watch)
        self.watcher = _watcher() if events else None
        self.later: dict[str, set[str]] = defaultdict(set)  # suspects whose website is being published
        self.unreported: list[tuple[list[Deviation], Website | None, datetime]] = []
        self.found = 0  # deviations since the start
        self._due = dict.fromkeys(("poll", "scan", "save"), 0.0)
        self._version: int | None = None
        self._turns = self._rolling()
        self._next_rows: list[str] = []
        self._rolled_back: set[int] = set()

    def start(self, *, at: datetime) -> None:
        """Looks at everything once, at the bytes of every file."""
        settings.PUBLIC_ROOT.mkdir(parents=True, exist_ok=True)
        for folder in self.porch.folders():
            self._watch(folder)
        self._take_up_websites(at)
        self._inspect_porch(at)
        for ward in self.wards.values():
            self._settle(ward, at)
        self._inspect_store(self.storeroom.shelf.look(self.storeroom.root, deep=True), at)

    def turn(self, *, at: datetime, seconds: float = 0.25) -> None:
        """Waits for something to happen, at most so long, and puts it right."""
        self._handle(self._touched(seconds), at)
        if self._is_due("poll", POLL_EVERY):
            self._beat()
            self._take_up_websites(at)
            self._inspect_porch(at)
            self._inspect_manifests(at)
            self._reread(at)
            self._report_again()
        if self._is_due("scan", SCAN_EVERY if self.watcher else SCAN_ALONE):
            self.scan(at=at)
        if self._is_due("save", SAVE_EVERY):
            self.save()

    def scan(self, *, at: datetime) -> None:
        """Every file's number, without the help of events."""
        began = time.perf_counter()
        self._inspect_porch(at)
        for ward in list(self.wards.values()):
            self.inspect(ward, {*ward.shelf.look(ward.shelf.root, deep=True), *ward.missing()}, at=at)
        self._inspect_store(self.storeroom.shelf.look(self.storeroom.root, deep=True), at)
        took = time.perf_counter() - began
        self._due["scan"] = max(self._due["scan"], time.monotonic() + took / SCAN_SHARE)

    def inspect(self, ward: Ward, suspects: Iterable[str], *, at: datetime) -> None:
        wrong = [place for place in suspects if not ward.is_right(place)]
        if not wrong:
            return
        with self._published_by_nobody(ward) as is_ours:
            if not is_ours:
                self.later[ward.website.code].update(wrong)
                return
            try:
                self._refresh(ward, at)
            except DatabaseError:
                logger.warning("the manifest cannot be read; judged by the one in memory", exc_info=True)
            wrong = [place for place in wrong if not ward.is_right(place)]
            found = ward.deviations(wrong)
            self._render(ward, ward.put_back(found), found, at)
        self._report(found, ward.website, at)

    def expect_foreign_commits(self) -> None:
        """The next look at the manifest reads its rows, whether or not the database says that anybody has written."""
        self._version, self._due["poll"] = None, 0.0

    def save(self) -> None:
        """Keeps the snapshots that have changed outside the database."""
        for ward in self.wards.values():
            if ward.unsaved:
                snapshots.save(ward.snapshot)
                ward.unsaved = False

    def close(self) -> None:
        self.save()
        if self.watcher:
            self.watcher.close()

    def _touched(self, seconds: float) -> set[str] | None:
        if self.watcher:
            return self.watcher.wait(0.02 if self.later else seconds)
        time.sleep(seconds)
        return set()

    def _handle(self, touched: set[str] | None, at: datetime) -> None:
        if touched is None:
            logger.warning("more happened than the kernel could report: looking at everything")
            self.scan(at=at)
            return
        suspects, self.later = self.later, defaultdict(set)
        for folder in touched:
            if folder == self.storeroom.root or folder.startswith(f"{self.storeroom.root}/"):
                self._inspect_store(self.storeroom.shelf.look(folder), at)
            elif (ward := self._ward_of(folder)) is not None:
                suspects[ward.website.code] |= ward.shelf.look(folder)
            else:
                self._inspect_porch(at)
        for code, places in suspects.items():
            if code in self.wards:
                self.inspect(self.wards[code], places, at=at)

    def _ward_of(self, folder: str) -> Ward | None:
        name = os.path.relpath(folder, settings.PUBLIC_ROOT).partition("/")[0]
        return self.wards.get(name)

    def _take_up_websites(self, at: datetime) -> None:
        for website in Website.objects.exclude(code__in=self.wards).select_related("unit").order_by("pk"):
            self.wards[website.code] = ward = self._ward(website, at)
            if self._turn_has_begun:
                self._settle(ward, at)

    @property
    def _turn_has_begun(self) -> bool:
        return self._due["poll"] > 0

    def _ward(self, website: Website, at: datetime) -> Ward:
        shelf = Shelf(f"{settings.PUBLIC_ROOT}/{website.code}", enter=self._watch)
        saved = snapshots.load(website.pk)
        ward = Ward(website, saved or Snapshot(website.pk), shelf, since=self.since)
        with self._published_by_nobody(ward, wait=True):
            self._refresh(ward, at)
            is_behind = website.pk in self._rolled_back
            if not is_behind and (ward.snapshot.head is None or snapshots.read_rows(website.pk) != ward.snapshot.rows):
                self._mend_manifest(ward, at)
        return ward

    def _settle(self, ward: Ward, at: datetime) -> None:
        self.inspect(ward, {*ward.shelf.look(ward.shelf.root, deep=True), *ward.missing()}, at=at)
        ward.settled = True

    def _refresh(self, ward: Ward, at: datetime) -> None:
        """Follows the manifest to its present head, if that head is signed and adds up. The lock is held."""
        head = snapshots.read_head(ward.website.pk)
        old = ward.snapshot
        if head == old.head:
            return
        if head is not None and old.head is not None and head.at < old.head.at and head.is_signed(old.website):
            self._tell_of_rollback(ward, at)
            return
        advanced = snapshots.advance(old, head) if head is not None else None
        if advanced is not None:
            ward.expect(advanced)
        else:
            fresh = snapshots.read(ward.website.pk)
            if fresh.head is None or not fresh.is_sound:
                self._mend_manifest(ward, at)
                return
            ward.follow(fresh)
        ward.unsaved = True

    def _mend_manifest(self, ward: Ward, at: datetime) -> None:
        if ward.snapshot.head is None:
            fresh = snapshots.read(ward.website.pk)
            if fresh.is_sound:
                ward.follow(fresh)
                ward.unsaved = True
                return
        fresh, found = repair(ward.website, ward.snapshot, at=at)
        ward.follow(fresh)
        ward.unsaved = True
        self._report(found, ward.website, at)

    def _tell_of_rollback(self, ward: Ward, at: datetime) -> None:
        """An old copy of the database has been put in place. Files stay as they are until the website is published
        again; whoever restored a backup knows, anybody else must find out who did it."""
        if ward.website.pk not in self._rolled_back:
            self._rolled_back.add(ward.website.pk)
            facts = {"was": str(ward.snapshot.head and ward.snapshot.head.at)}
            found = Deviation(f"{ward.website.code} head", Kind.MANIFEST, Foreign(facts=facts), outcome=Outcome.OPEN)
            self._report([found], ward.website, at)

    def _inspect_manifests(self, at: datetime) -> None:
        """Heads of all websites, rows of one more website each time; on SQLite only if anybody has written at all."""
        version = _data_version()
        if version is not None and version == self._version and not self._next_rows:
            return
        if version != self._version:
            self._next_rows = list(self.wards)
        self._version = version
        heads = dict(ManifestHead.objects.values_list("website__code", "signature"))
        moved = {
            code
            for code, ward in self.wards.items()
            if bytes(heads.get(code, b"")) != (ward.snapshot.head.signature if ward.snapshot.head else b"")
        }
        for code in moved | set(self._some_rows()):
            self._inspect_manifest(self.wards[code], at)

    def _some_rows(self) -> Iterator[str]:
        began = time.perf_counter()
        if not self._next_rows:
            self._next_rows = list(self.wards)
        while self._next_rows and time.perf_counter() - began < 0.05:
            code = self._next_rows.pop()
            if (
                code in self.wards
                and snapshots.read_rows(self.wards[code].website.pk) != self.wards[code].snapshot.rows
            ):
                yield code

    def _inspect_manifest(self, ward: Ward, at: datetime) -> None:
        with self._published_by_nobody(ward) as is_ours:
            if not is_ours:
                self._next_rows.append(ward.website.code)
                return
            self._refresh(ward, at)
            is_behind = ward.website.pk in self._rolled_back
            if not is_behind and snapshots.read_rows(ward.website.pk) != ward.snapshot.rows:
                self._mend_manifest(ward, at)

    def _inspect_porch(self, at: datetime) -> None:
        found = self.porch.inspect(set(self.wards))
        self._report(found, None, at)
        for ward in self.wards.values():
            if found and ward.settled:
                self.later[ward.website.code] |= ward.shelf.look(ward.shelf.root)

    def _inspect_store(self, suspects: Iterable[str], at: datetime) -> None:
        self._report(self.storeroom.inspect(suspects, at=at), None, at)

    def _render(self, ward: Ward, lost: list[str], found: list[Deviation], at: datetime) -> None:
        """The last resort: what neither store nor tree holds any more is made again from the released texts."""
        if not lost:
            return
        rows = ward.snapshot.rows
        for path in lost:
            self.storeroom.discard(rows[path].digest)
        targets = [Target(ward.website.pk, path, rows[path].kind, rows[path].ref) for path in lost]
        for batch in batches_of(Website.objects.get(pk=ward.website.pk), targets):
            publish_batch(batch, at=at, durable=True)
        self._refresh(ward, at)
        for each in found:
            if each.path in lost and ward.has(each.path):
                each.outcome = Outcome.RENDERED

    def _reread(self, at: datetime) -> None:
        """Some files' bytes, whatever their numbers say; all of them in turn."""
        for _ in range(REREAD):
            ward, place = next(self._turns, (None, ""))
            if ward is None:
                self._turns = self._rolling()
                return
            if not ward.is_right(place):
                self.inspect(ward, [place], at=at)

    def _rolling(self) -> Iterator[tuple[Ward | None, str]]:
        for ward in list(self.wards.values()):
            for place in list(ward.rights):
                yield ward, place

    def _report(self, found: list[Deviation], website: Website | None, at: datetime) -> None:
        self.found += len(found)
        loud = [each for each in found if not each.quiet]
        if loud:
            self.unreported.append((loud, website, at))
            self._report_again()

    def _report_again(self) -> None:
        while self.unreported:
            found, website, at = self.unreported[0]
            try:
                report(found, website, at=at)
            except DatabaseError:
                logger.exception("%d deviations cannot be written down yet", len(found))
                return
            del self.unreported[0]

    @contextmanager
    def _published_by_nobody(self, ward: Ward, *, wait: bool = False) -> Iterator[bool]:
        """Holds the website's lock. Without a database nobody can publish, so the lock is not needed then."""
        held = lock(f"website-{ward.website.pk}")
        try:
            is_ours = held.acquire(wait=wait)
        except DatabaseError:
            yield True
            return
        try:
            yield is_ours
        finally:
            if is_ours:
                held.release()

    def _watch(self, folder: str) -> None:
        if self.watcher is None:
            return
        try:
            self.watcher.add(folder)
        except WatchesExhaustedError:
            logger.warning("no more folders can be watched (fs.inotify.max_user_watches): scanning instead")
            self.watcher.close()
            self.watcher = None

    def _beat(self) -> None:
        self.heartbeat.touch()

    def _is_due(self, name: str, every: float) -> bool:
        now = time.monotonic()
        if now < self._due[name]:
            return False
        self._due[name] = now + every
        return True


def _watcher() -> Watcher | None:
    try:
        return Watcher()
    except (WatchesExhaustedError, OSError, AttributeError):
        return None


def _data_version() -> int | None:
    """SQLite's count of commits by others; ``None`` where the database tells nothing of the kind."""
    if connection.vendor != "sqlite":
        return None
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA data_version")
        return int(cursor.fetchone()[0])
