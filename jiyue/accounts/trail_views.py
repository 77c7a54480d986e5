"""The audit administrator's screens: the trail, one entry, whether the chain is sound, certificates."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

import django_filters
from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.widgets import HeaderButton

from jiyue.accounts import anchors, certificates, exports, verification
from jiyue.accounts.chain import digest_of, visible
from jiyue.accounts.models import AuditEntry, User
from jiyue.accounts.models.trail import FLOOR_DAYS, AuditCheck
from jiyue.accounts.requests import OfficeRequest
from jiyue.accounts.screens import Act, ListScreen, Screen
from jiyue.accounts.trail import action_names, name_of
from jiyue.accounts.trail_words import brief, who, words_of
from jiyue.common import signing
from jiyue.common.clock import now
from jiyue.common.errors import Refused
from jiyue.common.spreadsheets import csv_response
from jiyue.organisations.models import Unit


TRAIL = (("accounts_trail", _("审计记录")),)
BRIEF = 24  # characters of one value in the list; entry and export have all of it
EXPORTED = 100_000  # rows of one CSV file; narrow the dates for more
OTHERS = 20  # further entries about the same object
MONTHS = 12  # offered for certificates
LATE = timedelta(minutes=10)  # an anchor older than this, while there are newer entries, is a fault of the scheduler
PAGE = frozenset({"p", "export", "sort", "ordering"})  # what does not filter


class TrailFilters(WagtailFilterSet):
    action = django_filters.ChoiceFilter(label=_("操作"), choices=lambda: sorted(action_names().items()))
    user = django_filters.ModelChoiceFilter(label=_("人员"), queryset=User.objects.order_by("username"))
    unit = django_filters.ModelChoiceFilter(label=_("单位"), queryset=Unit.objects.order_by("path"))
    at = django_filters.DateFromToRangeFilter(label=_("时间"), widget=DateRangePickerWidget)

    class Meta:
        model = AuditEntry
        fields: list[str] = []


def moment_of(entry: AuditEntry) -> str:
    return date_format(localtime(entry.at), "Y-m-d H:i:s", use_l10n=False)


def _data(entry: AuditEntry) -> str:
    return "；".join(f"{name}：{value}" for _field, name, value in words_of(entry))


def _brief(entry: AuditEntry) -> str:
    return "；".join(f"{name}：{Truncator(value).chars(BRIEF)}" for _field, name, value in words_of(entry))


class Trail(ListScreen):
    page_title = _("审计记录")
    header_icon = "history"
    filterset_class = TrailFilters
    search_fields = ["target_name", "user_name", "data", "address", "request", "action"]
    default_ordering = "-pk"
    paginate_by = 50
    verbose_name_plural = _("审计记录")
    columns = [
        Column("at", classname="bo-nowrap", label=_("时间"), accessor=moment_of),
        TitleColumn(
            "action",
            classname="bo-nowrap",
            label=_("操作"),
            accessor=lambda entry: name_of(entry.action),
            get_url=lambda entry: reverse("accounts_entry", args=[entry.pk]),
        ),
        Column("user", label=_("人员"), accessor=who),
        Column("target_name", label=_("对象"), accessor=lambda entry: visible(entry.target_name)),
        Column("unit", classname="bo-wide bo-nowrap", label=_("单位"), accessor=lambda entry: str(entry.unit or "")),
        Column("data", classname="bo-wide", label=_("内容"), accessor=_brief),
    ]

    @property
    def header_buttons(self) -> list[HeaderButton]:
        return [
            self._button(_("核对与证明"), reverse("accounts_soundness"), "check"),
            self._button(_("导出 CSV"), self._with("csv"), "download"),
            self._button(_("导出 JSON（带签名）"), self._with("jsonl"), "download"),
        ]

    def get_base_queryset(self) -> QuerySet[AuditEntry]:
        return AuditEntry.objects.select_related("user", "unit")

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse | StreamingHttpResponse:
        form = request.GET.get("export")
        if form not in ("csv", "jsonl"):
            return super().get(request, *args, **kwargs)
        at = now()
        chosen = {name: value for name, value in request.GET.items() if value and name not in PAGE}
        query = "&".join(f"{name}={value}" for name, value in chosen.items())
        entries = exports.until_now(self.get_queryset())
        if form == "csv":
            entries = entries.filter(pk__in=entries.order_by("-pk").values("pk")[:EXPORTED])
        exports.note_export(entries, form=form, by=request.user, at=at, query=query)
        name = f"audit-{localtime(at):%Y%m%d-%H%M}"
        return _csv(name, entries) if form == "csv" else _jsonl(name, entries, whole=not chosen)

    def _with(self, form: str) -> str:
        query = self.request.GET.copy()
        query["export"] = form
        return f"?{query.urlencode()}"

    def _button(self, label: Any, url: str, icon: str) -> HeaderButton:
        return HeaderButton(label=label, url=url, icon_name=icon, attrs={"class": "button button-secondary"})


def _csv(name: str, entries: QuerySet[AuditEntry]) -> StreamingHttpResponse:
    header = [
        _("序号"), _("时间"), _("人员"), _("操作"), _("操作代码"), _("对象类型"), _("对象编号"), _("对象"), _("单位"),
        _("内容"), _("网络地址"), _("请求编号"), _("本条摘要"),
    ]  # fmt: skip
    rows = (
        [
            entry.pk, localtime(entry.at).isoformat(), visible(who(entry)), name_of(entry.action), entry.action,
            entry.target_type, entry.target_id, visible(entry.target_name), entry.unit or "", _data(entry),
            entry.address, entry.request, entry.digest,
        ]
        for entry in exports.in_pages(entries)
    )  # fmt: skip
    return csv_response(name, header, rows)


def _jsonl(name: str, entries: QuerySet[AuditEntry], *, whole: bool) -> StreamingHttpResponse:
    lines = exports.json_lines(entries, whole=whole, at=now())
    response = StreamingHttpResponse(lines, content_type="application/jsonl; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.jsonl"'
    return response


class Entry(Screen):
    """One entry with everything it says, and what else happened to its object."""

    template_name = "accounts/entry.html"
    parents = TRAIL

    @cached_property
    def entry(self) -> AuditEntry:
        return get_object_or_404(AuditEntry.objects.select_related("user", "unit"), pk=self.kwargs["pk"])

    def get_page_title(self) -> str:
        return f"#{self.entry.pk} {name_of(self.entry.action)}"

    def get_page_subtitle(self) -> str:
        return f"{moment_of(self.entry)} · {who(self.entry)}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        entry = self.entry
        before = AuditEntry.objects.filter(pk=entry.pk - 1).values_list("digest", flat=True).first()
        return {
            **super().get_context_data(**kwargs),
            "entry": entry,
            "who": who(entry),
            "moment": moment_of(entry),
            "action": name_of(entry.action),
            "name": visible(entry.target_name),
            "data": words_of(entry),
            "is_itself": digest_of(entry.row()) == entry.digest,
            "is_linked": before is None or before == entry.prev,
            "has_before": before is not None,
            "has_after": AuditEntry.objects.filter(pk=entry.pk + 1).exists(),
            "recent": brief(self._others()),
        }

    def _others(self) -> QuerySet[AuditEntry]:
        entry = self.entry
        same = Q(target_id=entry.target_id, target_type=entry.target_type) if entry.target_id else Q(pk__in=[])
        return AuditEntry.objects.filter(same).exclude(pk=entry.pk).select_related("user", "unit")[:OTHERS]


class Soundness(Screen):
    """Whether the chain was verified, when, and against what."""

    template_name = "accounts/soundness.html"
    page_title = _("核对与证明")
    page_subtitle = _("每条记录都带着上一条的摘要；改动、删除、插入、截断都会在核对时现形，并指出第一条")
    parents = TRAIL

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        checks = AuditCheck.objects.all()
        newest, head = anchors.last_of(anchors.own_file()), AuditEntry.objects.first()
        return {
            **super().get_context_data(**kwargs),
            "last": checks.first(),
            "whole": checks.filter(whole=True).first(),
            "checks": [(check, fault_of(check)) for check in checks[:10]],
            "anchor": newest,
            "anchored_at": newest and datetime.fromisoformat(newest.at),
            "head": head,
            "is_late": bool(head and (newest is None or newest.seq < head.seq) and head.at < now() - LATE),
            "key": signing.public_key("audit").hex(),
            "days": settings.AUDIT_DAYS,
            "floor": FLOOR_DAYS,
            "has_second_place": bool(settings.AUDIT_ANCHOR),
            "months": _months(),
        }


def fault_of(check: AuditCheck) -> str:
    """What is wrong, in words; empty where nothing is."""
    return gettext(verification.FAULTS[check.fault]) if check.fault else ""


def _months() -> list[date]:
    month, months = localtime(now()).date().replace(day=1), []
    for _number in range(MONTHS):
        months.append(month)
        month = (month - timedelta(days=1)).replace(day=1)
    return months


class Verify(Act):
    back = "accounts_soundness"

    def act(self) -> None:
        check = verification.verify_new(now())
        if not check.is_sound:
            raise Refused(f"#{check.wrong_seq or ''} {fault_of(check)}")
        rows = check.last_seq - check.first_seq + 1
        self.done = ngettext("核对了 %d 条，全部相符。", "核对了 %d 条，全部相符。", rows) % rows


class Certificate(Screen):
    """The certificate of a month, to print; the signed file is a button away."""

    template_name = "accounts/certificate.html"
    page_title = _("审计记录无缺证明")
    parents = (*TRAIL, ("accounts_soundness", _("核对与证明")))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        try:
            made = certificates.certificate(self.kwargs["month"], at=now())
        except Refused as refused:
            raise Http404(str(refused)) from None
        gaps = [(gap["seq"], gettext(verification.FAULTS[gap["fault"]])) for gap in made.gaps]
        return {
            **super().get_context_data(**kwargs),
            "certificate": made,
            "gaps": gaps,
            "month": date.fromisoformat(f"{made.month}-01"),
            "anchors": [(anchor, datetime.fromisoformat(anchor["at"])) for anchor in made.anchors],
            "platform": settings.WAGTAIL_SITE_NAME,
            "at": now(),
        }


class CertificateFile(View):
    request: OfficeRequest
    http_method_names = ["post"]

    def post(self, request: OfficeRequest, month: str) -> HttpResponse:
        try:
            made = certificates.certify(month, by=request.user, at=now())
        except Refused as refused:
            raise Http404(str(refused)) from None
        response = HttpResponse(made.signed(), content_type="application/json; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="audit-{made.month}.json"'
        return response
