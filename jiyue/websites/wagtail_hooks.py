from typing import Any

from django.urls import URLPattern
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from jiyue.accounts.permissions import can_anywhere
from jiyue.accounts.requests import OfficeRequest
from jiyue.accounts.roles import Verb
from jiyue.accounts.screens import VerbMenuItem, screen
from jiyue.websites import emergency_screens, views
from jiyue.websites.emergency_panel import SuspensionsPanel
from jiyue.websites.emergency_screens import MAY_SUSPEND
from jiyue.websites.panels import PlatformPanel


@hooks.register("register_admin_urls")
def register_urls() -> list[URLPattern]:
    keeping = (Verb.ARRANGE, Verb.SUPERVISE)
    return [
        screen("websites/", views.Register, "websites_register", *views.SEES),
        screen("websites/open/", views.Open, "websites_open", Verb.SUPERVISE),
        screen("websites/<int:pk>/", views.WebsiteScreen, "websites_website", *views.SEES),
        screen("websites/<int:pk>/amend/", views.Amend, "websites_amend", *keeping),
        screen("websites/<int:pk>/hosts/", views.Hosts, "websites_hosts", Verb.SUPERVISE),
        screen("websites/<int:pk>/skin/", views.Skin, "websites_skin", *keeping),
        screen("websites/<int:pk>/online/", views.PutOnline, "websites_put_online", Verb.SUPERVISE),
        screen("emergency/", emergency_screens.Suspensions, "websites_suspensions", *MAY_SUSPEND),
        screen("emergency/suspend/", emergency_screens.Suspend, "websites_suspend", *MAY_SUSPEND),
        screen("emergency/<int:pk>/resume/", emergency_screens.Resume, "websites_resume", *MAY_SUSPEND),
        screen("websites/<int:pk>/offline/", views.TakeOffline, "websites_take_offline", Verb.SUPERVISE),
    ]


@hooks.register("construct_homepage_panels")
def home(request: OfficeRequest, panels: list[Any]) -> None:
    suspended = SuspensionsPanel(request.user)
    if suspended.suspensions:  # an empty panel would pass for something to look at
        panels.append(suspended)
    if can_anywhere(request.user, Verb.RUN):
        panels.append(PlatformPanel())


@hooks.register("register_admin_menu_item")
def register_menu() -> MenuItem:
    return VerbMenuItem(_("网站登记"), "websites_register", "site", 200, *views.SEES)


@hooks.register("register_admin_menu_item")
def emergency_menu() -> MenuItem:
    return VerbMenuItem(_("紧急停用"), "websites_suspensions", "no-view", 270, *MAY_SUSPEND)
