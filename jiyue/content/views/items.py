"""Lists of items, the file of one item, and what its keepers can do with it."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django import forms
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.widgets import HeaderButton

from jiyue.accounts.permissions import can_anywhere
from jiyue.accounts.roles import Verb
from jiyue.accounts.screens import Act, ActionScreen, ListScreen, Screen, get_visible_or_404
from jiyue.accounts.trail import name_of, trail_of
from jiyue.common.clock import now
from jiyue.content import actions
from jiyue.content.decisions import ReasonForm
from jiyue.content.inbox import column_titles, parent_path
from jiyue.content.listing import SEES, ItemFilters, ItemState, items_of, state_of, tone_of, with_state
from jiyue.content.permissions import can_publish_in_emergency, can_withdraw, can_write
from jiyue.content.steps import PEOPLE, steps_of
from jiyue.library.models import BasePage, Release


TRAIL_SHOWN = 30


class StateColumn(Column):
    cell_template_name = "content/cells/state.html"

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> dict[str, Any]:
        state = state_of(instance)
        return {**super().get_cell_context_data(instance, parent_context), "text": state.label, "tone": tone_of(state)}


def item_url(page: BasePage) -> str:
    return reverse("content_item", args=[page.pk])


class ItemList(ListScreen):
    page_title = _("信息列表")
    header_icon = "doc-full"
    filterset_class: type[ItemFilters] | None = ItemFilters
    search_fields = ["draft_title"]
    default_ordering = "-latest_revision_created_at"
    verbose_name_plural = _("信息")
    empty_hint = _("点上方“写稿”，选一个栏目，写下第一条信息。")

    @property
    def header_buttons(self) -> list[HeaderButton]:
        if not can_anywhere(self.request.user, Verb.WRITE):
            return []
        return [
            HeaderButton(label=_("写稿"), url=reverse("content_write"), icon_name="plus", attrs={"class": "button"})
        ]

    def get_base_queryset(self) -> Any:
        items = items_of(self.request.user).filter(discarded_at=None)
        return items.select_related("website", "owner", "content_type")

    @cached_property
    def columns(self) -> list[Column]:
        return [
            TitleColumn("draft_title", label=_("标题"), get_url=item_url),
            Column(
                "kind",
                classname="bo-wide",
                label=_("类型"),
                accessor=lambda page: page.specific_class._meta.verbose_name,
            ),
            Column("website", classname="bo-wide", label=_("网站"), accessor=lambda page: str(page.website)),
            Column(
                "column",
                classname="bo-wide",
                label=_("栏目"),
                accessor=lambda page: self.titles.get(parent_path(page.path), ""),
            ),
            StateColumn("state", label=_("状态")),
            Column("owner", classname="bo-wide", label=_("采编"), accessor=lambda page: str(page.owner or "")),
            DateColumn("latest_revision_created_at", label=_("修改时间"), sort_key="latest_revision_created_at"),
        ]

    def paginate_queryset(self, queryset: Any, page_size: int) -> Any:
        """Finds the keys of the page first: states are worked out for its rows, not for all the cluster's."""
        paginator, page, keys, more = super().paginate_queryset(queryset.values_list("pk", flat=True), page_size)
        rows = self.get_base_queryset().in_bulk(list(keys))
        page.object_list = [rows[key] for key in keys]
        return paginator, page, page.object_list, more

    def get_table(self, object_list: Any) -> Any:
        self.titles = column_titles(page.path for page in object_list)
        return super().get_table(object_list)


class Bin(ItemList):
    page_title = _("回收站")
    header_icon = "bin"
    filterset_class = None
    header_buttons: list[HeaderButton] = []
    empty_title = _("回收站是空的")
    empty_hint = _("从未发布过的草稿可以移入回收站；已发布过的信息只能撤下。")
    default_ordering = "-discarded_at"

    def get_base_queryset(self) -> Any:
        return (
            items_of(self.request.user)
            .filter(discarded_at__isnull=False)
            .select_related("website", "owner", "content_type")
        )


class PageMixin:
    """A screen about one page; ``verbs`` decide for whom the page exists here, the action what they may do."""

    request: Any
    kwargs: dict[str, Any]

    @cached_property
    def page(self) -> Any:
        pages = with_state(BasePage.objects.filter(depth__gt=1)).select_related("website", "unit", "owner")
        return get_visible_or_404(pages, self.request.user, *SEES, pk=self.kwargs["pk"])


class ItemScreen(PageMixin, Screen):
    template_name = "content/item.html"
    parents = (("content_items", _("信息列表")),)

    def get_page_title(self) -> str:
        return str(self.page.draft_title)

    def get_page_subtitle(self) -> str:
        column = column_titles([self.page.path]).get(parent_path(self.page.path), "")
        kind = self.page.specific_class._meta.verbose_name
        return " · ".join(filter(None, [str(self.page.website), column, str(kind)]))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page, state = self.page, state_of(self.page)
        last = page.submissions.select_related("receipt", *PEOPLE).order_by("-pk").first()
        release = Release.objects.filter(item=page.pk).select_related("receipt__by").first()
        trail = trail_of(page.pk, BasePage, page.specific_class)[:TRAIL_SHOWN]
        return {
            **super().get_context_data(**kwargs),
            "page": page,
            "state": state.label,
            "tone": tone_of(state),
            "last": last,
            "steps": steps_of(last) if last else [],
            "release": release,
            "public_url": page.get_full_url() if release and not release.withdrawn_at else "",
            "placements": release.placements.select_related("column__website", "by").filter(home=False)
            if release
            else [],
            "trail": [(entry, name_of(entry.action)) for entry in trail],
            "may": _may(self.request.user, page, state),
        }


def _may(user: Any, page: BasePage, state: ItemState) -> set[str]:
    """The buttons worth showing. What is shown is a courtesy: the actions ask again."""
    writes = can_write(user, page)
    offered = {
        "edit": page.permissions_for_user(user).can_edit() and not page.discarded_at and not page.open_state,
        "recall": writes and bool(page.open_state),
        "discard": writes and state in {ItemState.DRAFT, ItemState.RETURNED} and page.released is None,
        "undelete": writes and bool(page.discarded_at),
        "withdraw": can_withdraw(user, page)
        and not page.is_site_root()
        and page.released is not None
        and page.withdrawn is None,
        "restore": can_withdraw(user, page) and page.withdrawn is not None,
        "emergency": can_publish_in_emergency(user, page) and not page.discarded_at and page.has_unpublished_changes,
        "call": can_anywhere(user, Verb.CALL) and page.released is not None and page.withdrawn is None,
    }
    return {name for name, shown in offered.items() if shown}


class PageAction(PageMixin, ActionScreen):
    form_class: type[forms.Form] = forms.Form
    parents = (("content_items", _("信息列表")),)

    def get_page_subtitle(self) -> str:
        return str(self.page.draft_title)

    def get_back_url(self) -> str:
        return item_url(self.page)


class ReasonedPageAction(PageAction):
    """``verb`` is the action with a reason; ``label`` and ``help_text`` say what the reason is for."""

    form_class = ReasonForm
    label: Any = _("原因")
    help_text: Any = ""

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "label": self.label, "help_text": self.help_text}


class Withdraw(ReasonedPageAction):
    page_title = _("撤下")
    button = _("撤下")
    tone = "no"
    done = _("已撤下，所有调用它的栏目同时不再显示。")
    label = _("撤下原因")
    help_text = _("会显示在原网址上，公众可以看到。")
    explanation = _("撤下后原网址答复“已撤下”和原因，网址不会再用于别的内容。")

    def act(self, form: Any) -> None:
        actions.withdraw(self.page, reason=form.cleaned_data["reason"], by=self.request.user, at=now())


class Emergency(ReasonedPageAction):
    page_title = _("紧急发布")
    button = _("立即发布")
    tone = "no"
    done = _("已紧急发布，请督促事后审核。")
    label = _("紧急发布理由")
    explanation = _("不经审核和保密审查立即发布，责任由您承担；系统会单独标记，并要求另一人事后审核。")

    def act(self, form: Any) -> None:
        actions.publish_in_emergency(self.page, reason=form.cleaned_data["reason"], by=self.request.user, at=now())


class Restore(PageAction):
    page_title = _("恢复")
    button = _("恢复发布")
    done = _("已恢复发布，内容、网址和首次发布时间不变。")
    explanation = _("按撤下前的内容原样恢复，不需要重新审核。")

    def act(self, form: Any) -> None:
        actions.restore(self.page, by=self.request.user, at=now())


class Discard(PageAction):
    page_title = _("移入回收站")
    button = _("移入回收站")
    tone = "no"
    done = _("已移入回收站，可以随时恢复。")

    def act(self, form: Any) -> None:
        actions.discard(self.page, by=self.request.user, at=now())


class Recall(PageAction):
    page_title = _("撤回送审")
    button = _("撤回")
    done = _("已撤回，可以继续修改。")
    explanation = _("撤回后解除锁定；修改完需要重新提交，从头审核。")

    def act(self, form: Any) -> None:
        submission = self.page.submissions.order_by("-pk").first()
        if submission is None:
            raise Http404
        actions.recall(submission, by=self.request.user, at=now())


class Undelete(PageMixin, Act):
    done = _("已恢复为草稿。")

    def act(self) -> None:
        actions.undelete(self.page, by=self.request.user, at=now())

    def get_back_url(self) -> str:
        return item_url(self.page)
