"""The one door of the back office. Password, single sign-on, whatever comes: each proves who somebody is and hands the
person to ``arrive``; only ``proceed`` lets in, when the second factor is proven and the password not too old.

Until then the person is not logged in: a *doorstep* in the session says how far they have come, and opens nothing.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate, login
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from jiyue.accounts import audit, lockout, network, passwords
from jiyue.accounts.audit import record
from jiyue.accounts.factors import has_factor, is_required
from jiyue.accounts.models import User
from jiyue.accounts.permissions import memberships_of
from jiyue.accounts.sittings import STRONG
from jiyue.common.errors import Refused
from jiyue.common.limits import allow


SLOT = "doorstep"
WAITS = timedelta(minutes=15)
BACKEND = "jiyue.accounts.backends.MembershipBackend"
PASSWORD, SINGLE_SIGN_ON = "password", "oidc"


@dataclass(frozen=True)
class Doorstep:
    """Somebody who has shown one proof and may have to show another."""

    user: int
    since: float
    stamp: str  # of the password then: a change elsewhere ends this, too
    way: str
    strong: bool = False
    next: str = ""
    kept: str = ""  # a secret or challenge between two requests, sealed where it has to be


def knock(request: HttpRequest, username: str, password: str, *, at: datetime) -> User:
    """The person with this name and password. The hasher works whatever is wrong, and the refusal says the same."""
    account, origin = lockout.account_of(username), lockout.origin_of(request, username)
    if not lockout.admit(account, origin, at=at):
        make_password(password)
        _note_locked(username, account, at)
        raise Refused(wrong())
    user = authenticate(request, username=username, password=password)
    if not isinstance(user, User):
        note_failure("accounts.login_failed", username, at=at)
        raise Refused(wrong())
    lockout.succeeded(account, origin)
    return user


def wrong() -> str:
    return _("登录名或密码不对。连续错 %(failures)d 次，%(minutes)d 分钟内不能再试；着急请找安全管理员解锁。") % {
        "failures": settings.LOCKOUT_FAILURES,
        "minutes": settings.LOCKOUT_MINUTES,
    }


def arrive(
    request: HttpRequest, user: User, *, at: datetime, way: str, strong: bool = False, following: str = ""
) -> HttpResponse:
    """A first proof was good. Nothing of the session before survives it."""
    if not network.may_come_from(user, network.address_of(request)):
        return network.refuse(request, at=at, user=user)
    if not memberships_of(user):
        raise Refused(_("这个账号还没有角色，请联系安全管理员。"))
    request.session.flush()
    step = Doorstep(user.pk, at.timestamp(), user.get_session_auth_hash(), way, strong, following)
    request.session[SLOT] = asdict(step)
    return proceed(request, user, step, at=at)


def on_doorstep(request: HttpRequest, *, at: datetime) -> tuple[User, Doorstep] | None:
    """Who is waiting at the door, unless too much time has passed or the account has changed meanwhile."""
    kept = request.session.get(SLOT)
    if not kept:
        return None
    step = Doorstep(**kept)
    user = User.objects.filter(pk=step.user, is_active=True).first()
    if user is None or at.timestamp() - step.since > WAITS.total_seconds():
        return None
    return (user, step) if constant_time_compare(user.get_session_auth_hash(), step.stamp) else None


def stay(request: HttpRequest, step: Doorstep, **changed: Any) -> Doorstep:
    step = replace(step, **changed)
    request.session[SLOT] = asdict(step)
    return step


def proceed(request: HttpRequest, user: User, step: Doorstep, *, at: datetime) -> HttpResponse:
    """To the next proof, or in."""
    lacking = next_screen(user, step, at)
    return redirect(lacking) if lacking else _enter(request, user, step, at)


def next_screen(user: User, step: Doorstep, at: datetime) -> str:
    if not step.strong:
        if has_factor(user):
            return "accounts_factor"
        if is_required():
            return "accounts_enrol_factor"
    if step.way == PASSWORD and passwords.is_expired(user, at):
        return "accounts_expired"
    return ""


@transaction.atomic
def _enter(request: HttpRequest, user: User, step: Doorstep, at: datetime) -> HttpResponse:
    request.session.pop(SLOT, None)
    request.session[STRONG] = step.strong
    login(request, user, backend=BACKEND)
    request.session.set_expiry(0)  # the browser forgets the cookie when it closes
    record(user, "accounts.login", by=user, at=at, way=step.way)
    response = redirect(_safe(request, step.next))
    lockout.mark_device(request, response, user)
    return response


def _safe(request: HttpRequest, address: str) -> str:
    safe = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if safe else reverse("wagtailadmin_home")


def _note_locked(username: str, account: str, at: datetime) -> None:
    """Once for each lock: what is refused unseen needs no row each time."""
    if allow("login-locked", account, rate=1, per=lockout.window(), at=at):
        note_failure("accounts.locked", username, at=at)


@transaction.atomic
def note_failure(action: str, username: str, *, at: datetime) -> None:
    """The same work for a name that exists and one that does not. Of the latter only the beginning is kept: people
    type passwords there."""
    known = User.objects.filter(username=username).exists()
    audit.note(action, by=None, at=at, name=username if known else f"{username[:2]}…", known=known)


def note_refusal(action: str, reason: str, *, at: datetime) -> None:
    """From outside, without a name: at most ten a minute are worth a row."""
    if allow("login-refused", action, rate=10, per=timedelta(minutes=1), at=at):
        with transaction.atomic():
            audit.note(action, by=None, at=at, name=reason[:200])
