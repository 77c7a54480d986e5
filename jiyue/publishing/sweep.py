"""Clearing the store of what was never public. What a manifest or the history names stays for ever: a page as it was
on any day must be shown and proven."""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction

from jiyue.accounts.audit import note
from jiyue.publishing import served
from jiyue.publishing.models import Output, OutputHistory
from jiyue.publishing.store import store


SPARED = timedelta(days=1)  # bodies lie in the store before their manifest is written


def sweep_store(*, at: datetime) -> tuple[int, int]:
    """Files and bytes removed."""
    needed = set(served.digests())
    for rows in (Output.objects, OutputHistory.objects):
        needed.update(rows.values_list("digest", flat=True).distinct().iterator())
    files = size = 0
    for path, digest in _bodies():
        status = path.stat()
        if digest not in needed and status.st_mtime < (at - SPARED).timestamp():
            os.unlink(path)
            files, size = files + 1, size + status.st_size
    with transaction.atomic():
        note("publishing.sweep", by=None, at=at, files=files, bytes=size)
    return files, size


def _bodies() -> Iterator[tuple[Path, str]]:
    for path in store().root.glob("*/??/*"):
        if path.is_file() and not path.parts[-3].startswith("."):
            yield path, f"{path.parts[-3]}:{path.parts[-2]}{path.parts[-1]}"
