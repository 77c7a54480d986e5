"""Where the library stands in Wagtail's back office. Registrations only."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from wagtail import hooks

from jiyue.library.scopes import (
    choosable_pages,
    narrow_the_filters_of_the_tree,
    offer_pages_to_links,
    show_only_what_may_be_seen,
    tell_nothing_of_a_link_to_what_may_not_be_seen,
)


narrow_the_filters_of_the_tree()
offer_pages_to_links()
show_only_what_may_be_seen()
tell_nothing_of_a_link_to_what_may_not_be_seen()


@hooks.register("construct_page_chooser_queryset")
def scope_page_chooser(pages: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
    return choosable_pages(pages, request.user)
