"""Everything an installation shows of itself, and what must be true of it at any time.

After a crash and a restart the whole state must equal the one before the act or the one after it: old or new."""

import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from tantivy import Index, Query

from jiyue.accounts.verification import verified
from jiyue.common import outbox
from jiyue.common.errors import Refused
from jiyue.common.models import DirtyKey, ScheduledJob
from jiyue.content.models import Submission
from jiyue.library.models import Attachment, BasePage, Picture, Release
from jiyue.operations.backup import secret
from jiyue.operations.databases import SQLITE_FILE
from jiyue.operations.restore import check_every_byte
from jiyue.operations.sealing import Damaged
from jiyue.operations.vault import snapshots
from jiyue.publishing import manifest
from jiyue.publishing.models import ManifestHead, Output, OutputHistory, OutputKey
from jiyue.publishing.store import is_intact
from jiyue.publishing.tree import Tree, is_compressed
from jiyue.search.documents import searchable
from jiyue.search.tantivy_schema import register_tokenizers, unpack
from jiyue.websites.models import Website
from tests.assurance.crash.city import CANARY, UNPACKED


_is_intact = cache(is_intact)
# Derived or passing: what they hold is compared otherwise, or says nothing.
UNCOUNTED = {DirtyKey, ScheduledJob, Output, OutputKey, OutputHistory, ManifestHead}
NOTICES = (".offline/", ".closed/", ".unknown/", "hosts.")


@dataclass(frozen=True, slots=True)
class Look:
    """One reading of the disk, from which everything else follows."""

    public: dict[str, bytes]
    kept: dict[str, bytes]
    rows: list[tuple[str, str, str, int]]  # website, path, digest, status
    found: list[Any]

    @classmethod
    def take(cls) -> "Look":
        rows = Output.objects.order_by("website", "path").values_list("website__code", "path", "digest", "status")
        return cls(_read(settings.PUBLIC_ROOT), _read(settings.STORE_ROOT), list(rows), list(_documents()))

    def state(self) -> dict[str, Any]:
        """Small enough to travel as JSON, whole enough to tell half from done."""
        state = {
            **database(),
            "files": {name: _sum(body) for name, body in self.public.items() if not name.endswith(".gz")},
            "manifest": ["".join(map(str, row)) for row in self.rows],
            "search": sorted([document.id, document.title, document.address] for document in self.found),
        }
        return json.loads(json.dumps(state))

    def complaints(self) -> list[str]:
        """What holds whatever happened: each line is a broken invariant."""
        return [
            *_unsound_database(),
            *self._unsound_files(),
            *self._strangers(),
            *self._torn_bodies(),
            *self._leaks(),
            *self._wrong_search(),
            *_unfinished(),
            *_torn_originals(),
            *_broken_trail(),
            *_broken_backups(),
        ]

    def _unsound_files(self) -> Iterator[str]:
        for pk in Website.objects.values_list("pk", flat=True):
            if not manifest.is_sound(pk):
                yield f"manifest of website {pk} is not as signed"
        for website, path, digest, status in self.rows:
            name = _name(website, path, status)
            body = self.public.get(name)
            if not digest or body is None or body != self.kept.get(_place(digest)) or not _is_intact(body, digest):
                yield f"row, file and store differ: {name}"
            elif is_compressed(name) and _unpacked(self.public.get(f"{name}.gz")) != body:
                yield f"variant differs: {name}"

    def _strangers(self) -> Iterator[str]:
        expected = {_name(website, path, status) for website, path, _, status in self.rows}
        for name in self.public:
            if not name.startswith(NOTICES) and name.removesuffix(".gz") not in expected:
                yield f"stranger in the tree: {name}"

    def _torn_bodies(self) -> Iterator[str]:
        for name, body in self.kept.items():
            algorithm, start, rest = name.split("/") if name.count("/") == 2 else ("", "", "")
            if not algorithm or not _is_intact(body, f"{algorithm}:{start}{rest}"):
                yield f"no whole body in the store: {name}"

    def _leaks(self) -> Iterator[str]:
        """The canary stands in a draft and in a withdrawn text: in no file, no search."""
        word = CANARY.encode()
        for name, body in self.public.items():
            if word in (body if not name.endswith(".gz") else _unpacked(body) or b""):
                yield f"canary in {name}"
        for document in self.found:
            if CANARY in f"{document}":
                yield f"canary found as {document.id}"

    def _wrong_search(self) -> Iterator[str]:
        found, live = (
            sorted(document.id for document in self.found),
            sorted(searchable().values_list("item_id", flat=True)),
        )
        if found != live:
            yield f"search finds {found}, online are {live}"


def database() -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(_counting())
        counts = dict(cursor.fetchall())
    return {
        "counts": counts,
        "releases": sorted(Release.objects.values_list("item", "digest", "address", "receipt", "withdrawn_reason")),
        "submissions": sorted(Submission.objects.values_list("pk", "state")),
        "websites": sorted(Website.objects.values_list("code", "state")),
        "pages": sorted(BasePage.objects.values_list("pk", "live", "title", "draft_title")),
    }


def litter() -> int:
    """Originals no row names: not public and not wrong, but they take space."""
    named = [*Picture.objects.values_list("file", flat=True), *Attachment.objects.values_list("file", flat=True)]
    folders = (Path(settings.MEDIA_ROOT) / name for name in ("original_images", "documents"))
    kept = {str(path) for folder in folders if folder.exists() for path in folder.iterdir()}
    return len(kept - {default_storage.path(name) for name in named})


@cache
def _counting() -> str:
    tables = sorted(model._meta.db_table for model in set(apps.get_models()) - UNCOUNTED if model._meta.managed)
    return " UNION ALL ".join(f"SELECT '{table}', COUNT(*) FROM {table}" for table in tables)


def _read(root: str | Path) -> dict[str, bytes]:
    bodies, cut = {}, len(str(root)) + 1
    for folder, _, names in os.walk(root):
        for name in names:
            path = Path(folder, name)
            bodies[str(path)[cut:]] = path.read_bytes()
    return bodies


def _documents() -> Iterator[Any]:
    folder = Path(settings.HOME) / "search" / "current"
    if folder.exists():
        index = Index.open(str(folder))
        register_tokenizers(index)
        searcher = index.searcher()
        for _, address in searcher.search(Query.all_query(), limit=10_000).hits:
            yield unpack(searcher.doc(address).get_first("stored"))


@cache
def _name(website: str, path: str, status: int) -> str:
    return Tree(website).file(path, status)[len(str(settings.PUBLIC_ROOT)) + 1 :]


def _place(digest: str) -> str:
    algorithm, _, value = digest.partition(":")
    return f"{algorithm}/{value[:2]}/{value[2:]}"


@cache  # depends on nothing but the bytes, and most are as they were before the act
def _unpacked(body: bytes | None) -> bytes | None:
    try:
        return body and gzip.decompress(body)
    except (OSError, EOFError, zlib.error):
        return None


def _unsound_database() -> Iterator[str]:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for check in ("PRAGMA integrity_check", "PRAGMA foreign_key_check"):
                for row in cursor.execute(check).fetchall():
                    if row != ("ok",):
                        yield f"database: {row}"


def _unfinished() -> Iterator[str]:
    for name in outbox.consumers():
        if count := outbox.waiting(name):
            yield f"{count} keys wait for {name}"


def _torn_originals() -> Iterator[str]:
    for kept in [*Picture.objects.all(), *Attachment.objects.all()]:
        path = Path(kept.file.path)
        if not path.exists() or (kept.file_size and path.stat().st_size != kept.file_size):
            yield f"original missing or torn: {kept.file.name}"


def _broken_trail() -> Iterator[str]:
    walk = verified()
    if walk.fault:
        yield f"trail: {walk.fault} at {walk.wrong_seq} {walk.detail}"


def _broken_backups() -> Iterator[str]:
    for path in snapshots(settings.BACKUP_TO):
        try:
            backup = check_every_byte(path, secret=secret())
        except (Damaged, Refused) as error:
            yield f"backup {path.name}: {error}"
            continue
        unpacked = settings.HOME / UNPACKED
        if (unpacked / SQLITE_FILE).exists():
            whole = all((unpacked / file.path).stat().st_size == file.size for file in backup.files)
            if not whole:
                yield f"half of {path.name} unpacked"


@cache
def _sum(body: bytes) -> str:
    return hashlib.blake2b(body, digest_size=8).hexdigest()
