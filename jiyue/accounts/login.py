"""The screens before the back office: password, second factor, enrolment, a password that is too old."""

from __future__ import annotations

import base64
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView
from wagtail.admin import messages

from jiyue.accounts import actions, door, factors, lockout, oidc
from jiyue.accounts.forms import PasswordForm
from jiyue.accounts.models import User
from jiyue.common.clock import now
from jiyue.common.errors import Refused
from jiyue.common.sealing import seal, unseal


CODE_INPUT = {"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false", "autofocus": ""}


class LoginForm(forms.Form):
    username = forms.CharField(
        label=gettext_lazy("登录名"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": ""}),
    )
    password = forms.CharField(
        label=gettext_lazy("密码"),
        strip=False,
        max_length=1024,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("动态口令或恢复码"), max_length=40, required=False, widget=forms.TextInput(attrs=CODE_INPUT)
    )
    passkey = forms.CharField(required=False, widget=forms.HiddenInput(attrs={"data-passkey-answer": ""}))


class EnrolForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("手机上显示的六位数字"),
        max_length=10,
        required=False,
        widget=forms.TextInput(attrs={**CODE_INPUT, "inputmode": "numeric"}),
    )
    passkey = forms.CharField(required=False, widget=forms.HiddenInput(attrs={"data-passkey-answer": ""}))


@method_decorator([sensitive_post_parameters("password"), never_cache], name="dispatch")
class Login(FormView[LoginForm]):
    template_name = "wagtailadmin/login.html"
    form_class = LoginForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.has_perm("wagtailadmin.access_admin"):
            return redirect("wagtailadmin_home")
        return super().get(request, *args, **kwargs)

    def form_valid(self, form: LoginForm) -> HttpResponse:
        at = now()
        try:
            user = door.knock(self.request, **form.cleaned_data, at=at)
            return door.arrive(
                self.request, user, at=at, way=door.PASSWORD, following=self.request.POST.get("next", "")
            )
        except Refused as refused:
            form.add_error(None, str(refused))
            return self.form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        following = self.request.POST.get("next") or self.request.GET.get("next", "")
        return {**super().get_context_data(**kwargs), "next": following, "single_sign_on": oidc.is_configured()}


class DoorstepView(FormView[Any]):
    """For whoever has shown one proof; everybody else starts at the beginning."""

    person: User
    step: door.Doorstep

    @method_decorator([sensitive_post_parameters(), never_cache])
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.at = now()
        waiting = door.on_doorstep(request, at=self.at)
        if waiting is None:
            return redirect("wagtailadmin_login")
        self.person, self.step = waiting
        if not self.applies():
            return door.proceed(request, self.person, self.step, at=self.at)
        return super().dispatch(request, *args, **kwargs)

    def applies(self) -> bool:
        """Whether this is the proof that is lacking now: nobody chooses an easier one."""
        return door.next_screen(self.person, self.step, self.at) == self.request.resolver_match.view_name  # type: ignore[union-attr]

    def onwards(self, **changed: Any) -> HttpResponse:
        step = door.stay(self.request, self.step, **changed)
        return door.proceed(self.request, self.person, step, at=self.at)

    def keep(self, secret: str) -> None:
        self.step = door.stay(self.request, self.step, kept=secret)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "person": self.person}


class FactorStep(DoorstepView):
    template_name = "accounts/login_factor.html"
    form_class = CodeForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        options, challenge = factors.challenge_options(self.person)
        self.keep(challenge)
        return {**super().get_context_data(**kwargs), "passkey_options": options}

    def form_valid(self, form: CodeForm) -> HttpResponse:
        account = lockout.account_of(str(self.person.pk), "factor")
        origin = lockout.origin_of(self.request, self.person.username)
        if lockout.admit(account, origin, at=self.at) and self._is_right(form):
            lockout.succeeded(account, origin)
            return self.onwards(strong=True, kept="")
        door.note_failure("accounts.factor_failed", self.person.username, at=self.at)
        form.add_error(None, _("没有通过。口令每 30 秒换一个，每个只能用一次；连续错 5 次须等 30 分钟。"))
        return self.form_invalid(form)

    def _is_right(self, form: CodeForm) -> bool:
        given, challenge = form.cleaned_data, self.step.kept
        if given["passkey"]:
            self.keep("")
            origin = origin_of(self.request)
            return factors.check_passkey(self.person, given["passkey"], challenge, origin=origin, at=self.at)
        return factors.check_code(self.person, given["code"], at=self.at)


class EnrolFactor(DoorstepView):
    """The first factor of a person: nothing else opens before."""

    template_name = "accounts/login_enrol.html"
    form_class = EnrolForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        secret, _challenge = opened(self.step.kept) or (factors.new_secret(), "")
        options, challenge = factors.passkey_options(self.person)
        self.keep(closed(secret, challenge))
        return {**super().get_context_data(**kwargs), **picture_of(self.person, secret), "passkey_options": options}

    def form_valid(self, form: EnrolForm) -> HttpResponse:
        secret, challenge = opened(self.step.kept) or ("", "")
        try:
            codes = add_factor(self.request, self.person, form, secret, challenge)
        except Refused as refused:
            form.add_error(None, str(refused))
            return self.form_invalid(form)
        door.stay(self.request, self.step, strong=True, kept="")
        return render(self.request, "accounts/login_codes.html", {"codes": codes, "person": self.person})


class Onwards(DoorstepView):
    """After the recovery codes were shown."""

    http_method_names = ["post"]

    def applies(self) -> bool:
        return False


class ExpiredPassword(DoorstepView):
    template_name = "accounts/login_expired.html"
    form_class = PasswordForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "person": self.person}

    def form_valid(self, form: PasswordForm) -> HttpResponse:
        actions.set_password(self.person, form.cleaned_data["password"], at=self.at)
        messages.success(self.request, _("密码已更换。"))
        return self.onwards(stamp=self.person.get_session_auth_hash())


def add_factor(request: HttpRequest, user: User, form: EnrolForm, secret: str, challenge: str) -> list[str]:
    """Whichever of the two the person has just made."""
    given = form.cleaned_data
    if given["passkey"]:
        name = given.get("name", "")
        return factors.add_passkey(user, given["passkey"], challenge, name=name, origin=origin_of(request), at=now())
    return factors.add_totp(user, secret, given["code"], at=now())


def picture_of(user: User, secret: str) -> dict[str, Any]:
    grouped = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    import segno  # only who enrols needs it

    code = segno.make(factors.provisioning_uri(user, secret), error="m", micro=False)  # too long for common/qr.py
    return {
        "qr": SafeString(code.svg_inline(omitsize=True, border=2, svgclass=None, lineclass=None)),
        "secret": grouped,
    }


def origin_of(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"


def closed(secret: str, challenge: str) -> str:
    """Secret and challenge for the session: sealed, since sessions lie in the database."""
    sealed = seal(factors.PURPOSE, f"{secret} {challenge}".encode(), "session")
    return base64.b64encode(sealed).decode()


def opened(kept: str) -> tuple[str, str] | None:
    if not kept:
        return None
    secret, _space, challenge = unseal(factors.PURPOSE, base64.b64decode(kept), "session").decode().partition(" ")
    return secret, challenge
