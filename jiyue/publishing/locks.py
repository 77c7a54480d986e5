"""One publisher at a time for each website: a rebuild that rendered before an approval must not write after it."""

from contextlib import AbstractContextManager

from jiyue.common.locks import locked


def website_lock(website: int) -> AbstractContextManager[None]:
    return locked(f"website-{website}")
