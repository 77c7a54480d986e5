"""What the codes of alarms mean. Each app names its own in its ``events.py``."""

from collections.abc import Mapping
from typing import Any

from jiyue.accounts.trail_words import name_values


_kinds: dict[str, Any] = {}


def name_alarms(kinds: Mapping[str, Any]) -> None:
    """Declares the codes an app passes to ``raise_alarm``."""
    _kinds.update(kinds)
    name_values("code", kinds)


def kind_of(code: str) -> str:
    return str(_kinds.get(code, code))
