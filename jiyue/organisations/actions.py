"""Everything that can happen to the tree of units."""

from typing import Any

from django.db import transaction

from jiyue.organisations.models import Unit


@transaction.atomic
def establish(*, name: str, code: str, level: str, kind: str, parent: Unit | None = None, **details: Any) -> Unit:
    """Adds a unit below ``parent`` (or as the root of the tree)."""
    unit = Unit(name=name, code=code, level=level, kind=kind, parent=parent, path=f"new-{code}", **details)
    unit.full_clean(exclude=["path"])
    unit.save()
    unit.path = f"{parent.path if parent else ''}{unit.pk}/"
    unit.save(update_fields=["path"])
    return unit


@transaction.atomic
def rename(unit: Unit, *, name: str, short_name: str) -> Unit:
    """Another name for the same unit; code, place in the tree and everything that belongs to it stay."""
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    unit.name, unit.short_name = name, short_name
    unit.full_clean()
    unit.save(update_fields=["name", "short_name"])
    return unit
