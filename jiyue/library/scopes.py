"""Which objects Wagtail's listings and choosers may show to a person."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from wagtail.admin.rich_text.converters.html_to_contentstate import PageLinkElementHandler
from wagtail.admin.views import chooser
from wagtail.admin.views.pages.listing import PageFilterSet
from wagtail.admin.widgets import BaseChooser

from jiyue.accounts.gate import who_asks
from jiyue.accounts.models import User
from jiyue.accounts.permissions import can, units_where
from jiyue.library.models import BasePage, Release
from jiyue.library.policies import EXPLORE


def narrow_the_filters_of_the_tree() -> None:
    """Wagtail offers everybody who ever wrote anything as a filter: the names of the staff of the whole cluster."""
    for name in ("owner", "edited_by"):
        PageFilterSet.declared_filters[name].queryset = colleagues_of


def offer_pages_to_links() -> None:
    """The text editor asks for Wagtail's own page model by name, also where another stands in its place: to the chooser
    that is not a page. No name means every page."""
    for view in (chooser.BrowseView, chooser.SearchView):
        view.setup = _without_the_name(view.setup)


def show_only_what_may_be_seen() -> None:
    """A form that comes back with an error shows what stands in its choosers - title, picture, file name - by nothing
    but the key that was sent. Whoever sends the key of another bureau's draft is shown an empty field."""
    original = BaseChooser.get_value_data

    def get_value_data(self: Any, value: Any) -> Any:
        chosen = self.get_instance(value)
        return original(self, chosen if chosen is not None and _may_be_seen(chosen) else None)

    BaseChooser.get_value_data = get_value_data


def tell_nothing_of_a_link_to_what_may_not_be_seen() -> None:
    """The text editor is told where a linked page stands, so that its chooser opens there; of a page one may not see, as
    little as of one that does not exist."""
    original = PageLinkElementHandler.get_attribute_data

    def get_attribute_data(self: Any, attrs: dict[str, Any]) -> dict[str, Any]:
        page = BasePage.objects.filter(pk=attrs["id"]).first()
        if page is None or _may_be_seen(page):
            found: dict[str, Any] = original(self, attrs)
            return found
        return {"id": int(attrs["id"]), "url": None, "parentId": None}

    PageLinkElementHandler.get_attribute_data = get_attribute_data


def _may_be_seen(thing: Any) -> bool:
    person = who_asks()
    if person is None or not hasattr(thing, "unit"):
        return True
    if any(can(person, verb, thing.unit) for verb in EXPLORE):
        return True
    return isinstance(thing, BasePage) and Release.objects.live().filter(item=thing.pk).exists()


def _without_the_name(setup: Callable[..., None]) -> Callable[..., None]:
    def set_up(self: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        if request.GET.get("page_type") == "wagtailcore.page":
            asked = request.GET.copy()
            del asked["page_type"]
            request.GET = asked  # type: ignore[assignment]  # the stubs allow no other
        setup(self, request, *args, **kwargs)

    return set_up


def colleagues_of(request: Any) -> QuerySet[User]:
    """The people of the units whose pages the person sees."""
    units = units_where(request.user, *EXPLORE) if request else []
    return User.objects.filter(memberships__unit__in=units).distinct()


def choosable_pages(pages: QuerySet[Any], user: Any) -> QuerySet[Any]:
    """Pages of the person's own websites, drafts included; nothing of any other."""
    return pages.filter(Q(unit__in=units_where(user, *EXPLORE)) | Q(depth=1))
