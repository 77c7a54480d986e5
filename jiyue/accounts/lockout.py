"""Guessing is bounded before anything is looked at, in the database: no process, no restart and no name forgets it.

Every attempt is counted first, in three places: for the account from this origin, for the account from anywhere, and
for the origin over all accounts. Who comes with the cookie of a device on which the person once logged in has an origin
of its own and passes the account's brake, so that nobody can keep the owner out by guessing (OWASP: device cookies).
Names that do not exist are counted alike. 等保三级 GB/T 22239-2019 8.1.4.1 b).
"""

import hashlib
import ipaddress
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db.models import F
from django.http import HttpRequest, HttpResponseBase

from jiyue.accounts.models import GuessCount, User
from jiyue.accounts.network import address_of


ANY = "*"
DEVICE = "device:"
DEVICE_COOKIE = "jiyue_device"
DEVICE_FOR = timedelta(days=90)
SALT = "jiyue.accounts.device"


def window() -> timedelta:
    return timedelta(minutes=settings.LOCKOUT_MINUTES)


def account_of(username: str, purpose: str = "password") -> str:
    """How an account is named among the counts. Typed names are kept as digests: people type passwords there."""
    return hashlib.sha256(f"{purpose}:{username.strip().casefold()}".encode()).hexdigest()


def origin_of(request: HttpRequest, username: str) -> str:
    """The device, if the account has been logged in to on it before; otherwise the address."""
    device = _device(request)
    if device and device[0] == account_of(username):
        return f"{DEVICE}{device[1]}"
    return address_origin(request)


def address_origin(request: HttpRequest) -> str:
    """One IPv6 customer has 2^64 addresses and counts once."""
    address = address_of(request)
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.IPv6Network((address, 64), strict=False))
    return str(address or "?")


def admit(account: str, origin: str, *, at: datetime) -> bool:
    """Counts an attempt, or answers that it may not be made. Atomic on its own: nothing is read before it is counted."""
    bounds = [(account, origin, settings.LOCKOUT_FAILURES)]
    if not origin.startswith(DEVICE):
        bounds += [(account, ANY, settings.LOCKOUT_FAILURES_ACCOUNT), (ANY, origin, settings.LOCKOUT_FAILURES_ADDRESS)]
    for number, (name, place, limit) in enumerate(bounds):
        if not _count(name, place, limit, at):
            for counted_name, counted_place, _limit in bounds[:number]:
                _refund(counted_name, counted_place)
            return False
    return True


def succeeded(account: str, origin: str) -> None:
    """The attempt was no guess: it does not count, and this origin starts afresh. The others' guesses stay."""
    GuessCount.objects.filter(account=account, origin=origin).delete()
    if not origin.startswith(DEVICE):  # only what was counted is given back
        _refund(account, ANY)
        _refund(ANY, origin)


def is_locked(user: User, at: datetime) -> bool:
    """Whether somebody, somewhere, is being refused on this account now."""
    counts = GuessCount.objects.filter(account__in=accounts_of(user), until__gt=at)
    anywhere = counts.filter(origin=ANY, count__gte=settings.LOCKOUT_FAILURES_ACCOUNT)
    return anywhere.exists() or counts.exclude(origin=ANY).filter(count__gte=settings.LOCKOUT_FAILURES).exists()


def accounts_of(user: User) -> list[str]:
    return [account_of(user.username), account_of(str(user.pk), "factor")]


def forget(at: datetime) -> int:
    """A job: what has run out."""
    return GuessCount.objects.filter(until__lte=at).delete()[0]


def mark_device(request: HttpRequest, response: HttpResponseBase, user: User) -> None:
    device, account = _device(request), account_of(user.username)
    number = device[1] if device and device[0] == account else secrets.token_hex(8)
    response.set_cookie(
        DEVICE_COOKIE,
        signing.dumps([account, number], salt=SALT),
        max_age=DEVICE_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
        path="/admin/",
    )


def _device(request: HttpRequest) -> tuple[str, str] | None:
    try:
        account, number = signing.loads(request.COOKIES.get(DEVICE_COOKIE, ""), salt=SALT, max_age=DEVICE_FOR)
    except (signing.BadSignature, TypeError, ValueError):
        return None
    return account, number


def _count(account: str, origin: str, limit: int, at: datetime) -> bool:
    rows = GuessCount.objects.filter(account=account, origin=origin)
    until = at + window()
    GuessCount.objects.bulk_create([GuessCount(account=account, origin=origin, until=until)], ignore_conflicts=True)
    rows.filter(until__lte=at).update(count=0, until=until)
    return bool(rows.filter(count__lt=limit).update(count=F("count") + 1, until=until))


def _refund(account: str, origin: str) -> None:
    GuessCount.objects.filter(account=account, origin=origin, count__gt=0).update(count=F("count") - 1)
