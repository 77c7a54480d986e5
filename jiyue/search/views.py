"""Search on the public hosts: no session, no cookie, nothing about the person."""

import time
from contextlib import suppress
from functools import lru_cache
from typing import Any

from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from jiyue.common.clock import now
from jiyue.common.limits import limited
from jiyue.common.rendering import in_public_language, render
from jiyue.content.pages.frame import Frame, frame_of, plain_page
from jiyue.search.actions import record_search
from jiyue.search.engine import search_index
from jiyue.search.screen import Asked, Screen
from jiyue.websites.models import Website


FRESH = 5  # seconds a copy may be shown: withdrawn items must go at once


@require_safe
@limited("search", cheap=True)
@cache_control(public=True, max_age=FRESH)
@in_public_language
def search(request: HttpRequest) -> HttpResponse:
    website = _website(request)
    frame = _frame(website.pk, int(now().timestamp() // 60))
    context = _answer(request, website, frame)
    context.pop("screen")
    title = _("“%s”的搜索结果") % context["query"] if context["query"] else _("搜索")
    page = {**plain_page(title, frame), "tags": (("robots", "noindex"),)}
    return HttpResponse(render("public/search.html", {**frame.context(channel="/search"), **context, "page": page}))


@require_safe
@limited("search", cheap=True)
@cache_control(public=True, max_age=FRESH)
@in_public_language
def search_json(request: HttpRequest) -> JsonResponse:
    website = _website(request)
    frame = _frame(website.pk, int(now().timestamp() // 60))
    context = _answer(request, website, frame)
    screen: Screen = context.pop("screen")
    for hit, document in zip(context["hits"], screen.hits, strict=True):
        hit["url"] = frame.site.origins.get(document.website, "") + document.address
    wanted = ("query", "scope", "total", "took_ms", "hits", "facets", "suggestions")
    answer = {**{name: context[name] for name in wanted}, "page": screen.current_page}
    return JsonResponse(answer, json_dumps_params={"ensure_ascii": False})


def _answer(request: HttpRequest, website: Website, frame: Frame) -> dict[str, Any]:
    asked = Asked.read(request.GET.dict())
    started = time.perf_counter()
    screen = Screen(asked, frame.site, search_index())
    context = screen.context()
    took = round((time.perf_counter() - started) * 1000)
    if asked.page == 1 and not asked.filters and request.method == "GET":
        with suppress(OperationalError):  # on a full disk nothing is counted, but everything found
            record_search(website, asked.query, found=screen.total, at=now())
    return {**context, "took_ms": took, "screen": screen}


def _website(request: HttpRequest) -> Website:
    host = request.get_host().rsplit(":", 1)[0].lower()
    website = Website.objects.online().filter(hosts__name=host).first()
    if website is None:
        raise Http404
    return website


@lru_cache(maxsize=256)
def _frame(website: int, minute: int) -> Frame:
    """Head, navigation and foot, read once a minute."""
    return frame_of(website)
