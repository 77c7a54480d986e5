"""What changed, written in the transaction that changed it, and read later by those who derive something from it.

A key names a thing public pages depend on (``item:99``, ``column:12``, ``frame:3`` ...). Each consumer has rows of its
own, deleted once handled, so that no cursor can step over a transaction that committed late. Handling a key twice
does no harm.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import transaction

from jiyue.common.models import DirtyKey


Handle = Callable[[list[str], datetime], None]

_consumers: dict[str, Handle] = {}
_let_go: dict[str, Callable[[], object]] = {}


def register_consumer(name: str, handle: Handle, *, let_go: Callable[[], object] | None = None) -> None:
    """Called from ``AppConfig.ready()`` of an app that derives files or an index from stored data. ``let_go`` makes way
    for another process that drains from now on."""
    _consumers[name] = handle
    if let_go is not None:
        _let_go[name] = let_go


def consumers() -> tuple[str, ...]:
    return tuple(_consumers)


def let_go(name: str) -> None:
    if name in _let_go:
        _let_go[name]()


def touch(keys: Iterable[str], *, at: datetime) -> None:
    """Marks keys as changed. Must run inside the transaction of the change itself."""
    unique = dict.fromkeys(keys)
    DirtyKey.objects.bulk_create([DirtyKey(consumer=name, key=key, at=at) for name in _consumers for key in unique])


def waiting(name: str) -> int:
    return DirtyKey.objects.filter(consumer=name).count()


def drain(name: str, *, at: datetime, limit: int = 1000) -> int:
    """Hands the oldest keys to one consumer and forgets them; answers how many rows there were."""
    rows = list(DirtyKey.objects.filter(consumer=name).order_by("pk").values_list("pk", "key")[:limit])
    if rows:
        _consumers[name](list(dict.fromkeys(key for _, key in rows)), at)
        with transaction.atomic():
            DirtyKey.objects.filter(pk__in=[pk for pk, _ in rows]).delete()
    return len(rows)
