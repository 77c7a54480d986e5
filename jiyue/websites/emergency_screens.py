"""紧急停用: what is taken to a notice at present, taking something there, bringing it back."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets import HeaderButton

from jiyue.accounts.models import User
from jiyue.accounts.permissions import can_anywhere, units_where
from jiyue.accounts.roles import Verb
from jiyue.accounts.screens import ActionScreen, ListScreen
from jiyue.common.clock import now
from jiyue.common.errors import Refused
from jiyue.websites.emergency import find_page, resume, suspend
from jiyue.websites.models import Suspension, Website


MAY_SUSPEND = (Verb.RUN, Verb.SUPERVISE, Verb.EMERGENCY, Verb.ARRANGE)
PARENTS = (("websites_suspensions", _("紧急停用")),)
PAGE, WEBSITE, CLUSTER = "page", "website", "cluster"


def websites_of(user: User) -> QuerySet[Website]:
    """Those a person may take to a notice."""
    if can_anywhere(user, Verb.RUN):
        return Website.objects.all()
    return Website.objects.filter(unit__in=units_where(user, *MAY_SUSPEND))


class SuspendForm(forms.Form):
    scope = forms.ChoiceField(label=_("停用什么"), widget=forms.RadioSelect)
    page = forms.CharField(label=_("网页地址"), required=False, help_text=_("从浏览器地址栏复制完整的网址。"))
    website: Any = forms.ModelChoiceField(label=_("网站"), queryset=None, required=False, empty_label=_("请选择"))
    reason = forms.CharField(label=_("原因"), max_length=300, help_text=_("记入审计，公众看不到。"))
    text = forms.CharField(
        label=_("向公众说明"), max_length=300, required=False, help_text=_("写在公告页上；不填则用通用的话。")
    )
    sure = forms.BooleanField(label=_("我确认：公众将立即看不到所选内容，只看到暂停公告"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(PAGE, _("一个网页")), (WEBSITE, _("一个网站"))]
        if can_anywhere(user, Verb.RUN):
            choices.append((CLUSTER, _("全部网站")))
        scope: Any = self.fields["scope"]
        scope.choices = choices
        website: Any = self.fields["website"]
        website.queryset = websites_of(user)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("scope") == PAGE:
            self._find_page(given)
        elif given.get("scope") == WEBSITE and not given.get("website"):
            self.add_error("website", _("请选择网站。"))
        elif given.get("scope") == CLUSTER:
            given["website"] = None
        return given

    def _find_page(self, given: dict[str, Any]) -> None:
        try:
            given["website"], given["path"] = find_page(given.get("page", "").strip())
        except Refused as refused:
            self.add_error("page", str(refused))


class ResumeForm(forms.Form):
    reason = forms.CharField(label=_("说明"), max_length=300, required=False, help_text=_("记入审计，可以不写。"))


class StateColumn(Column):
    cell_template_name = "websites/cells/suspension.html"


class Suspensions(ListScreen):
    page_title = _("紧急停用")
    page_subtitle = _("网页、网站或全部网站立即答复暂停公告，几秒内恢复")
    header_icon = "no-view"
    default_ordering = "-since"
    verbose_name_plural = _("紧急停用")
    empty_title = _("没有停用过")
    empty_hint = _("发现被篡改、泄密或重大差错时，点上面的“停用…”，先停用，再处理。")
    columns = [
        Column("what", label=_("停用什么"), accessor=str),
        Column("reason", label=_("原因")),
        Column(
            "since",
            classname="bo-nowrap",
            label=_("开始"),
            accessor=lambda row: date_format(localtime(row.since), "Y-m-d H:i", use_l10n=False),
            sort_key="since",
        ),
        Column("by", classname="bo-wide", label=_("停用人"), accessor=lambda row: str(row.by or _("服务器命令"))),
        StateColumn("state", label=_("状态")),
    ]

    @property
    def header_buttons(self) -> list[HeaderButton]:
        url = reverse("websites_suspend")
        return [HeaderButton(label=_("停用…"), url=url, icon_name="warning", classname="no")]

    def get_base_queryset(self) -> QuerySet[Suspension]:
        return suspensions_of(self.request.user).select_related("website__unit", "by", "ended_by")


def suspensions_of(user: User) -> QuerySet[Suspension]:
    return Suspension.objects.filter(Q(website=None) | Q(website__in=websites_of(user)))


class Suspend(ActionScreen):
    page_title = _("紧急停用")
    form_class = SuspendForm
    parents = PARENTS
    button = _("立即停用")
    template_name = "websites/suspend.html"
    explanation = _("一两秒内生效：公众打开所选的网页或网站，只看到暂停公告。内容不删除，随时可以在“紧急停用”中恢复。")
    tone = "no"
    grave = True
    done = _("已停用，公众看到的是暂停公告。")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user}

    def act(self, form: SuspendForm) -> Suspension:
        given = form.cleaned_data
        return suspend(
            given["website"],
            path=given.get("path", ""),
            reason=given["reason"],
            text=given["text"],
            by=self.request.user,
            at=now(),
        )

    def get_back_url(self) -> str:
        return reverse("websites_suspensions")


class Resume(ActionScreen):
    page_title = _("恢复服务")
    form_class = ResumeForm
    parents = PARENTS
    button = _("立即恢复")
    done = _("已恢复。")

    @cached_property
    def suspension(self) -> Suspension:
        mine = suspensions_of(self.request.user).filter(until=None)
        return get_object_or_404(mine.select_related("website"), pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return str(self.suspension)

    def act(self, form: ResumeForm) -> Suspension:
        row, reason = self.suspension, form.cleaned_data["reason"]
        return resume(row.website, path=row.path, reason=reason, by=self.request.user, at=now())

    def get_back_url(self) -> str:
        return reverse("websites_suspensions")
