"""What every screen of our own back office has in common: its address with the verbs that open it, objects that do not
exist for whoever may not see them, and refusals answered in one place.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.forms import BaseForm
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.generic import FormView, TemplateView, View
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.admin.views.generic.base import BaseListingView, WagtailAdminTemplateMixin

from jiyue.accounts import audit
from jiyue.accounts.confirm import GraveMixin
from jiyue.accounts.gate import Check, declare
from jiyue.accounts.models import User
from jiyue.accounts.permissions import can_anywhere, units_where
from jiyue.accounts.requests import OfficeRequest
from jiyue.accounts.roles import Verb
from jiyue.common.clock import now
from jiyue.common.errors import Refused


M = TypeVar("M", bound=Model)


def screen(route: str, view: type[View], name: str, *verbs: Verb, check: Check | None = None) -> URLPattern:
    """The address of a screen below ``/admin/``, opened to whoever holds one of the verbs anywhere. Which objects they
    see there is the view's own affair."""
    declare([name], *verbs, check=check)
    return path(route, view.as_view(), name=name)


class VerbMenuItem(MenuItem):
    """An entry of the side menu, shown to whoever holds one of the verbs anywhere."""

    def __init__(self, label: Any, url_name: str, icon_name: str, order: int, *verbs: Verb) -> None:
        super().__init__(label, reverse_lazy(url_name), name=url_name, icon_name=icon_name, order=order)
        self.verbs = verbs

    def is_shown(self, request: OfficeRequest) -> bool:
        return can_anywhere(request.user, *self.verbs)


def get_visible_or_404(objects: QuerySet[M], user: User, *verbs: Verb, within: str = "unit", **lookup: Any) -> M:
    """The object, if its unit is one in which the person holds one of the verbs. Otherwise it does not exist."""
    return get_object_or_404(objects.filter(**{f"{within}__in": units_where(user, *verbs)}), **lookup)


def attempt(request: OfficeRequest, act: Callable[[], Any], done: str = "") -> bool:
    """Runs one action; tells the person that it is done, or why it was refused."""
    try:
        act()
    except Refused as refused:
        _note_refusal(request, refused)
        messages.error(request, str(refused))
        return False
    except ValidationError as error:
        messages.error(request, "；".join(error.messages))
        return False
    if done:
        messages.success(request, done)
    return True


class ScreenMixin(GraveMixin, WagtailAdminTemplateMixin):
    """Title, subtitle and the way back. ``parents`` are (URL name, label) of the screens above. With ``grave = True``
    a person proves again who they are before what they send is done."""

    request: Any  # an OfficeRequest; mypy wants mixin and view to agree
    template_name: Any = "accounts/screen.html"
    parents: tuple[tuple[str, Any], ...] = ()

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        above = [{"url": reverse(name), "label": label} for name, label in self.parents]
        return [
            {"url": reverse("wagtailadmin_home"), "label": _("工作台")},
            *above,
            {"url": "", "label": self.get_page_title()},
        ]


class Screen(ScreenMixin, TemplateView):
    """Shows something."""


class ListScreen(ScreenMixin, BaseListingView):
    """A table with filters and a search that finds every substring."""

    template_name = "accounts/list.html"
    results_template_name = "accounts/list_results.html"
    paginate_by = 30
    search_backend_name = None
    empty_title: Any = _("这里还没有内容")
    empty_hint: Any = ""

    def setup(self, request: OfficeRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.results_only = request.headers.get("X-Requested-With") == "XMLHttpRequest"
        self.is_searchable = bool(self.search_fields)

    def get_paginator(self, *args: Any, **kwargs: Any) -> Any:
        paginator = super().get_paginator(*args, **kwargs)
        paginator.items_count_label = ngettext("共 %d 条", "共 %d 条", paginator.count) % paginator.count
        return paginator

    def get_index_url(self) -> str:
        return self.request.path

    def get_index_results_url(self) -> str:
        return self.request.path

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return ScreenMixin.get_breadcrumbs_items(self)

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(*args, **kwargs)
        return {**context, "empty_title": self.empty_title, "empty_hint": self.empty_hint}


class ActionScreen(ScreenMixin, FormView[Any]):
    """A form that leads to one action. A refusal stands above the form, and nothing typed is lost."""

    template_name = "accounts/action.html"
    button: Any = _("确定")
    tone = ""  # "no" for a step that takes something away
    done: Any = ""
    explanation: Any = ""

    def act(self, form: Any) -> Any:
        """Calls the one action. What it returns is kept as ``self.result``."""
        raise NotImplementedError

    def form_valid(self, form: BaseForm) -> HttpResponse:
        try:
            self.result = self.act(form)
        except Refused as refused:
            _note_refusal(self.request, refused)
            form.add_error(None, str(refused))
        except ValidationError as error:
            _blame(form, error)
        if form.errors:
            return self.form_invalid(form)
        message = self.get_done()
        if message:
            messages.success(self.request, message)
        return redirect(self.get_success_url())

    def get_done(self) -> str:
        return str(self.done)

    def get_back_url(self) -> str:
        return get_valid_next_url_from_request(self.request) or reverse("wagtailadmin_home")

    def get_success_url(self) -> str:
        return self.get_back_url()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "button": self.button,
            "tone": self.tone,
            "explanation": self.explanation,
            "back_url": self.get_back_url(),
            "next_url": get_valid_next_url_from_request(self.request),
        }


class Act(GraveMixin, View):
    """A button: one POST, one action, back to where it was pressed."""

    request: OfficeRequest
    http_method_names = ["post"]
    done: Any = ""
    back = "wagtailadmin_home"

    def act(self) -> Any:
        raise NotImplementedError

    def post(self, request: OfficeRequest, *args: Any, **kwargs: Any) -> HttpResponseRedirect:
        attempt(request, self.act, str(self.done))
        return redirect(self.get_back_url())

    def get_back_url(self) -> str:
        return get_valid_next_url_from_request(self.request) or reverse(self.back)


def _note_refusal(request: OfficeRequest, refused: Refused) -> None:
    """After the transaction of the act has gone."""
    match = request.resolver_match
    view = match.view_name if match else request.path_info
    audit.denied(by=request.user, at=now(), view=view, path=request.path_info, reason=str(refused))


def _blame(form: BaseForm, error: ValidationError) -> None:
    """Puts each error at the field it is about, if the form has that field."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)
