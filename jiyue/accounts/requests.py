from django.http import HttpRequest

from jiyue.accounts.models import User


class OfficeRequest(HttpRequest):
    """A request behind the gate: somebody is logged in."""

    user: User
