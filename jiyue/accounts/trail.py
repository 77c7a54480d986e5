"""Reading the audit trail: what the codes of actions mean, and the trail of one object."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Model, QuerySet

from jiyue.accounts.models import AuditEntry


_names: dict[str, Any] = {}


def name_actions(names: Mapping[str, Any]) -> None:
    """Gives the codes an app passes to ``record`` their words. Called when the app's back office is set up."""
    _names.update(names)


def action_names() -> dict[str, Any]:
    return dict(_names)


def name_of(action: str) -> str:
    return str(_names.get(action, action))


def trail_of(key: Any, *models: type[Model]) -> QuerySet[AuditEntry]:
    """What happened to one object, the newest first. ``models``: every class under which it may have been recorded."""
    types = [model._meta.label_lower for model in models]
    return AuditEntry.objects.filter(target_id=str(key), target_type__in=types).select_related("user")
