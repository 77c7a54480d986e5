"""Sessions: who is in since when, from where; when they end, and who may end them.

Django's session carries the number of a row (``Sitting``); the row decides. It is asked on every request to the back
office, so that ending it ends the session at once in every process and on every host.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.core.management import call_command
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from wagtail.admin import messages

from jiyue.accounts.audit import record
from jiyue.accounts.gate import guarded
from jiyue.accounts.models import Sitting, User
from jiyue.accounts.network import address_of, may_come_from, refuse
from jiyue.accounts.permissions import can_anywhere
from jiyue.accounts.roles import Verb
from jiyue.common.clock import now
from jiyue.common.errors import Refused


SLOT = "sitting"
STRONG = "strong"  # set by the door (accounts/door.py) before it lets somebody in
NOTED_EVERY = timedelta(minutes=1)  # how exactly the last act is known
CONFIRMED_FOR = timedelta(minutes=5)


def idle_limit(user: User) -> timedelta:
    staff = user.kind == User.Kind.STAFF
    return timedelta(minutes=settings.IDLE_MINUTES if staff else settings.IDLE_MINUTES_ADMINISTRATORS)


def most_sittings(user: User) -> int:
    return int(settings.SESSIONS_STAFF if user.kind == User.Kind.STAFF else settings.SESSIONS_ADMINISTRATORS)


def open_sittings(user: User, at: datetime) -> QuerySet[Sitting]:
    return Sitting.objects.filter(_alive(user, at), user=user)


def begin(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Whatever logs a person in makes a row; the oldest rows beyond the allowed number are over."""
    at = now()
    sitting = Sitting.objects.create(
        user=user,
        began_at=at,
        seen_at=at,
        confirmed_at=at,
        address=str(address_of(request) or ""),
        agent=request.META.get("HTTP_USER_AGENT", "")[:200],
        strong=request.session.pop(STRONG, False),
    )
    request.session[SLOT] = sitting.pk
    User.objects.filter(pk=user.pk).update(idle_from=at, idle_warned=None)
    Sitting.objects.filter(user=user).exclude(_alive(user, at)).delete()
    surplus = list(Sitting.objects.filter(user=user).order_by("-began_at", "-pk")[most_sittings(user) :])
    if surplus:
        Sitting.objects.filter(pk__in=[old.pk for old in surplus]).delete()


@transaction.atomic
def end(sender: Any, request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    """Whoever logs out ends the row."""
    if user is not None and Sitting.objects.filter(pk=request.session.get(SLOT, 0), user=user).delete()[0]:
        record(user, "accounts.logout", by=user, at=now())


def end_sittings(user: User, keep: int | None = None) -> int:
    """Ends all sessions of a person, or all but one. Part of whatever act asks for it."""
    return Sitting.objects.filter(user=user).exclude(pk=keep or 0).delete()[0]


@transaction.atomic
def end_others(user: User, keep: int | None, *, at: datetime) -> int:
    ended = end_sittings(user, keep)
    record(user, "accounts.sessions_end", by=user, at=at, ended=ended)
    return ended


@transaction.atomic
def end_all_of(user: User, *, by: User, at: datetime) -> int:
    if not can_anywhere(by, Verb.GRANT):
        raise Refused(_("只有安全管理员可以让别人下线。"))
    ended = end_sittings(user)
    record(user, "accounts.sessions_end", by=by, at=at, ended=ended)
    return ended


def forget(at: datetime) -> int:
    """A job: sessions that ended by themselves, ours and Django's."""
    call_command("clearsessions")
    return Sitting.objects.filter(began_at__lte=at - _longest()).delete()[0]


def renew_sittings(user: User) -> None:
    """What a person may do has changed: every session of theirs gets a new number with its next request."""
    Sitting.objects.filter(user=user).update(renew=True)


def sitting_of(request: HttpRequest) -> Sitting | None:
    found: Sitting | None = getattr(request, "sitting", None)
    return found


def is_fresh(request: HttpRequest, at: datetime) -> bool:
    sitting = sitting_of(request)
    return sitting is not None and at - sitting.confirmed_at < CONFIRMED_FOR


def confirm(request: HttpRequest, at: datetime) -> None:
    sitting = sitting_of(request)
    if sitting is not None:
        Sitting.objects.filter(pk=sitting.pk).update(confirmed_at=at)
        sitting.confirmed_at = at


class SittingGuard:
    """Lets a request of somebody logged in pass only while the session's row lives."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not guarded(request.path_info) or not request.user.is_authenticated:
            return self.get_response(request)
        at, user = now(), request.user
        sitting = Sitting.objects.filter(pk=request.session.get(SLOT, 0), user=user).first()
        if sitting is None or not _is_good(sitting, user, at):
            _show_out(request, sitting)
        elif not may_come_from(user, address_of(request)):
            return refuse(request, at=at, user=user)
        else:
            _note(request, sitting, at)
        return self.get_response(request)


def _is_good(sitting: Sitting, user: User, at: datetime) -> bool:
    if settings.SECOND_FACTOR == "required" and not sitting.strong:
        return False
    return at - sitting.seen_at < idle_limit(user) and at - sitting.began_at < _longest()


def _longest() -> timedelta:
    return timedelta(hours=settings.SESSION_HOURS)


def _alive(user: User, at: datetime) -> Q:
    return Q(seen_at__gt=at - idle_limit(user), began_at__gt=at - _longest())


def _show_out(request: HttpRequest, sitting: Sitting | None) -> None:
    if sitting is not None:
        sitting.delete()
    logout(request)
    request.user = AnonymousUser()
    messages.warning(request, _("登录已结束：太久没有操作、已在别处登录，或被结束。请重新登录。"))


def _note(request: HttpRequest, sitting: Sitting, at: datetime) -> None:
    request.sitting = sitting  # type: ignore[attr-defined]
    if sitting.renew:
        request.session.cycle_key()
        Sitting.objects.filter(pk=sitting.pk).update(renew=False)
    if at - sitting.seen_at >= NOTED_EVERY and not _is_background(request):
        Sitting.objects.filter(pk=sitting.pk).update(seen_at=at)


def _is_background(request: HttpRequest) -> bool:
    """What an open page asks on its own keeps nobody logged in."""
    return request.path_info.startswith(("/admin/editing-sessions/", "/admin/jsi18n/", "/admin/sprite"))


user_logged_in.connect(begin, dispatch_uid="accounts.sittings.begin")
user_logged_out.connect(end, dispatch_uid="accounts.sittings.end")
