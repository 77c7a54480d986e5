from typing import Any

from django.templatetags.static import static
from django.urls import URLPattern, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.search import SearchArea

from jiyue.accounts.permissions import can_anywhere
from jiyue.accounts.requests import OfficeRequest
from jiyue.accounts.roles import Verb
from jiyue.accounts.screens import VerbMenuItem, screen
from jiyue.content import editor
from jiyue.content.listing import SEES
from jiyue.content.panels import WorkPanel, works_on_content
from jiyue.content.views import calls, columns, items, review, standing, submissions


hooks.register("construct_page_action_menu", editor.construct_action_menu)
hooks.register("before_create_page", editor.before_create)
hooks.register("before_edit_page", editor.before_edit)
hooks.register("after_create_page", editor.after_create)
hooks.register("after_edit_page", editor.after_edit)


@hooks.register("insert_global_admin_css", order=1001)
def our_styles() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("content/office.css"))


@hooks.register("register_admin_urls")
def register_urls() -> list[URLPattern]:
    return [
        screen("items/", items.ItemList, "content_items", *SEES),
        screen("items/write/", columns.Write, "content_write", Verb.WRITE),
        screen("items/bin/", items.Bin, "content_bin", Verb.WRITE, Verb.ARRANGE),
        screen("items/<int:pk>/", items.ItemScreen, "content_item", *SEES),
        screen("items/<int:pk>/withdraw/", items.Withdraw, "content_withdraw", Verb.WITHDRAW),
        screen("items/<int:pk>/restore/", items.Restore, "content_restore", Verb.WITHDRAW),
        screen("items/<int:pk>/emergency/", items.Emergency, "content_emergency", Verb.EMERGENCY),
        screen("items/<int:pk>/recall/", items.Recall, "content_recall", Verb.WRITE, Verb.ARRANGE),
        screen("items/<int:pk>/discard/", items.Discard, "content_discard", Verb.WRITE, Verb.ARRANGE),
        screen("items/<int:pk>/undelete/", items.Undelete, "content_undelete", Verb.WRITE, Verb.ARRANGE),
        screen("submissions/", submissions.SubmissionList, "content_submissions", *SEES),
        screen("submissions/<int:pk>/", review.ReviewScreen, "content_review", *SEES),
        screen("submissions/<int:pk>/page/", review.SubmissionPreview, "content_preview", *SEES),
        screen("assets/<str:name>", columns.Asset, "content_asset", *SEES),
        screen(
            "columns/freshness/", columns.FreshnessScreen, "content_freshness", Verb.WRITE, Verb.ARRANGE, Verb.SUPERVISE
        ),
        screen("calls/", calls.CallList, "content_calls", *SEES),
        screen("calls/search/", calls.CallSearch, "content_call_search", Verb.CALL),
        screen("calls/new/<int:pk>/", calls.Call, "content_call", Verb.CALL),
        screen("calls/standing/", standing.StandingList, "content_standing", Verb.ARRANGE),
        screen("calls/standing/search/", standing.ColumnSearch, "content_standing_search", Verb.ARRANGE),
        screen("calls/standing/new/<int:pk>/", standing.CallAlways, "content_standing_new", Verb.ARRANGE),
        screen("calls/standing/<int:pk>/end/", standing.EndStanding, "content_standing_end", Verb.ARRANGE),
        screen("calls/<int:pk>/approve/", calls.ApproveCall, "content_call_approve", Verb.REVIEW),
        screen("calls/<int:pk>/end/", calls.EndCall, "content_call_end", Verb.CALL),
    ]


@hooks.register("construct_homepage_panels")
def home(request: OfficeRequest, panels: list[Any]) -> None:
    if works_on_content(request.user):
        panels.append(WorkPanel())


class ItemSearch(SearchArea):
    def is_shown(self, request: OfficeRequest) -> bool:
        return can_anywhere(request.user, *SEES)


@hooks.register("register_admin_search_area")
def items_search() -> SearchArea:
    return ItemSearch(_("信息"), reverse("content_items"), name="items", icon_name="doc-full", order=1)


@hooks.register("construct_main_menu")
def tree_for_arrangers(request: OfficeRequest, items: list[MenuItem]) -> None:
    """Items have a list of their own; the tree is for whoever arranges columns or watches over them."""
    if not can_anywhere(request.user, Verb.ARRANGE, Verb.SUPERVISE):
        items[:] = [item for item in items if item.name != "explorer"]


@hooks.register("register_admin_menu_item")
def items_menu() -> MenuItem:
    return VerbMenuItem(_("信息"), "content_items", "doc-full", 90, *SEES)


@hooks.register("register_admin_menu_item")
def submissions_menu() -> MenuItem:
    return VerbMenuItem(_("送审记录"), "content_submissions", "clipboard-list", 110, *SEES)


@hooks.register("register_admin_menu_item")
def calls_menu() -> MenuItem:
    return VerbMenuItem(_("共享调用"), "content_calls", "link", 120, *SEES)


@hooks.register("register_admin_menu_item")
def freshness_menu() -> MenuItem:
    return VerbMenuItem(_("栏目更新"), "content_freshness", "time", 130, Verb.WRITE, Verb.ARRANGE, Verb.SUPERVISE)


@hooks.register("register_admin_menu_item")
def bin_menu() -> MenuItem:
    return VerbMenuItem(_("回收站"), "content_bin", "bin", 140, Verb.WRITE, Verb.ARRANGE)
