"""People, their roles and their links (security administrator), the trail (audit administrator), the role matrix."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import django_filters
from django import forms
from django.contrib.auth.tokens import default_token_generator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import urlsafe_base64_decode
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.widgets import HeaderButton

from jiyue.accounts import actions, audit
from jiyue.accounts.forms import EnrolForm, GrantForm, PasswordForm, ReasonForm
from jiyue.accounts.lockout import is_locked
from jiyue.accounts.models import Membership, User
from jiyue.accounts.roles import ADMINISTRATORS, MATRIX, SUBTREE, VERB_NAMES, Role
from jiyue.accounts.screens import Act, ActionScreen, ListScreen, Screen
from jiyue.accounts.sittings import open_sittings
from jiyue.common.clock import now
from jiyue.organisations.models import Unit


PEOPLE = (("accounts_people", _("用户与授权")),)


class PeopleFilters(WagtailFilterSet):
    unit = django_filters.ModelChoiceFilter(
        label=_("单位"), field_name="memberships__unit", queryset=Unit.objects.order_by("path")
    )
    role = django_filters.ChoiceFilter(label=_("角色"), field_name="memberships__role", choices=Role.choices)
    kind = django_filters.ChoiceFilter(label=_("类别"), choices=User.Kind.choices)
    is_active = django_filters.BooleanFilter(label=_("启用"))

    class Meta:
        model = User
        fields: list[str] = []


class PersonState(Column):
    cell_template_name = "accounts/cells/person_state.html"


class RolesColumn(Column):
    cell_template_name = "accounts/cells/roles.html"


def last_login(user: User) -> str:
    return f"{localtime(user.last_login):%Y-%m-%d %H:%M}" if user.last_login else gettext("从未登录")


class PeopleList(ListScreen):
    page_title = _("用户与授权")
    header_icon = "group"
    filterset_class = PeopleFilters
    search_fields = ["username", "first_name"]
    default_ordering = "username"
    verbose_name_plural = _("用户")
    columns = [
        TitleColumn(
            "username",
            label=_("登录名"),
            classname="bo-nowrap",
            get_url=lambda user: reverse("accounts_person", args=[user.pk]),
            sort_key="username",
        ),
        Column("name", classname="bo-nowrap", label=_("姓名"), accessor=User.get_full_name),
        RolesColumn("roles", label=_("角色")),
        PersonState("state", label=_("状态")),
        Column("last_login", classname="bo-nowrap", label=_("最近登录"), accessor=last_login, sort_key="last_login"),
    ]

    @property
    def header_buttons(self) -> list[HeaderButton]:
        url = reverse("accounts_enrol")
        return [HeaderButton(label=_("新建用户"), url=url, icon_name="plus", attrs={"class": "button"})]

    def get_base_queryset(self) -> QuerySet[User]:
        return User.objects.prefetch_related("memberships__unit")

    def filter_queryset(self, queryset: QuerySet[User]) -> QuerySet[User]:
        return super().filter_queryset(queryset).distinct()


class Enrol(ActionScreen):
    page_title = _("新建用户")
    form_class = EnrolForm
    parents = PEOPLE
    button = _("建立账号")
    done = _("账号已建立。请授予角色，并把一次性链接交给本人设置密码。")

    def act(self, form: EnrolForm) -> User:
        return actions.enrol(**form.cleaned_data, by=self.request.user, at=now())

    def get_success_url(self) -> str:
        return reverse("accounts_person", args=[self.result.pk])

    def get_back_url(self) -> str:
        return reverse("accounts_people")


class PersonMixin:
    request: Any
    kwargs: dict[str, Any]

    @cached_property
    def person(self) -> User:
        return get_object_or_404(User, pk=self.kwargs["pk"])

    def get_back_url(self) -> str:
        return reverse("accounts_person", args=[self.person.pk])


class Person(PersonMixin, ActionScreen):
    """One person: the roles they hold, and the form that adds one."""

    template_name = "accounts/person.html"
    form_class = GrantForm
    parents = PEOPLE
    button = _("授予角色")
    grave = True
    done = _("已授权，立即生效。")

    def get_page_title(self) -> str:
        return str(self.person)

    def get_page_subtitle(self) -> str:
        return f"{self.person.username} · {self.person.get_kind_display()}"

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "person": self.person}

    def act(self, form: GrantForm) -> Membership:
        given = form.cleaned_data
        return actions.grant(self.person, Role(given["role"]), given["unit"], by=self.request.user, at=now())

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        audit.note_reading(by=request.user, at=now(), what="accounts.person", name=self.person.username)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "person": self.person,
            "memberships": self.person.memberships.select_related("unit").order_by("unit__path"),
            "link": self.request.session.pop(_link_slot(self.person), ""),
            "sittings": open_sittings(self.person, now()).count(),
            "factors": self.person.factors.all(),
            "is_locked": is_locked(self.person, now()),
            "is_own": self.person == self.request.user,
        }


class Revoke(Act):
    button = _("收回角色")
    grave = True
    done = _("已收回，立即生效。")

    @cached_property
    def membership(self) -> Membership:
        return get_object_or_404(Membership.objects.select_related("user", "unit"), pk=self.kwargs["pk"])

    def act(self) -> None:
        actions.revoke(self.membership, by=self.request.user, at=now())

    def get_back_url(self) -> str:
        return reverse("accounts_person", args=[self.membership.user_id])


class Suspend(PersonMixin, ActionScreen):
    page_title = _("停用账号")
    form_class = ReasonForm
    parents = PEOPLE
    button = _("停用")
    tone = "no"
    grave = True
    done = _("已停用，本人不能再登录。")

    def get_page_subtitle(self) -> str:
        return str(self.person)

    def act(self, form: ReasonForm) -> None:
        actions.suspend(self.person, by=self.request.user, at=now(), reason=form.cleaned_data["reason"])


class Reinstate(PersonMixin, Act):
    button = _("恢复启用")
    grave = True
    done = _("已恢复启用。")

    def act(self) -> None:
        actions.reinstate(self.person, by=self.request.user, at=now())


class IssueLink(PersonMixin, ActionScreen):
    """The link is shown on the next screen, once."""

    page_title = _("发一次性链接")
    form_class = forms.Form
    parents = PEOPLE
    button = _("作废原密码，发链接")
    tone = "no"
    grave = True
    done = _("原密码已作废，请把一次性链接交给本人。")
    explanation = _("原密码立即作废，正在进行的登录全部结束。本人用链接设置新密码；链接只显示一次，三天内有效。")

    def get_page_subtitle(self) -> str:
        return str(self.person)

    def act(self, form: forms.Form) -> None:
        key, token = actions.issue_link(self.person, by=self.request.user, at=now())
        path = reverse("accounts_first", args=[key, token])
        self.request.session[_link_slot(self.person)] = self.request.build_absolute_uri(path)


def _link_slot(person: User) -> str:
    return f"accounts_link_{person.pk}"


class FirstPassword(FormView[PasswordForm]):
    """Whoever holds the link sets the password. The only screen of ours before login."""

    template_name = "accounts/first_password.html"
    form_class = PasswordForm

    @cached_property
    def person(self) -> User | None:
        try:
            key = int(urlsafe_base64_decode(self.kwargs["key"]))
        except (ValueError, OverflowError):
            return None
        person = User.objects.filter(pk=key, is_active=True).first()
        return person if person and default_token_generator.check_token(person, self.kwargs["token"]) else None

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.person is None:
            return self.response_class(request, "accounts/link_void.html", status=410)
        response = super().dispatch(request, *args, **kwargs)
        response["Referrer-Policy"] = (
            "same-origin"  # not "no-referrer": browsers then say Origin: null, which CSRF refuses
        )
        return response

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "person": self.person}

    def form_valid(self, form: PasswordForm) -> HttpResponse:
        person = self.person
        if person is None:
            raise Http404
        actions.set_password(person, form.cleaned_data["password"], at=now())
        messages.success(self.request, _("密码已设置，请登录。"))
        return redirect("wagtailadmin_login")


def scope_of(role: Role) -> str:
    if role in ADMINISTRATORS:
        return gettext("全平台")
    return gettext("本单位及下级") if role in SUBTREE else gettext("本单位")


class Matrix(Screen):
    template_name = "accounts/matrix.html"
    page_title = _("角色权限表")
    page_subtitle = _("每个角色能做什么；权限只由“在某单位担任某角色”产生")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = [(role, [verb in MATRIX[role] for verb in VERB_NAMES], scope_of(role)) for role in Role]
        held = {membership.role for membership in self.request.user.memberships.all()}
        return {**super().get_context_data(**kwargs), "verbs": VERB_NAMES.values(), "rows": rows, "held": held}
