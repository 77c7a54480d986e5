from typing import Any

from wagtail import hooks

from jiyue.accounts.permissions import can_anywhere
from jiyue.accounts.requests import OfficeRequest
from jiyue.accounts.roles import Verb
from jiyue.operations.panels import SafetyPanel


@hooks.register("construct_homepage_panels")
def home(request: OfficeRequest, panels: list[Any]) -> None:
    if can_anywhere(request.user, Verb.RUN):
        panels.append(SafetyPanel())
