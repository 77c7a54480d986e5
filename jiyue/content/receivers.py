"""What content does when something below it happens."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from jiyue.accounts.models import User
from jiyue.content.builder import lay_out
from jiyue.websites.models import Website
from jiyue.websites.signals import website_registered


@receiver(website_registered)
def build_from_blueprint(sender: type[Website], website: Website, by: User | None, at: datetime, **kwargs: Any) -> None:
    lay_out(website, by=by, at=at)
