"""Where the request that is being answered came from, for whoever writes it down (trail, logs)."""

import ipaddress
import secrets
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse


@dataclass(frozen=True, slots=True)
class Origin:
    """``address``: of the client, as the server or a trusted proxy saw it; ``request``: our own number of the request.
    Both empty outside a request."""

    address: str = ""
    request: str = ""


NOWHERE = Origin()
_current: ContextVar[Origin] = ContextVar("origin", default=NOWHERE)


def origin() -> Origin:
    return _current.get()


class Origins:
    """Middleware. What a client says of itself is not believed: the address is the one ``publishing.bridge`` worked
    out from the connection and the trusted proxies, the number is drawn here and told in ``X-Request-ID``."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        here = Origin(_address(request.META.get("REMOTE_ADDR", "")), secrets.token_hex(8))
        before = _current.set(here)
        try:
            response = self.get_response(request)
        finally:
            _current.reset(before)
        response["X-Request-ID"] = here.request
        return response


def _address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text.partition("%")[0]))
    except ValueError:
        return ""  # a socket file
