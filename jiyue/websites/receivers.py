"""What the register does when something below it happens."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from jiyue.accounts.signals import unit_renamed
from jiyue.common.outbox import touch
from jiyue.organisations.models import Unit


@receiver(unit_renamed)
def show_new_name(sender: type[Unit], unit: Unit, at: datetime, **kwargs: Any) -> None:
    """Every page says in its foot and its machine-readable part who runs the website."""
    touch([f"frame:{pk}" for pk in unit.websites.values_list("pk", flat=True)], at=at)
