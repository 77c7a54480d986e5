"""One publisher at a time for each website: a rebuild that rendered before an approval must not write after it.

The lock is the operating system's: it ends with its holder, however that dies."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings


@contextmanager
def website_lock(website: int) -> Iterator[None]:
    path = settings.HOME / "locks" / f"website-{website}"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)  # a forked child may still hold the descriptor
