"""Reading the audit trail: which events there are, what their codes mean, and the trail of one object."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet

from jiyue.accounts.models import AuditEntry


@dataclass(frozen=True)
class Event:
    """``requires``: the data without which an entry of this kind says nothing."""

    label: Any
    requires: tuple[str, ...] = ()


_events: dict[str, Event] = {}


def name_actions(events: Mapping[str, Any]) -> None:
    """Declares the codes an app passes to ``record``: label or ``Event``. Called from its ``events.py``, which is
    imported at start wherever the app runs, commands and workers included."""
    _events.update({code: event if isinstance(event, Event) else Event(event) for code, event in events.items()})


def events() -> dict[str, Event]:
    return dict(sorted(_events.items()))


def check_event(action: str, data: Mapping[str, Any]) -> None:
    """An entry nobody declared, or without what it must say, is a bug: ``LookupError``, ``ValueError``."""
    if action not in _events:
        raise LookupError(f"{action} is declared in no events.py (accounts.trail.name_actions)")
    missing = [name for name in _events[action].requires if data.get(name) in (None, "")]
    if missing:
        raise ValueError(f"{action} lacks {', '.join(missing)}")


def action_names() -> dict[str, Any]:
    return {code: event.label for code, event in _events.items()}


def name_of(action: str) -> str:
    return str(_events[action].label) if action in _events else action


def trail_of(key: Any, *models: type[Model]) -> QuerySet[AuditEntry]:
    """What happened to one object, the newest first. ``models``: every class under which it may have been recorded."""
    types = [model._meta.label_lower for model in models]
    return AuditEntry.objects.filter(target_id=str(key), target_type__in=types).select_related("user")
