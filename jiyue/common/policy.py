"""What a browser may do with an answer of the back office (public pages: publishing/headers.py).

No script runs there that is not ours: files of our own host, and the few lines Wagtail writes into its forms, which carry
the number drawn for this one answer (our copies of those five templates). The same holds for style sheets; those that
Wagtail's editor writes while it runs get the number from static/backoffice/styles.js.
"""

import secrets
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString, mark_safe


PERMISSIONS: Final = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"
_nonce: ContextVar[str] = ContextVar("nonce", default="")


def nonce() -> str:
    """The number of the answer being written."""
    return _nonce.get()


class OfficePolicy:
    """Middleware. A view that is stricter keeps its own policy."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        drawn = nonce() or secrets.token_urlsafe(16)  # a preview is an answer within an answer
        before = _nonce.set(drawn)
        try:
            response = self.get_response(request)
        finally:
            _nonce.reset(before)
        if request.path_info.partition("/")[2].partition("/")[0] in settings.OFFICE_PATHS:
            response.headers.setdefault("Content-Security-Policy", content_policy(drawn))
            response.headers.setdefault("Permissions-Policy", PERMISSIONS)
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response


def content_policy(drawn: str) -> str:
    issuer = urlsplit(settings.OIDC_ISSUER)
    leads_to = f" {issuer.scheme}://{issuer.netloc}" if issuer.netloc else ""
    return (
        f"default-src 'none'; script-src 'self' 'nonce-{drawn}'; style-src 'self' 'nonce-{drawn}'; "
        "img-src 'self' data: blob:; font-src 'self' data:; media-src 'self' blob:; connect-src 'self'; "
        f"frame-src 'self'; manifest-src 'self'; form-action 'self'{leads_to}; frame-ancestors 'self'; base-uri 'none'"
    )


def number_choosers() -> None:
    """Wagtail writes the start of a chooser as a script of its own, in code; it gets the number, too."""
    from wagtail.admin.widgets import BaseChooser

    original = BaseChooser.render

    def render(self: Any, *args: Any, **kwargs: Any) -> SafeString:
        before, script, after = original(self, *args, **kwargs).partition("<script>")
        return mark_safe(f'{before}<script nonce="{nonce()}">{after}' if script else before)  # noqa: S308 -- the first: what stands before is escaped

    BaseChooser.render = render
