"""我的账号: one's own password, second factors and sessions. Everybody has this screen, nobody has another's."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.admin.views.account import AccountView, ChangePasswordPanel, NameEmailSettingsPanel

from jiyue.accounts import actions, agents, confirm, factors, login, passwords
from jiyue.accounts.forms import PasswordForm
from jiyue.accounts.models import Factor, User
from jiyue.accounts.screens import Act, ActionScreen, Screen, ScreenMixin
from jiyue.accounts.sittings import end_others, idle_limit, most_sittings, open_sittings, sitting_of
from jiyue.common.clock import now
from jiyue.common.errors import Refused


MINE = (("wagtailadmin_account", gettext_lazy("我的账号")),)
SLOT = "factor_kept"


class Mine(Screen):
    template_name = "accounts/mine.html"
    page_title = gettext_lazy("我的账号")
    header_icon = "user"

    def get_page_subtitle(self) -> str:
        return f"{self.request.user} · {self.request.user.username} · {self.request.user.get_kind_display()}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, at, age = self.request.user, now(), passwords.max_age()
        return {
            **super().get_context_data(**kwargs),
            "person": user,
            "memberships": user.held,
            "password_due": user.password_at + age if age else None,
            "factors": user.factors.all(),
            "codes_left": factors.codes_left(user),
            "required": factors.is_required(),
            "sittings": [(one, agents.named(one.agent)) for one in open_sittings(user, at)],
            "sitting": sitting_of(self.request),
            "idle_minutes": int(idle_limit(user).total_seconds() // 60),
            "most": most_sittings(user),
        }


class Preferences(AccountView):
    """Language and colours. Names, addresses and passwords are not changed here: not unseen, not without the trail."""

    page_title = gettext_lazy("语言与配色")
    template_name = "accounts/preferences.html"

    def get_panels(self) -> list[Any]:
        return [
            panel
            for panel in super().get_panels()
            if panel.name in {"locale", "theme"}
            and not isinstance(panel, (NameEmailSettingsPanel, ChangePasswordPanel))
        ]

    def post(self, request: Any) -> HttpResponse:
        answer = super().post(request)
        return redirect("accounts_preferences") if answer.status_code == 302 else answer


class OwnPasswordForm(PasswordForm):
    old = forms.CharField(
        label=gettext_lazy("现在的密码"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ("old", "password", "again")


class OwnPassword(ActionScreen):
    page_title = gettext_lazy("更换密码")
    form_class = OwnPasswordForm
    parents = MINE
    button = gettext_lazy("更换")
    done = gettext_lazy("密码已更换，您在别处的登录都已结束。")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "person": self.request.user}

    def form_valid(self, form: Any) -> HttpResponse:
        if not confirm.is_own_password(self.request, form.cleaned_data["old"], now()):
            form.add_error("old", _("现在的密码不对。"))
            return self.form_invalid(form)
        return super().form_valid(form)

    def act(self, form: OwnPasswordForm) -> None:
        sitting = sitting_of(self.request)
        user = User.objects.get(pk=self.request.user.pk)
        actions.set_password(user, form.cleaned_data["password"], at=now(), keep=sitting.pk if sitting else None)
        update_session_auth_hash(self.request, user)

    def get_back_url(self) -> str:
        return reverse("wagtailadmin_account")


class AddForm(login.EnrolForm):
    name = forms.CharField(
        label=gettext_lazy("给通行密钥起个名称"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("如“办公室电脑”。"),
    )
    field_order = ("code", "name", "passkey")


class AddFactor(ScreenMixin, FormView[AddForm]):
    """Another app or passkey; the new app takes the place of the old one."""

    template_name = "accounts/mine_factor.html"
    page_title = gettext_lazy("登记第二因素")
    form_class = AddForm
    parents = MINE
    button = gettext_lazy("登记第二因素")
    grave = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        secret, _challenge = login.opened(self.request.session.get(SLOT, "")) or (factors.new_secret(), "")
        options, challenge = factors.passkey_options(self.request.user)
        self.request.session[SLOT] = login.closed(secret, challenge)
        picture = login.picture_of(self.request.user, secret)
        return {**super().get_context_data(**kwargs), **picture, "passkey_options": options}

    def form_valid(self, form: AddForm) -> HttpResponse:
        secret, challenge = login.opened(self.request.session.get(SLOT, "")) or ("", "")
        try:
            codes = login.add_factor(self.request, self.request.user, form, secret, challenge)
        except Refused as refused:
            form.add_error(None, str(refused))
            return self.form_invalid(form)
        self.request.session.pop(SLOT, None)
        messages.success(self.request, _("已登记。"))
        return show_codes(self.request, codes) if codes else redirect("wagtailadmin_account")


class RemoveFactor(Act):
    button = gettext_lazy("移除第二因素")
    grave = True
    done = gettext_lazy("已移除。")
    back = "wagtailadmin_account"

    def act(self) -> None:
        factor = get_object_or_404(Factor, pk=self.kwargs["pk"], user=self.request.user)
        factors.remove(factor, by=self.request.user, at=now())


class RenewCodes(Act):
    """Ten new codes, shown at once and never again."""

    button = gettext_lazy("换一组恢复码")
    grave = True

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:  # type: ignore[override]
        return show_codes(request, factors.renew_codes(request.user, by=request.user, at=now()))


class EndOthers(Act):
    done = gettext_lazy("其他登录都已结束。")
    back = "wagtailadmin_account"

    def act(self) -> None:
        sitting = sitting_of(self.request)
        end_others(self.request.user, sitting.pk if sitting else None, at=now())


class Confirm(ScreenMixin, FormView[forms.Form]):
    """Asked before an export; what leads here carries its address along."""

    template_name = "accounts/confirm.html"
    page_title = gettext_lazy("再次验证身份")
    form_class = forms.Form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        following = get_valid_next_url_from_request(self.request)
        return {
            **super().get_context_data(**kwargs),
            **confirm.question(self.request),
            "carried": [("next", following)] if following else [],
        }

    def form_valid(self, form: forms.Form) -> HttpResponse:
        if confirm.prove(self.request, now()):
            return redirect(get_valid_next_url_from_request(self.request) or reverse("wagtailadmin_home"))
        return self.render_to_response(self.get_context_data(wrong=_("没有通过，请再输一次。")))


def show_codes(request: Any, codes: list[str]) -> HttpResponse:
    return render(request, "accounts/mine_codes.html", {"codes": codes, "page_title": _("恢复码")})
