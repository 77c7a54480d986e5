"""篡改记录: what the guard found, what was there instead, and what became of it (system administrator)."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.views.generic import View
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn

from jiyue.accounts.models import User
from jiyue.accounts.permissions import can_anywhere, units_where
from jiyue.accounts.requests import OfficeRequest
from jiyue.accounts.roles import Verb
from jiyue.accounts.screens import ListScreen, Screen
from jiyue.common.difference import fold, mark_text
from jiyue.publishing.evidence import kept_bytes
from jiyue.publishing.models import Tampering
from jiyue.publishing.store import store
from jiyue.websites.models import Website


SEES = (Verb.RUN, Verb.SUPERVISE)
LIST = (("publishing_tamperings", _("篡改记录")),)
COMPARED = 200_000  # characters; what is longer is shown without a comparison
TONES = {
    Tampering.Outcome.STORE: "ok",
    Tampering.Outcome.RENDERED: "ok",
    Tampering.Outcome.REMOVED: "ok",
    Tampering.Outcome.REPAIRED: "ok",
    Tampering.Outcome.OPEN: "bad",
}
FACTS = {
    "mode": _("权限"),
    "uid": _("属主"),
    "gid": _("属组"),
    "inode": _("索引节点"),
    "links": _("链接数"),
    "size": _("字节数"),
    "modified": _("修改时间"),
    "changed": _("属性变更时间"),
    "link": _("链接指向"),
    "was": _("原为"),
    "is": _("被改为"),
    "unreadable": _("不能读取"),
    "not_kept": _("未留存"),
}

MOMENTS = {"modified", "changed"}


def tamperings_of(user: User) -> Q:
    """System administrators see every record, supervisors those of the websites they supervise."""
    return Q() if can_anywhere(user, Verb.RUN) else Q(website__unit__in=units_where(user, Verb.SUPERVISE))


class TamperingFilters(WagtailFilterSet):
    kind = django_filters.ChoiceFilter(label=_("类别"), choices=Tampering.Kind.choices)
    outcome = django_filters.ChoiceFilter(label=_("处置"), choices=Tampering.Outcome.choices)
    website = django_filters.ModelChoiceFilter(label=_("网站"), queryset=lambda request: _websites(request.user))

    class Meta:
        model = Tampering
        fields: list[str] = []


def _websites(user: User) -> QuerySet[Website]:
    everything = Website.objects.order_by("name")
    if can_anywhere(user, Verb.RUN):
        return everything
    return everything.filter(unit__in=units_where(user, Verb.SUPERVISE))


class OutcomeColumn(Column):
    cell_template_name = "publishing/cells/outcome.html"

    def get_cell_context_data(self, instance: Tampering, parent_context: Any) -> dict[str, Any]:
        context = super().get_cell_context_data(instance, parent_context)
        tone = TONES[Tampering.Outcome(instance.outcome)]
        return {**context, "text": instance.get_outcome_display(), "tone": tone}


class Tamperings(ListScreen):
    page_title = _("篡改记录")
    page_subtitle = _("防篡改守护发现的每一处改动、留存的证据和处置结果")
    header_icon = "crosshairs"
    filterset_class = TamperingFilters
    search_fields = ["place", "foreign_digest"]
    default_ordering = "-found_at"
    paginate_by = 50
    verbose_name_plural = _("篡改记录")
    empty_title = _("没有发现篡改")
    empty_hint = _("公开文件与发布清单一致。")
    columns = [
        TitleColumn(
            "place",
            classname="bo-any",
            label=_("位置"),
            get_url=lambda row: reverse("publishing_tampering", args=[row.pk]),
        ),
        Column("kind", classname="bo-nowrap", label=_("类别"), accessor=Tampering.get_kind_display),
        Column("website", classname="bo-wide", label=_("网站"), accessor=lambda row: str(row.website or "—")),
        Column(
            "found_at",
            classname="bo-nowrap",
            label=_("发现时间"),
            accessor=lambda row: date_format(localtime(row.found_at), "Y-m-d H:i:s", use_l10n=False),
            sort_key="found_at",
        ),
        OutcomeColumn("outcome", label=_("处置")),
    ]

    def get_base_queryset(self) -> QuerySet[Tampering]:
        return Tampering.objects.filter(tamperings_of(self.request.user)).select_related("website")


class TamperingMixin:
    request: Any
    kwargs: dict[str, Any]

    @cached_property
    def tampering(self) -> Tampering:
        mine = Tampering.objects.filter(tamperings_of(self.request.user)).select_related("website")
        return get_object_or_404(mine, pk=self.kwargs["pk"])


class TamperingScreen(TamperingMixin, Screen):
    template_name = "publishing/tampering.html"
    parents = LIST

    def get_page_title(self) -> str:
        return str(self.tampering.get_kind_display())

    def get_page_subtitle(self) -> str:
        return self.tampering.place

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.tampering
        foreign = kept_bytes(row.foreign_digest) if row.kept else None
        right = store().get(row.right_digest) if row.right_digest else None
        return {
            **super().get_context_data(**kwargs),
            "tampering": row,
            "tone": TONES[Tampering.Outcome(row.outcome)],
            "facts": [(FACTS.get(name, name), _said(name, value)) for name, value in row.facts.items()],
            "difference": _difference(right, foreign) if foreign is not None else None,
            "is_whole": row.foreign_size == row.kept,
        }


class Evidence(TamperingMixin, View):
    """The foreign bytes, to be kept and looked at elsewhere: never shown, never executed here."""

    def get(self, request: OfficeRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        body = kept_bytes(self.tampering.foreign_digest)
        response = HttpResponse(body or b"", content_type="application/octet-stream", status=200 if body else 404)
        name = self.tampering.foreign_digest.replace(":", "-")[:40]
        response["Content-Disposition"] = f'attachment; filename="{name}.bin"'
        response["X-Content-Type-Options"] = "nosniff"
        return response


def _difference(right: bytes | None, foreign: bytes) -> Any:
    """From what was right to what lay there, where both are text of a size one can read."""
    try:
        old, new = (right or b"").decode(), foreign.decode()
    except UnicodeDecodeError:
        return None
    if len(old) + len(new) > COMPARED or "\0" in new:
        return None
    return fold(mark_text(old, new))


def _said(name: str, value: Any) -> Any:
    if name not in MOMENTS:
        return value
    return date_format(localtime(datetime.fromisoformat(value)), "Y-m-d H:i:s", use_l10n=False)
