"""Once more, please: before a grave act a person proves again who they are, if they have not within five minutes.

The question stands in the answer to the very POST it is about and carries everything that was typed; the proof comes
back with it to the same address. Nothing is stored, nothing is lost. A grave GET (an export) asks on a screen of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from jiyue.accounts import factors, lockout
from jiyue.accounts.models import User
from jiyue.accounts.sittings import confirm, is_fresh
from jiyue.common.clock import now


PROOF, PASSKEY, CHALLENGE = "_proof", "_passkey", "confirm_challenge"
OURS = {PROOF, PASSKEY, "csrfmiddlewaretoken"}


class GraveMixin:
    """For views: ``grave = True`` asks before a POST."""

    grave = False
    button: Any = ""  # what the person pressed: named when they are asked

    def is_grave(self, request: HttpRequest) -> bool:
        return self.grave and request.method == "POST"

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        asked = ask_first(request, str(self.button)) if self.is_grave(request) else None
        answer: HttpResponseBase = asked or super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        return answer


@sensitive_post_parameters(PROOF)
def ask_first(request: Any, doing: str = "") -> HttpResponse | None:
    """The question, or ``None`` when there is nothing to ask. ``doing``: what it is about."""
    at = now()
    if is_fresh(request, at):
        return None
    if request.method != "POST":
        return redirect(f"{reverse('accounts_confirm')}?{urlencode({'next': request.get_full_path()})}")
    wrong = ""
    if PROOF in request.POST:
        if prove(request, at):
            return None
        wrong = _("没有通过，请再输一次。连续错 5 次须等 30 分钟。")
    carried = [(name, value) for name, values in request.POST.lists() if name not in OURS for value in values]
    told = {"carried": carried, "wrong": wrong, "doing": doing}
    return render(request, "accounts/confirm.html", {**told, **question(request)})


def question(request: Any) -> dict[str, Any]:
    options, challenge = factors.challenge_options(request.user)
    request.session[CHALLENGE] = challenge
    return {
        "page_title": _("再次验证身份"),
        "passkey_options": options,
        "has_totp": factors.has_factor(request.user),
        "has_password": request.user.has_usable_password(),
    }


def prove(request: Any, at: datetime) -> bool:
    """Whether what was given is the password, a code of the app, or the answer of a passkey."""
    if not _counted(request, at, lambda: _is_right(request, request.user, at)):
        return False
    confirm(request, at)
    return True


def is_own_password(request: Any, given: str, at: datetime) -> bool:
    """For the screen that changes it: guesses are counted there, too."""
    return _counted(request, at, lambda: request.user.check_password(given))


def _counted(request: Any, at: datetime, is_right: Callable[[], bool]) -> bool:
    account = lockout.account_of(str(request.user.pk), "factor")
    origin = lockout.origin_of(request, request.user.username)
    if not lockout.admit(account, origin, at=at) or not is_right():
        return False
    lockout.succeeded(account, origin)
    return True


def _is_right(request: Any, user: User, at: datetime) -> bool:
    given, answer = request.POST.get(PROOF, ""), request.POST.get(PASSKEY, "")
    challenge = request.session.pop(CHALLENGE, "")
    if answer:
        origin = f"{request.scheme}://{request.get_host()}"
        return factors.check_passkey(user, answer, challenge, origin=origin, at=at)
    if given.isdecimal() and len(given) == 6 and factors.has_factor(user):
        return factors.check_code(user, given, at=at)
    return bool(given) and user.check_password(given)
