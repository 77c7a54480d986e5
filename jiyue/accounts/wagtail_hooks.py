from typing import Any

from django.templatetags.static import static
from django.urls import URLPattern
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from jiyue.accounts import mine, people, trail_views, units, views
from jiyue.accounts.panels import AccountsPanel, NothingPanel, TrailPanel
from jiyue.accounts.permissions import can_anywhere
from jiyue.accounts.requests import OfficeRequest
from jiyue.accounts.roles import Verb
from jiyue.accounts.screens import VerbMenuItem, screen


STOCK_MENU = {"reports", "settings", "help", "snippets"}  # Wagtail's: nothing in them is ours or open


@hooks.register("insert_global_admin_css", order=1001)
def our_styles() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("accounts/screens.css"))


@hooks.register("register_admin_urls")
def register_urls() -> list[URLPattern]:
    return [
        screen("people/", views.PeopleList, "accounts_people", Verb.GRANT),
        screen("people/new/", views.Enrol, "accounts_enrol", Verb.GRANT),
        screen("people/<int:pk>/", views.Person, "accounts_person", Verb.GRANT),
        screen("people/<int:pk>/suspend/", views.Suspend, "accounts_suspend", Verb.GRANT),
        screen("people/<int:pk>/reinstate/", views.Reinstate, "accounts_reinstate", Verb.GRANT),
        screen("people/<int:pk>/link/", views.IssueLink, "accounts_link", Verb.GRANT),
        screen("memberships/<int:pk>/revoke/", views.Revoke, "accounts_revoke", Verb.GRANT),
        screen("units/", units.UnitList, "accounts_units", Verb.GRANT),
        screen("units/new/", units.Establish, "accounts_unit_new", Verb.GRANT),
        screen("units/<int:pk>/", units.Rename, "accounts_unit", Verb.GRANT),
        screen("trail/", trail_views.Trail, "accounts_trail", Verb.AUDIT),
        screen("trail/<int:pk>/", trail_views.Entry, "accounts_entry", Verb.AUDIT),
        screen("trail/soundness/", trail_views.Soundness, "accounts_soundness", Verb.AUDIT),
        screen("trail/soundness/verify/", trail_views.Verify, "accounts_verify", Verb.AUDIT),
        screen("trail/<str:month>/", trail_views.Certificate, "accounts_certificate", Verb.AUDIT),
        screen("trail/<str:month>/file/", trail_views.CertificateFile, "accounts_certificate_file", Verb.AUDIT),
        screen("roles/", views.Matrix, "accounts_roles"),
        screen("people/<int:pk>/move/", people.Move, "accounts_move", Verb.GRANT),
        screen("people/<int:pk>/leave/", people.Leave, "accounts_leave", Verb.GRANT),
        screen("people/<int:pk>/factors/", people.ResetFactors, "accounts_reset_factors", Verb.GRANT),
        screen("people/<int:pk>/unlock/", people.Unlock, "accounts_unlock", Verb.GRANT),
        screen("people/<int:pk>/sessions/", people.EndSessions, "accounts_end_sessions", Verb.GRANT),
        screen("report/", people.Report, "accounts_report", Verb.GRANT, Verb.AUDIT),
        screen("report/review/", people.Review, "accounts_review", Verb.GRANT, Verb.AUDIT),
        screen("account/preferences/", mine.Preferences, "accounts_preferences"),
        screen("account/password/", mine.OwnPassword, "accounts_password"),
        screen("account/factors/new/", mine.AddFactor, "accounts_add_factor"),
        screen("account/factors/<int:pk>/remove/", mine.RemoveFactor, "accounts_remove_factor"),
        screen("account/codes/", mine.RenewCodes, "accounts_codes"),
        screen("account/sessions/", mine.EndOthers, "accounts_end_others"),
        screen("account/confirm/", mine.Confirm, "accounts_confirm"),
    ]


@hooks.register("construct_homepage_panels", order=-1000)
def no_stock_panels(request: OfficeRequest, panels: list[Any]) -> None:
    panels.clear()


@hooks.register("construct_homepage_summary_items", order=1000)
def no_stock_summary(request: OfficeRequest, items: list[Any]) -> None:
    items.clear()


@hooks.register("construct_homepage_panels")
def home(request: OfficeRequest, panels: list[Any]) -> None:
    if can_anywhere(request.user, Verb.GRANT):
        panels.append(AccountsPanel())
    if can_anywhere(request.user, Verb.AUDIT):
        panels.append(TrailPanel())


@hooks.register("construct_homepage_panels", order=1000)
def never_empty(request: OfficeRequest, panels: list[Any]) -> None:
    if not panels:
        panels.append(NothingPanel())


@hooks.register("construct_main_menu")
def no_stock_menu(request: OfficeRequest, items: list[MenuItem]) -> None:
    items[:] = [item for item in items if item.name not in STOCK_MENU]


@hooks.register("register_admin_menu_item")
def units_menu() -> MenuItem:
    return VerbMenuItem(_("单位"), "accounts_units", "folder-open-inverse", 290, Verb.GRANT)


@hooks.register("register_admin_menu_item")
def people_menu() -> MenuItem:
    return VerbMenuItem(_("用户与授权"), "accounts_people", "group", 300, Verb.GRANT)


@hooks.register("register_admin_menu_item")
def report_menu() -> MenuItem:
    return VerbMenuItem(_("任职清单"), "accounts_report", "list-ul", 305, Verb.GRANT, Verb.AUDIT)


@hooks.register("register_admin_menu_item")
def trail_menu() -> MenuItem:
    return VerbMenuItem(_("审计记录"), "accounts_trail", "history", 310, Verb.AUDIT)


@hooks.register("register_admin_menu_item")
def roles_menu() -> MenuItem:
    return VerbMenuItem(_("角色权限表"), "accounts_roles", "lock", 900, *Verb)
