"""The trail: ``record`` writes one row in the transaction of the act it describes."""

from datetime import datetime
from typing import Any

from django.db import models, transaction

from jiyue.accounts.models import AuditEntry, User
from jiyue.organisations.models import Unit


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
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("record() belongs into the transaction of the act")
    return AuditEntry.objects.create(
        at=at,
        user=by,
        action=action,
        target_type=target._meta.label_lower,
        target_id=str(target.pk),
        target_name=str(target)[:255],
        unit=unit or getattr(target, "unit", None),
        data=data,
    )
