from typing import Any

from django.dispatch import receiver

from jiyue.publishing.suspensions import write_suspensions
from jiyue.websites.models import Suspension
from jiyue.websites.signals import suspensions_changed


@receiver(suspensions_changed)
def show_notices(sender: type[Suspension], **kwargs: Any) -> None:
    write_suspensions()
