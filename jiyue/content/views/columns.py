"""Where to write, and which columns wait for something new."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views import View

from jiyue.accounts.permissions import units_where
from jiyue.accounts.requests import OfficeRequest
from jiyue.accounts.roles import Verb
from jiyue.accounts.screens import Screen
from jiyue.common import assets
from jiyue.common.clock import now
from jiyue.content.columns import ACCEPTS
from jiyue.content.freshness import Freshness, columns_of
from jiyue.content.models import ITEM_MODELS, ColumnPage
from jiyue.websites.models import Website


MODELS = {model.kind: model for model in ITEM_MODELS}
COLUMNS_SHOWN = 100  # of some 1,500 in a cluster; the most neglected come first
ASSET_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


class WebsiteChoice:
    """A screen about one of the person's websites at a time, the first one unless another is chosen."""

    request: Any
    verbs: tuple[Verb, ...] = ()
    required = True  # False: all of them unless one is chosen

    @cached_property
    def websites(self) -> list[Website]:
        return list(Website.objects.filter(unit__in=units_where(self.request.user, *self.verbs)))

    @cached_property
    def website(self) -> Website | None:
        wanted = self.request.GET.get("website", "")
        found = [site for site in self.websites if str(site.pk) == wanted]
        if found:
            return found[0]
        return self.websites[0] if self.websites and (self.required or len(self.websites) == 1) else None


class Write(WebsiteChoice, Screen):
    """Where a new item goes: the columns of a website with the kinds each takes."""

    template_name = "content/write.html"
    page_title = _("写稿")
    page_subtitle = _("选择栏目和信息类型")
    verbs = (Verb.WRITE,)
    parents = (("content_items", _("信息列表")),)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "websites": self.websites,
            "website": self.website,
            "columns": _writable(self.website) if self.website else [],
        }


def _writable(website: Website) -> list[dict[str, Any]]:
    """Each column with its depth and the kinds of item it takes; a channel stands as a heading."""
    columns = ColumnPage.objects.filter(website=website).order_by("path")
    return [
        {
            "pk": column.pk,
            "title": column.title,
            "below": column.depth > 3,
            "kinds": [MODELS[kind]._meta for kind in ACCEPTS[column.column_kind] if kind in MODELS],
        }
        for column in columns
    ]


class FreshnessScreen(WebsiteChoice, Screen):
    template_name = "content/freshness.html"
    page_title = _("栏目更新情况")
    page_subtitle = _("按最近一次发布与更新周期计算；空白栏目不在网站导航中显示")
    verbs = (Verb.WRITE, Verb.ARRANGE, Verb.SUPERVISE)
    required = False

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        at = now()
        columns = columns_of(self.request.user, at=at, website=self.website.pk if self.website else None)
        wanted = self.request.GET.get("state", "")
        found = [column for column in columns if not wanted or column.state == wanted]
        return {
            **super().get_context_data(**kwargs),
            "at": at,
            "websites": self.websites,
            "website": self.website,
            "states": [(state, sum(column.state == state for column in columns)) for state in Freshness],
            "wanted": wanted,
            "columns": found[:COLUMNS_SHOWN],
            "left": max(len(found) - COLUMNS_SHOWN, 0),
        }


class Asset(View):
    """The style sheet and icons of public pages, for previews: a draft is shown before its website is online."""

    def get(self, request: OfficeRequest, name: str) -> HttpResponse:
        body = assets.files().get(name)
        if body is None:
            return HttpResponse(status=404)
        kind = ASSET_TYPES.get(name.rpartition(".")[2], "application/octet-stream")
        return HttpResponse(
            body, content_type=f"{kind}; charset=utf-8", headers={"Cache-Control": "private, max-age=3600"}
        )
