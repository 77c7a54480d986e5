"""Single sign-on with OpenID Connect: the city's identity provider says who somebody is; what they may do stays here.

Authlib does the protocol (discovery, state, nonce, PKCE, signature, issuer, audience, expiry). Ours is the mapping: a
verified claim to an account that exists, bound to the provider's ``sub`` at the first login, so that a name given to
somebody else later opens nothing. The three administrators come by password unless the installation says otherwise.
"""

from datetime import datetime
from functools import cache
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.django_client import OAuth
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from joserfc.errors import JoseError
from requests import RequestException
from wagtail.admin import messages

from jiyue.accounts import door
from jiyue.accounts.audit import record
from jiyue.accounts.models import User
from jiyue.common.clock import now
from jiyue.common.errors import Refused


TIMEOUT = 10  # seconds for each answer of the provider
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA")  # never "none", never a shared secret


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
        try:
            answer: HttpResponse = provider().authorize_redirect(request, _callback_address())
        except (AuthlibBaseError, RequestException, ValueError) as error:
            return _refused(request, _("统一身份认证暂时不可用。"), error)
        return answer


@method_decorator(never_cache, name="dispatch")
class Callback(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        if not is_configured():
            return redirect("wagtailadmin_login")
        at = now()
        try:
            claims = _claims(request)
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
        except (AuthlibBaseError, JoseError, RequestException, ValueError, KeyError) as error:
            return _refused(request, _("统一身份认证没有通过，请重试。"), error)


def provider() -> Any:
    return _provider(settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET)


@cache
def _provider(issuer: str, client_id: str, client_secret: str) -> Any:
    return OAuth().register(
        "jiyue",
        client_id=client_id,
        client_secret=client_secret,
        server_metadata_url=f"{issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={"scope": settings.OIDC_SCOPE, "code_challenge_method": "S256", "default_timeout": TIMEOUT},
    )


def _claims(request: HttpRequest) -> dict[str, Any]:
    """Of a token that is signed by the provider, for us, for this very login."""
    client = provider()
    metadata = client.load_server_metadata()
    offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
    metadata["id_token_signing_alg_values_supported"] = [name for name in offered if name in ALGORITHMS]
    options = {
        "iss": {"essential": True, "values": [settings.OIDC_ISSUER.rstrip("/"), settings.OIDC_ISSUER]},
        "aud": {"essential": True, "values": [settings.OIDC_CLIENT_ID]},
        "sub": {"essential": True},
        "exp": {"essential": True},
        "nonce": {"essential": True},
    }
    token = client.authorize_access_token(request, claims_options=options)
    if not token.get("userinfo"):
        raise ValueError("the provider gave no identity token")
    return dict(token["userinfo"])


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
