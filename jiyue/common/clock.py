"""The only place that looks at the clock; everything else is given ``at=``."""

from datetime import datetime

from django.utils import timezone


def now() -> datetime:
    return timezone.now()
