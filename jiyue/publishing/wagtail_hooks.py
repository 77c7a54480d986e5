from django.urls import URLPattern
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from jiyue.accounts.roles import Verb
from jiyue.accounts.screens import VerbMenuItem, screen
from jiyue.publishing import that_day, views


@hooks.register("register_admin_urls")
def register_urls() -> list[URLPattern]:
    return [
        screen("tampering/", views.Tamperings, "publishing_tamperings", *views.SEES),
        screen("tampering/<int:pk>/", views.TamperingScreen, "publishing_tampering", *views.SEES),
        screen("tampering/<int:pk>/evidence/", views.Evidence, "publishing_evidence", *views.SEES),
        screen("that-day/", that_day.ThatDay, "publishing_that_day", Verb.READ),
        screen("that-day/page/", that_day.ThatDayPage, "publishing_that_day_page", Verb.READ),
        screen("that-day/proof/", that_day.ThatDayProof, "publishing_that_day_proof", Verb.READ),
    ]


@hooks.register("register_admin_menu_item")
def tampering_menu() -> MenuItem:
    return VerbMenuItem(_("篡改记录"), "publishing_tamperings", "crosshairs", 285, *views.SEES)


@hooks.register("register_admin_menu_item")
def that_day_menu() -> MenuItem:
    return VerbMenuItem(_("那天的网页"), "publishing_that_day", "history", 240, Verb.READ)
