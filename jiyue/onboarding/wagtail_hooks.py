"""Where onboarding stands in the back office. Registrations only."""

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, reverse
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin.widgets.button import Button

from jiyue.accounts.models import User
from jiyue.accounts.permissions import can
from jiyue.accounts.roles import Verb
from jiyue.accounts.screens import screen
from jiyue.content.models import ItemPage
from jiyue.onboarding.views import FillScreen, TakeScreen


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    return [
        screen("onboarding/<int:pk>/take/", TakeScreen, "onboarding_take", Verb.WRITE),
        screen("onboarding/<int:pk>/fill/", FillScreen, "onboarding_fill", Verb.WRITE),
    ]


@hooks.register("register_page_header_buttons")
def take_button(page: Any, user: User, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    if view_name == "edit" and issubclass(page.specific_class or object, ItemPage) and can(user, Verb.WRITE, page.unit):
        url = reverse("onboarding_take", args=[page.pk])
        yield Button(_("导入 Word / 粘贴"), url, icon_name="doc-full", priority=12)
