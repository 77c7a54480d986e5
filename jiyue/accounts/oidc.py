"""Single sign-on with OpenID Connect: the city's identity provider says who somebody is; what they may do stays here.

``provider`` does the protocol. Ours is the mapping: a verified claim to an account that exists, bound to the provider's
``sub`` at the first login, so that a name given to somebody else later opens nothing. The three administrators come by password unless the installation says otherwise.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from wagtail.admin import messages

from jiyue.accounts import door
from jiyue.accounts.audit import record
from jiyue.accounts.models import User
from jiyue.common.clock import now
from jiyue.common.errors import Refused


def is_configured() -> bool:
    return bool(settings.OIDC_ISSUER)


def account_for(claims: dict[str, Any], *, at: datetime) -> User:
    """The account a signed statement of the provider names."""
    subject = str(claims["sub"])
    user = User.objects.filter(subject=subject).first() or _unbound(claims)
    if user is None or not user.is_active:
        raise Refused(_("这里没有与您的统一身份对应的账号，请联系安全管理员。"))
    if user.kind != User.Kind.STAFF and not settings.OIDC_ADMINISTRATORS:
        raise Refused(_("系统、安全、审计管理员用登录名和密码登录。"))
    if user.subject is None:
        _bind(user, subject, at)
    return user


def is_strong(claims: dict[str, Any]) -> bool:
    """Whether the provider says in ``acr`` or ``amr`` that it has asked for a second factor itself."""
    said = {claims.get("acr"), *(claims.get("amr") or ())}
    return bool(said & set(settings.OIDC_STRONG))


@method_decorator(never_cache, name="dispatch")
class Start(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        if not is_configured():
            return redirect("wagtailadmin_login")
        request.session["oidc_next"] = request.GET.get("next", "")
        from jiyue.accounts import provider

        try:
            return provider.send_there(request, _callback_address())
        except provider.ProviderError as error:
            return _refused(request, _("统一身份认证暂时不可用。"), error)


@method_decorator(never_cache, name="dispatch")
class Callback(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        if not is_configured():
            return redirect("wagtailadmin_login")
        from jiyue.accounts import provider

        at = now()
        try:
            claims = provider.claims(request)
            user = account_for(claims, at=at)
            return door.arrive(
                request,
                user,
                at=at,
                way=door.SINGLE_SIGN_ON,
                strong=is_strong(claims),
                following=request.session.get("oidc_next", ""),
            )
        except Refused as refused:
            return _refused(request, str(refused))
        except (provider.ProviderError, ValueError, KeyError) as error:
            return _refused(request, _("统一身份认证没有通过，请重试。"), error)


def _unbound(claims: dict[str, Any]) -> User | None:
    """By the agreed claim, only where the provider vouches for it, and only an account nobody is bound to."""
    name = settings.OIDC_CLAIM
    value = str(claims.get(name) or "")
    if not value or (name == "email" and claims.get("email_verified") is not True):
        return None
    found = User.objects.filter(subject=None, **{"email__iexact" if name == "email" else "username": value})
    return found[0] if len(found[:2]) == 1 else None


@transaction.atomic
def _bind(user: User, subject: str, at: datetime) -> None:
    if not User.objects.filter(pk=user.pk, subject=None).update(subject=subject):
        raise Refused(_("这个账号已与另一个统一身份绑定。"))
    record(user, "accounts.bind_identity", by=user, at=at, subject=subject)


def _callback_address() -> str:
    """Fixed by the settings, whatever host a request claims to be for."""
    return f"{settings.BASE_URL.rstrip('/')}{reverse('accounts_oidc_callback')}"


def _refused(request: HttpRequest, text: str, error: Exception | None = None) -> HttpResponse:
    door.note_refusal("accounts.oidc_failed", str(error or text), at=now())
    messages.error(request, text)
    return redirect("wagtailadmin_login")
