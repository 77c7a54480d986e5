"""Where a request comes from, and whether the staff's networks include it."""

import ipaddress
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from jiyue.accounts import audit
from jiyue.accounts.gate import guarded
from jiyue.accounts.models import User
from jiyue.accounts.permissions import memberships_of
from jiyue.common.clock import now
from jiyue.common.limits import allow


Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def address_of(request: HttpRequest) -> Address | None:
    """The client's address. ``X-Forwarded-For`` is read from the right, past our own proxies, and only when the
    connection itself comes from one of them (our server has done the same already: publishing/bridge.py)."""
    hops = [request.META.get("REMOTE_ADDR", "")]
    if hops[0] in settings.TRUSTED_PROXIES:
        hops += reversed(request.META.get("HTTP_X_FORWARDED_FOR", "").split(","))
    named = [hop.strip() for hop in hops if hop.strip()]
    outside = next((hop for hop in named if hop not in settings.TRUSTED_PROXIES), named[-1] if named else "")
    return _address(outside)


def is_inside(address: Address | None, networks: Iterable[Network]) -> bool:
    """No networks: everywhere."""
    networks = list(networks)
    return not networks or (address is not None and any(address in network for network in networks))


def may_come_from(user: User, address: Address | None) -> bool:
    """Whether every role the person holds may be used from there."""
    bounds = settings.ROLE_NETWORKS
    return all(is_inside(address, bounds.get(membership.role, ())) for membership in memberships_of(user))


class StaffNetworks:
    """Answers the back office to the staff's networks only, before anything else is asked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if guarded(request.path_info) and not is_inside(address_of(request), settings.STAFF_NETWORKS):
            return refuse(request, at=now())
        return self.get_response(request)


def refuse(request: HttpRequest, *, at: datetime, user: User | None = None) -> HttpResponse:
    """A plain page; written down once an hour for each address, so that nobody fills the trail from outside."""
    address = str(address_of(request) or "?")
    if allow("network-refused", address, rate=1, per=timedelta(hours=1), at=at):
        with transaction.atomic():
            audit.note("accounts.network_refused", by=user, at=at, name=address)
    return render(request, "accounts/outside.html", {"address": address}, status=403)


def _address(text: str) -> Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
