"""The trail: ``record`` writes one row in the transaction of the act it describes.

Every entry is linked to the one before (chain.py). Whoever appends holds a lock until the end of the transaction, so
that no two entries follow the same one: on PostgreSQL an advisory lock, on SQLite the IMMEDIATE transaction itself.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import connection, models, transaction
from django.db.models import F

from jiyue.accounts import anchors
from jiyue.accounts.chain import visible
from jiyue.accounts.models import AuditEntry, User
from jiyue.accounts.models.trail import START, AuditRepeat
from jiyue.accounts.trail import check_event
from jiyue.common.origin import origin
from jiyue.organisations.models import Unit


LOCK = 0x6A697975  # the trail's among PostgreSQL's advisory locks: "jiyu"
REPEAT = timedelta(minutes=1)  # within it the same denial or reading is counted, not written again
SUBJECTS = 20  # of one kind, one person and one minute; whoever tries more is counted under "*"

_HEAD = "SELECT seq, digest FROM accounts_auditentry ORDER BY seq DESC LIMIT 1"


def record(
    target: models.Model,
    action: str,
    *,
    by: User | None,
    at: datetime,
    unit: Unit | None = None,
    **data: Any,
) -> AuditEntry:
    """Writes down that ``by`` (``None``: the clock) did ``action`` to ``target``.

    ``unit`` is whose affair it was; without it the target's own unit, if it has one.
    Raises ``TransactionManagementError`` outside a transaction: an act and its trace are one.
    """
    entry = AuditEntry(
        target_type=target._meta.label_lower,
        target_id=str(target.pk),
        target_name=visible(str(target))[:255],
        unit=unit or getattr(target, "unit", None),
    )
    return _append(entry, action, by=by, at=at, data=data)


def note(
    action: str, *, by: User | None, at: datetime, unit: Unit | None = None, name: str = "", **data: Any
) -> AuditEntry:
    """``record`` for what has no row as target: a login that failed, a backup, an export. ``name`` says what it was."""
    return _append(AuditEntry(target_name=visible(name)[:255], unit=unit), action, by=by, at=at, data=data)


def denied(*, by: User, at: datetime, view: str, path: str = "", reason: str = "") -> None:
    """Writes down that a person tried what they may not: never inside the transaction that was refused."""
    _note_bounded("accounts.denied", view, by=by, at=at, view=view, path=path[:200], reason=reason[:200])


def note_reading(*, by: User, at: datetime, what: str, name: str = "", **data: Any) -> None:
    """Writes down that a person saw personal data. ``what`` names screen or export, ``name`` whose data it was."""
    _note_bounded("accounts.read_personal", f"{what} {name}".strip(), by=by, at=at, name=name, what=what, **data)


def write_repeats(at: datetime) -> int:
    """Writes down how often what was first recorded over a minute ago happened again. Run by the clock."""
    waiting = AuditRepeat.objects.filter(since__lte=at - REPEAT)
    return sum(_write_repeat(repeat.pk, at) for repeat in waiting)


def chain_up(entries: Iterable[AuditEntry]) -> None:
    """Gives entries that are stored in bulk their places, in the transaction in which they are stored."""
    head = _locked_head()
    for entry in entries:
        entry.user_name = _name(entry.user)
        entry.follow(head)
        head = (entry.seq, entry.digest)


def _append(entry: AuditEntry, action: str, *, by: User | None, at: datetime, data: dict[str, Any]) -> AuditEntry:
    check_event(action, data)
    here = origin()
    entry.action, entry.user, entry.user_name, entry.at, entry.data = action, by, _name(by), at, data
    entry.address, entry.request = here.address, here.request
    entry.follow(_locked_head())
    entry.save(force_insert=True)
    if entry.seq % anchors.EVERY == 0:
        transaction.on_commit(partial(anchors.anchor, entry.seq, entry.digest, at), robust=True)
    return entry


def _locked_head() -> tuple[int, str]:
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("record() belongs into the transaction of the act")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # a statement of its own: the next one sees what was committed meanwhile
            cursor.execute(f"SELECT pg_advisory_xact_lock({LOCK})")
        cursor.execute(_HEAD)
        return cursor.fetchone() or START


def _name(user: User | None) -> str:
    return visible(f"{user}（{user.username}）")[:255] if user else ""


@transaction.atomic
def _note_bounded(action: str, subject: str, *, by: User, at: datetime, name: str = "", **data: Any) -> None:
    """The first time at once, further times within a minute as one count."""
    recent = AuditRepeat.objects.filter(user=by, action=action)
    if not recent.filter(subject=subject[:200]).exists() and recent.filter(since__gt=at - REPEAT).count() >= SUBJECTS:
        subject = "*"
    repeat, first = AuditRepeat.objects.get_or_create(
        user=by, action=action, subject=subject[:200], defaults={"since": at}
    )
    if not first and repeat.since > at - REPEAT:
        AuditRepeat.objects.filter(pk=repeat.pk).update(count=F("count") + 1)
        return
    if not first:
        _write_repeat(repeat.pk, at)
        AuditRepeat.objects.create(user=by, action=action, subject=subject[:200], since=at)
    note(action, by=by, at=at, name=name or subject, **data)


@transaction.atomic
def _write_repeat(key: int, at: datetime) -> int:
    repeat = AuditRepeat.objects.select_for_update().filter(pk=key).select_related("user").first()
    if repeat is None:
        return 0
    repeat.delete()
    if not repeat.count:
        return 0
    note(
        "accounts.repeated",
        by=repeat.user,
        at=at,
        name=repeat.subject,
        event=repeat.action,
        count=repeat.count,
        since=repeat.since.isoformat(),
    )
    return 1
