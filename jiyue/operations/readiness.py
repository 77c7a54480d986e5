"""What an operator wants to know beside "it answers": told by ``/-/readyz`` as degraded, never as down. A full disk or an
old backup must not make every load balancer give up all servers at once."""

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.models import Min

from jiyue.accounts.anchors import last_of, own_file
from jiyue.accounts.models import AuditEntry
from jiyue.common.clock import now
from jiyue.common.models import DirtyKey
from jiyue.operations.lateness import lateness


DISK_FREE = 2 * 1024**3
OUTBOX_AGE = timedelta(minutes=2)
ANCHOR_AGE = timedelta(minutes=10)
CLOCK_SKEW = timedelta(seconds=5)


def degraded() -> list[str]:
    """Names of what is not as it should be."""
    at = now()
    return [name for name, is_wrong in SIGNS.items() if is_wrong(at)]


def _cache_is_silent(at: datetime) -> bool:
    try:
        cache.set("readiness", at.isoformat(), 10)
        return bool(cache.get("readiness") is None)
    except (OSError, ConnectionError):
        return True
    except Exception as error:  # a client's own error class, whichever cache is configured
        if type(error).__module__.startswith("redis"):
            return True
        raise


def disk_is_short(at: datetime) -> bool:
    return shutil.disk_usage(settings.HOME).free < DISK_FREE


def _outbox_is_stuck(at: datetime) -> bool:
    oldest = DirtyKey.objects.aggregate(at=Min("at"))["at"]
    return oldest is not None and at - oldest > OUTBOX_AGE


def _anchor_is_old(at: datetime) -> bool:
    """Entries of the trail nobody has anchored for a while."""
    head = AuditEntry.objects.values_list("seq", "at").first()
    anchor = last_of(own_file())
    return head is not None and at - head[1] > ANCHOR_AGE and (anchor is None or anchor.seq < head[0])


def clock_is_off(at: datetime) -> bool:
    """Against the database server's; a file has no clock of its own."""
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (theirs,) = cursor.fetchone()
    return bool(abs(theirs - now()) > CLOCK_SKEW)


SIGNS: dict[str, Callable[[datetime], bool]] = {
    "cache": _cache_is_silent,
    "disk": disk_is_short,
    "outbox": _outbox_is_stuck,
    "audit_anchor": _anchor_is_old,
    "backup": lambda at: any(lateness(at)),
    "clock": clock_is_off,
}
