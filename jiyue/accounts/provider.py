"""The city's identity provider. Authlib does the protocol (discovery, state, nonce, PKCE, signature, issuer, audience,
expiry); it takes half a second to load, so ``oidc`` imports this module only when somebody comes by single sign-on."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.django_client import OAuth
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from joserfc.errors import JoseError
from requests import RequestException


TIMEOUT = 10  # seconds for each answer of the provider
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA")  # never "none", never a shared secret


class ProviderError(Exception):
    """It does not answer, or what it says does not hold."""


def send_there(request: HttpRequest, back: str) -> HttpResponse:
    """Raises ``ProviderError``."""
    with _told():
        answer: HttpResponse = _provider().authorize_redirect(request, back)
    return answer


def claims(request: HttpRequest) -> dict[str, Any]:
    """Of a token that is signed by the provider, for us, for this very login. Raises ``ProviderError``."""
    with _told():
        client = _provider()
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
        raise ProviderError("the provider gave no identity token")
    return dict(token["userinfo"])


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (AuthlibBaseError, JoseError, RequestException, ValueError, KeyError) as error:
        raise ProviderError(f"{type(error).__name__}: {error}") from error


def _provider() -> Any:
    return _registered(settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET)


@cache
def _registered(issuer: str, client_id: str, client_secret: str) -> Any:
    return OAuth().register(
        "jiyue",
        client_id=client_id,
        client_secret=client_secret,
        server_metadata_url=f"{issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={"scope": settings.OIDC_SCOPE, "code_challenge_method": "S256", "default_timeout": TIMEOUT},
    )
