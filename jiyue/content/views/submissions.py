"""送审记录: every submission of the person's websites, whoever holds it."""

from __future__ import annotations

from typing import Any

import django_filters
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn

from jiyue.accounts.permissions import units_where
from jiyue.accounts.screens import ListScreen
from jiyue.content.listing import SEES, websites_for
from jiyue.content.models import Submission
from jiyue.content.steps import TONES


class SubmissionFilters(WagtailFilterSet):
    website = django_filters.ModelChoiceFilter(label=_("网站"), field_name="page__website", queryset=websites_for)
    state = django_filters.ChoiceFilter(label=_("状态"), choices=Submission.State.choices)
    emergency = django_filters.BooleanFilter(label=_("紧急发布"))

    class Meta:
        model = Submission
        fields: list[str] = []


class SubmissionState(Column):
    cell_template_name = "content/cells/state.html"

    def get_cell_context_data(self, instance: Submission, parent_context: Any) -> dict[str, Any]:
        context = super().get_cell_context_data(instance, parent_context)
        return {
            **context,
            "text": instance.get_state_display(),
            "tone": TONES[instance.state],
            "flag": instance.emergency,
        }


class SubmissionList(ListScreen):
    page_title = _("送审记录")
    header_icon = "clipboard-list"
    filterset_class = SubmissionFilters
    search_fields = ["title"]
    default_ordering = "-waiting_since"
    verbose_name_plural = _("送审记录")
    empty_title = _("还没有送审")
    columns = [
        TitleColumn(
            "title", label=_("标题"), get_url=lambda submission: reverse("content_review", args=[submission.pk])
        ),
        Column(
            "website", classname="bo-wide", label=_("网站"), accessor=lambda submission: str(submission.page.website)
        ),
        SubmissionState("state", label=_("状态")),
        Column("author", classname="bo-wide", label=_("送审人")),
        Column(
            "reviewer", classname="bo-wide", label=_("审核人"), accessor=lambda submission: submission.reviewer or ""
        ),
        Column(
            "secrecy_reviewer",
            classname="bo-wide",
            label=_("保密审查人"),
            accessor=lambda submission: submission.secrecy_reviewer or "",
        ),
        DateColumn("waiting_since", label=_("最近办理"), sort_key="waiting_since"),
    ]

    def get_base_queryset(self) -> Any:
        mine = Submission.objects.filter(unit__in=units_where(self.request.user, *SEES))
        return mine.select_related("page__website", "author", "reviewer", "secrecy_reviewer")
