from typing import Any

from django.urls import URLPattern
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from jiyue.accounts.permissions import can_anywhere
from jiyue.accounts.requests import OfficeRequest
from jiyue.accounts.roles import Verb
from jiyue.accounts.screens import VerbMenuItem, screen
from jiyue.notices import views
from jiyue.notices.panels import AlarmsPanel
from jiyue.notices.permissions import SEES_ALARMS


@hooks.register("register_admin_urls")
def register_urls() -> list[URLPattern]:
    return [
        screen("alarms/", views.Alarms, "notices_alarms", *SEES_ALARMS),
        screen("alarms/<int:pk>/acknowledge/", views.Acknowledge, "notices_acknowledge", Verb.RUN),
    ]


@hooks.register("construct_homepage_panels")
def home(request: OfficeRequest, panels: list[Any]) -> None:
    if can_anywhere(request.user, *SEES_ALARMS):
        panels.append(AlarmsPanel())


@hooks.register("register_admin_menu_item")
def alarms_menu() -> MenuItem:
    return VerbMenuItem(_("告警"), "notices_alarms", "warning", 280, *SEES_ALARMS)
