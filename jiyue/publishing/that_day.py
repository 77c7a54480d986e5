"""那天的网页: the screen on which a person looks up what an address showed, and takes the proof along."""

from __future__ import annotations

import json
import re
from datetime import datetime, time
from functools import cached_property
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.timezone import get_current_timezone, make_aware
from django.utils.translation import gettext_lazy as _
from django.views.generic import View
from wagtail.admin.widgets import AdminDateInput

from jiyue.accounts.permissions import can
from jiyue.accounts.requests import OfficeRequest
from jiyue.accounts.roles import Verb
from jiyue.accounts.screens import Screen
from jiyue.accounts.trail import name_of
from jiyue.common.clock import now
from jiyue.common.difference import mark_text
from jiyue.publishing.page_at import Version, find_address, proof_of, version_at, versions_of
from jiyue.websites.actions import base_url


LISTED = 60
COMPARED = 200_000  # characters
FRAME = "sandbox; default-src 'none'; style-src 'unsafe-inline' *; img-src * data:; font-src *; frame-ancestors 'self'"
_HIDDEN = re.compile(r"<(script|style)\b.*?</\1>", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[^>]+>")


class ThatDayForm(forms.Form):
    url = forms.CharField(label=_("网址"), max_length=500, help_text=_("从浏览器地址栏复制完整的网址。"))
    day = forms.DateField(
        label=_("日期"), required=False, widget=AdminDateInput, help_text=_("显示当天结束时的内容；不填为现在。")
    )


class Asked:
    """Address and day of the query, of a website whose drafts the person may read."""

    request: Any

    @cached_property
    def form(self) -> ThatDayForm:
        return ThatDayForm(self.request.GET or None)

    @cached_property
    def found(self) -> tuple[Any, str] | None:
        if not self.form.is_valid():
            return None
        found = find_address(self.form.cleaned_data["url"])
        return found if found and can(self.request.user, Verb.READ, found[0].unit) else None

    @cached_property
    def moment(self) -> datetime:
        day = self.form.cleaned_data.get("day")
        end = make_aware(datetime.combine(day, time.max), get_current_timezone()) if day else now()
        return min(end, now())

    @cached_property
    def version(self) -> Version | None:
        return version_at(*self.found, self.moment) if self.found else None

    def version_or_404(self) -> Version:
        if self.version is None:
            raise Http404
        return self.version


class ThatDay(Asked, Screen):
    template_name = "publishing/that_day.html"
    page_title = _("那天的网页")
    page_subtitle = _("一个网址在某一天是什么样，由谁审查，何时改过")
    header_icon = "history"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = {**super().get_context_data(**kwargs), "form": self.form, "asked": self.form.is_bound}
        if self.found is None:
            return context
        versions = versions_of(*self.found)[:LISTED]
        query = self.request.GET.urlencode()
        proof = proof_of(self.version, self.moment, at=now())["statement"] if self.version else {}
        return {
            **context,
            "found": self.found,
            "moment": self.moment,
            "version": self.version,
            "cleared": proof.get("cleared"),
            "cleared_at": proof.get("cleared") and datetime.fromisoformat(proof["cleared"]["at"]),
            "suspended": [(row["what"], *_span(row)) for row in proof.get("suspended", ())],
            "trail": [
                (row, datetime.fromisoformat(row["at"]), name_of(row["action"])) for row in proof.get("trail", ())
            ],
            "versions": versions,
            "difference": _change(versions, self.version),
            "frame": f"{reverse('publishing_that_day_page')}?{query}",
            "proof_url": f"{reverse('publishing_that_day_proof')}?{query}",
        }


class ThatDayPage(Asked, View):
    """The page in a frame of its own without any right: no script, no form, no way back to us."""

    def get(self, request: OfficeRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        version = self.version_or_404()
        body = version.body()
        if body is None:
            raise Http404
        is_page = version.path.endswith(("/", ".html"))
        base = f'<base href="{base_url(version.website)}/" target="_blank">'.encode()
        if is_page:
            body = body.replace(b"<head>", b"<head>" + base, 1)
        response = HttpResponse(
            body, content_type="text/html; charset=utf-8" if is_page else "text/plain; charset=utf-8"
        )
        response["Content-Security-Policy"] = FRAME
        response["X-Content-Type-Options"] = "nosniff"
        return response


class ThatDayProof(Asked, View):
    def get(self, request: OfficeRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        proof = proof_of(self.version_or_404(), self.moment, at=now())
        response = HttpResponse(json.dumps(proof, ensure_ascii=False, indent=1), content_type="application/json")
        response["Content-Disposition"] = 'attachment; filename="proof.json"'
        return response


def _span(row: dict[str, Any]) -> tuple[datetime, datetime | None]:
    return datetime.fromisoformat(row["since"]), datetime.fromisoformat(row["until"]) if row["until"] else None


def _change(versions: list[Version], shown: Version | None) -> Any:
    """What the version shown changed in the one before it, as a reader sees it."""
    if shown is None or shown not in versions[:-1]:
        return None
    before = versions[versions.index(shown) + 1]
    old, new = _text(before), _text(shown)
    return mark_text(old, new) if old is not None and new is not None and len(old) + len(new) < COMPARED else None


def _text(version: Version) -> str | None:
    body = version.body()
    if body is None:
        return None
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None
    return re.sub(r"\s*\n\s*", "\n", _TAG.sub("\n", _HIDDEN.sub("", text))).strip()
