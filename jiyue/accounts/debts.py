"""What a person who leaves still owes: work that waits for them alone. Apps above us say what of theirs counts."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from jiyue.accounts.models import User


@dataclass(frozen=True, slots=True)
class Debt:
    kind: str
    name: str
    unit: str


_sources: list[Callable[[User], Iterable[Debt]]] = []


def register_debts(source: Callable[[User], Iterable[Debt]]) -> None:
    """Called from ``AppConfig.ready()``."""
    _sources.append(source)


def debts_of(user: User) -> list[Debt]:
    return [debt for source in _sources for debt in source(user)]
