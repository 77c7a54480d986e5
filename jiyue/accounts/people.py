"""What the security administrator does about a person's coming and going, and the list of who holds what."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import HttpResponseBase, StreamingHttpResponse
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.widgets import HeaderButton

from jiyue.accounts import actions, audit, factors, report
from jiyue.accounts.debts import debts_of
from jiyue.accounts.forms import MoveForm, ReasonForm, ReviewForm
from jiyue.accounts.models import Membership, RoleReview
from jiyue.accounts.permissions import can_anywhere
from jiyue.accounts.roles import Role, Verb
from jiyue.accounts.screens import Act, ActionScreen, ListScreen
from jiyue.accounts.sittings import end_all_of
from jiyue.accounts.views import PEOPLE, PersonMixin, last_login
from jiyue.common.clock import now
from jiyue.common.spreadsheets import csv_response
from jiyue.organisations.models import Unit


REPORT = (("accounts_report", _("任职清单")),)


class Move(PersonMixin, ActionScreen):
    page_title = _("调动")
    form_class = MoveForm
    parents = PEOPLE
    button = _("办理调动")
    grave = True
    done = _("已办理：原单位的角色全部收回，新单位的角色立即生效。")
    explanation = _("一次办完：收回原单位的全部角色，授予新单位的角色。此人写过、审过的记录都留在原单位。")

    def get_page_subtitle(self) -> str:
        return str(self.person)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "person": self.person}

    def act(self, form: MoveForm) -> list[Membership]:
        given = form.cleaned_data
        roles = [Role(role) for role in given.pop("roles")]
        return actions.move(self.person, roles=roles, **given, by=self.request.user, at=now())


class Leave(PersonMixin, ActionScreen):
    """Shows what is still waiting for the person before they go."""

    template_name = "accounts/leave.html"
    page_title = _("离岗")
    form_class = ReasonForm
    parents = PEOPLE
    button = _("办理离岗")
    tone = "no"
    grave = True
    done = _("已办理：角色全部收回，账号停用，登录全部结束。")

    def get_page_subtitle(self) -> str:
        return str(self.person)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "person": self.person,
            "debts": debts_of(self.person),
            "memberships": self.person.memberships.select_related("unit"),
        }

    def act(self, form: ReasonForm) -> None:
        actions.leave(self.person, by=self.request.user, at=now(), reason=form.cleaned_data["reason"])


class ResetFactors(PersonMixin, ActionScreen):
    page_title = _("重置第二因素")
    form_class = ReasonForm
    parents = PEOPLE
    button = _("重置")
    tone = "no"
    grave = True
    done = _("已重置。此人下次登录时须重新登记。")
    explanation = _("请先当面或打电话核实确是本人。动态口令、通行密钥和恢复码全部作废，此人的登录全部结束；密码不变。")

    def get_page_subtitle(self) -> str:
        return str(self.person)

    def act(self, form: ReasonForm) -> None:
        factors.reset(self.person, by=self.request.user, at=now(), reason=form.cleaned_data["reason"])


class Unlock(PersonMixin, Act):
    done = _("已解锁，可以马上登录。")

    def act(self) -> None:
        actions.unlock(self.person, by=self.request.user, at=now())


class EndSessions(PersonMixin, Act):
    button = _("结束全部登录")
    grave = True
    done = _("此人的登录已全部结束。")

    def act(self) -> None:
        end_all_of(self.person, by=self.request.user, at=now())


class ReportFilters(WagtailFilterSet):
    unit = django_filters.ModelChoiceFilter(label=_("单位"), queryset=Unit.objects.order_by("path"))
    role = django_filters.ChoiceFilter(label=_("角色"), choices=Role.choices)
    active = django_filters.BooleanFilter(label=_("启用"), field_name="user__is_active")

    class Meta:
        model = Membership
        fields: list[str] = []


class HolderColumn(TitleColumn):
    """The name leads to the account for whoever may open it; the audit administrator only reads it."""

    def get_link_url(self, instance: Membership, parent_context: Any) -> str | None:
        may_open = can_anywhere(parent_context["request"].user, Verb.GRANT)
        return reverse("accounts_person", args=[instance.user_id]) if may_open else None


class Report(ListScreen):
    """Who holds what where."""

    page_title = _("任职清单")
    page_subtitle = _("谁在哪个单位担任什么角色；每季度核对一次")
    header_icon = "list-ul"
    filterset_class = ReportFilters
    search_fields = ["user__username", "user__first_name", "unit__name"]
    default_ordering = "unit"
    paginate_by = 100
    verbose_name_plural = _("任职")
    columns = [
        Column("unit", label=_("单位"), accessor=lambda held: held.unit.name, sort_key="unit__path"),
        HolderColumn("person", label=_("姓名"), accessor=lambda held: str(held.user)),
        Column("username", classname="bo-wide", label=_("登录名"), accessor="user.username"),
        Column("role", label=_("角色"), accessor=Membership.get_role_display),
        Column(
            "last_login",
            classname="bo-wide bo-nowrap",
            label=_("最近登录"),
            accessor=lambda held: last_login(held.user),
        ),
    ]

    def is_grave(self, request: Any) -> bool:
        return request.GET.get("export") == "csv"

    @property
    def header_buttons(self) -> list[HeaderButton]:
        query = self.request.GET.copy()
        query["export"] = "csv"
        export = HeaderButton(
            label=_("导出 CSV"), url=f"?{query.urlencode()}", icon_name="download", attrs={"class": "button"}
        )
        confirm = HeaderButton(
            label=_("季度确认"), url=reverse("accounts_review"), icon_name="check", attrs={"class": "button"}
        )
        return [export, confirm]

    def get_base_queryset(self) -> QuerySet[Membership]:
        return report.everything_held()

    def order_queryset(self, queryset: QuerySet[Membership]) -> QuerySet[Membership]:
        return queryset if not self.is_explicitly_ordered else super().order_queryset(queryset)

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.GET.get("export") == "csv":
            audit.note_reading(by=request.user, at=now(), what="accounts.report", name=str(_("任职清单")))
            return _exported(self.get_queryset())
        return super().get(request, *args, **kwargs)


def _exported(held: QuerySet[Membership]) -> StreamingHttpResponse:
    header = [_("单位"), _("单位代码"), _("姓名"), _("登录名"), _("类别"), _("角色"), _("启用"), _("最近登录")]
    rows = (
        [
            row.unit.name, row.unit.code, row.user, row.user.username, row.user.get_kind_display(),
            row.get_role_display(), _("是") if row.user.is_active else _("否"),
            localtime(row.user.last_login).isoformat() if row.user.last_login else "",
        ]
        for row in held.iterator(2000)
    )  # fmt: skip
    return csv_response(f"roles-{now():%Y%m%d-%H%M}", header, rows)


def said(quarter: str) -> str:
    """``2026Q4`` as people say it."""
    year, _q, number = quarter.partition("Q")
    return gettext("%(year)s 年第 %(number)s 季度") % {"year": year, "number": number}


class Review(ActionScreen):
    """The quarterly signature under the list."""

    template_name = "accounts/review.html"
    page_title = _("季度确认")
    form_class = ReviewForm
    parents = REPORT
    button = _("确认清单无误")
    grave = True
    done = _("已记下：本季度的任职清单已核对。")

    def get_initial(self) -> dict[str, Any]:
        return {"seen": self.listed[0]}

    @cached_property
    def listed(self) -> tuple[str, int]:
        return report.digest_of_list()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        digest, rows = self.listed
        return {
            **super().get_context_data(**kwargs),
            "digest": digest,
            "rows": rows,
            "quarter": said(report.quarter_of(now())),
            "may_confirm": can_anywhere(self.request.user, Verb.GRANT),
            "reviews": [(said(review.quarter), review) for review in RoleReview.objects.select_related("by")[:12]],
        }

    def act(self, form: ReviewForm) -> RoleReview:
        return report.confirm_list(**form.cleaned_data, by=self.request.user, at=now())

    def get_back_url(self) -> str:
        return reverse("accounts_report")

    def get_success_url(self) -> str:
        return reverse("accounts_review")
