"""Items as lists of the back office show them: one state each, found by website, column, kind and words."""

from __future__ import annotations

from typing import Any

import django_filters
from django.contrib.contenttypes.models import ContentType
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, TextChoices
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet

from jiyue.accounts.models import User
from jiyue.accounts.permissions import units_where
from jiyue.accounts.requests import OfficeRequest
from jiyue.accounts.roles import Verb
from jiyue.content.models import ITEM_MODELS, ColumnPage, Submission
from jiyue.library.models import BasePage
from jiyue.websites.models import Website


SEES = (Verb.READ, Verb.WRITE, Verb.ARRANGE, Verb.SUPERVISE)  # who may open the file of an item


class ItemState(TextChoices):
    DRAFT = "draft", _("草稿")
    REVIEW = "review", _("待内容审核")
    SECRECY = "secrecy", _("待保密审查")
    SIGNATURE = "signature", _("待签发")
    SCHEDULED = "scheduled", _("待定时发布")
    RETURNED = "returned", _("已退回")
    ONLINE = "online", _("已发布")
    CHANGED = "changed", _("已发布，有修改")
    WITHDRAWN = "withdrawn", _("已撤下")
    DISCARDED = "discarded", _("回收站")


TONES: dict[str, str] = {
    ItemState.DRAFT: "mute", ItemState.RETURNED: "bad", ItemState.ONLINE: "ok", ItemState.CHANGED: "warn",
    ItemState.WITHDRAWN: "bad", ItemState.DISCARDED: "mute",
}  # fmt: skip
IN_CHAIN = (ItemState.REVIEW, ItemState.SECRECY, ItemState.SIGNATURE, ItemState.SCHEDULED)


def items_of(user: User) -> QuerySet[BasePage]:
    """The items the person may see, with what their state is made of."""
    return with_state(BasePage.objects.filter(content_type__in=_item_types(), unit__in=units_where(user, *SEES)))


def with_state(pages: QuerySet[BasePage]) -> QuerySet[BasePage]:
    own = Submission.objects.filter(page=OuterRef("pk"))
    last = own.order_by("-pk").values("state")[:1]
    return pages.annotate(
        open_state=Subquery(own.filter(state__in=Submission.OPEN).values("state")[:1]),
        last_state=Subquery(last),
        released=F("release__pk"),
        withdrawn=F("release__withdrawn_at"),
    )


def state_of(page: Any) -> ItemState:
    """The one state of a page from ``with_state``."""
    if page.discarded_at:
        return ItemState.DISCARDED
    if page.open_state:
        return ItemState(page.open_state)
    if page.last_state == Submission.State.RETURNED:
        return ItemState.RETURNED
    if page.released is None:
        return ItemState.DRAFT
    if page.withdrawn:
        return ItemState.WITHDRAWN
    return ItemState.CHANGED if page.has_unpublished_changes else ItemState.ONLINE


def tone_of(state: str) -> str:
    return TONES.get(state, "info")


_RETURNED = Q(open_state=None, last_state=Submission.State.RETURNED)
_QUIET = Q(open_state=None) & (Q(last_state=None) | ~Q(last_state=Submission.State.RETURNED))
_STATES: dict[str, Q] = {
    ItemState.RETURNED: _RETURNED,
    ItemState.DRAFT: _QUIET & Q(released=None),
    ItemState.WITHDRAWN: _QUIET & Q(withdrawn__isnull=False),
    ItemState.CHANGED: _QUIET & Q(released__isnull=False, withdrawn=None, has_unpublished_changes=True),
    ItemState.ONLINE: _QUIET & Q(released__isnull=False, withdrawn=None, has_unpublished_changes=False),
}


def websites_for(request: OfficeRequest | None) -> QuerySet[Website]:
    units = units_where(request.user, *SEES) if request else []
    return Website.objects.filter(unit__in=units)


def columns_for(request: OfficeRequest | None) -> QuerySet[ColumnPage]:
    """The columns of the website the list is narrowed to; of the only website for whoever has one."""
    websites = websites_for(request)
    chosen = request.GET.get("website", "") if request else ""
    if chosen.isdigit():
        websites = websites.filter(pk=chosen)
    elif websites.count() != 1:
        return ColumnPage.objects.none()
    return ColumnPage.objects.filter(website__in=websites).order_by("path")


class ItemFilters(WagtailFilterSet):
    website = django_filters.ModelChoiceFilter(label=_("网站"), queryset=websites_for)
    state = django_filters.ChoiceFilter(
        label=_("状态"),
        choices=[choice for choice in ItemState.choices if choice[0] != ItemState.DISCARDED],
        method="in_state",
    )
    kind = django_filters.ChoiceFilter(
        label=_("类型"),
        choices=[(model._meta.model_name, model._meta.verbose_name) for model in ITEM_MODELS],
        method="of_kind",
    )
    column = django_filters.ModelChoiceFilter(label=_("栏目"), queryset=columns_for, method="in_column")

    class Meta:
        model = BasePage
        fields: list[str] = []

    def in_state(self, queryset: QuerySet[BasePage], name: str, value: str) -> QuerySet[BasePage]:
        return queryset.filter(open_state=value) if value in IN_CHAIN else queryset.filter(_STATES[value])

    def of_kind(self, queryset: QuerySet[BasePage], name: str, value: str) -> QuerySet[BasePage]:
        return queryset.filter(content_type__model=value)

    def in_column(self, queryset: QuerySet[BasePage], name: str, value: ColumnPage) -> QuerySet[BasePage]:
        return queryset.filter(path__startswith=value.path)


def _item_types() -> list[ContentType]:
    return list(ContentType.objects.get_for_models(*ITEM_MODELS).values())
