"""Our review chain in Wagtail's page editor: what can be pressed, and what happens after a save."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.action_menu import ActionMenuItem

from jiyue.accounts.audit import record
from jiyue.accounts.permissions import can
from jiyue.accounts.requests import OfficeRequest
from jiyue.accounts.roles import Verb
from jiyue.accounts.screens import attempt
from jiyue.common.clock import now
from jiyue.content import actions
from jiyue.content.checks import doubts_about
from jiyue.content.forms import SUBMIT
from jiyue.content.permissions import can_withdraw, can_write
from jiyue.library.classification import Kind
from jiyue.library.models import BasePage, Release


STOCK_KEPT = {"action-save-draft", "action-page-locked"}


class SubmitItem(ActionMenuItem):
    """Saves, then sends to the reviewers."""

    name = SUBMIT
    label = gettext_lazy("提交审核")
    icon_name = "check"
    template_name = "content/editor/submit.html"
    order = -10

    def is_shown(self, context: dict[str, Any]) -> bool:
        if context["view"] == "create":
            return True
        return not context["locked_for_user"] and can_write(context["request"].user, context["page"])


class PageLink(ActionMenuItem):
    """A step with a screen of its own."""

    def __init__(self, name: str, label: Any, icon_name: str, order: int) -> None:
        super().__init__(order)
        self.name, self.label, self.icon_name = name, label, icon_name

    def get_url(self, context: dict[str, Any]) -> str:
        return reverse(self.name, args=[context["page"].pk])


def construct_action_menu(menu_items: list[Any], request: OfficeRequest, context: dict[str, Any]) -> None:
    """The first item is the button, the others open above it."""
    kept = [item for item in menu_items if item.name in STOCK_KEPT]
    ours = [SubmitItem()] if SubmitItem().is_shown(context) else []
    page = context.get("page")
    links = list(_links(page, request)) if page and context["view"] == "edit" else []
    menu_items[:] = sorted([*ours, *kept, *links], key=lambda item: item.order)


def _links(page: Any, request: OfficeRequest) -> list[PageLink]:
    released = Release.objects.filter(item=page.pk).values_list("withdrawn_at", flat=True)
    withdrawn = list(released)
    links = []
    if page.submissions.open().exists():
        links.append(PageLink("content_recall", _("撤回送审"), "undo", -20))
    if can_withdraw(request.user, page) and withdrawn == [None] and not page.is_site_root():
        links.append(PageLink("content_withdraw", _("撤下"), "download", 40))
    if can_withdraw(request.user, page) and withdrawn and withdrawn[0]:
        links.append(PageLink("content_restore", _("恢复发布"), "upload", 40))
    if not withdrawn and page.kind not in {Kind.HOME, Kind.COLUMN}:
        links.append(PageLink("content_discard", _("移入回收站"), "bin", 60))
    links.append(PageLink("content_item", _("信息档案"), "history", 80))
    return links


def before_create(request: OfficeRequest, parent_page: Any, page_class: Any) -> None:
    """Columns are the site manager's, items the editors'."""
    structural = page_class.kind in {Kind.HOME, Kind.COLUMN}
    if not can(request.user, Verb.ARRANGE if structural else Verb.WRITE, parent_page.unit):
        raise Http404


def before_edit(request: OfficeRequest, page: Any) -> HttpResponse | None:
    if BasePage.objects.filter(pk=page.pk, discarded_at__isnull=False).exists():  # the revision does not know
        messages.warning(request, _("该草稿在回收站中，恢复后才能修改。"))
        return redirect("content_item", page.pk)
    return None


def after_create(request: OfficeRequest, page: Any) -> HttpResponse | None:
    with transaction.atomic():
        record(page, "content.draft", by=request.user, at=now())
    return _after_save(request, page)


def after_edit(request: OfficeRequest, page: Any) -> HttpResponse | None:
    if not request.accepts("text/html"):
        return None  # one of many automatic saves; its revision is trace enough
    with transaction.atomic():
        record(page, "content.revise", by=request.user, at=now())
    return _after_save(request, page)


def _after_save(request: OfficeRequest, page: Any) -> HttpResponse | None:
    if SUBMIT not in request.POST:
        return None
    sent = attempt(request, lambda: actions.submit(page, by=request.user, at=now()), _("已提交审核。"))
    if not sent:
        return redirect("wagtailadmin_pages:edit", page.pk)
    for doubt in doubts_about(page.get_latest_revision_as_object()):
        messages.warning(request, doubt.text)
    return redirect("content_item", page.pk)
