"""Where the library stands in Wagtail's back office. Registrations only."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from wagtail import hooks

from jiyue.library.scopes import choosable_pages


@hooks.register("construct_page_chooser_queryset")
def scope_page_chooser(pages: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
    return choosable_pages(pages, request.user)
