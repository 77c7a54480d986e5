"""Passkeys (WebAuthn) as the browser and we speak of them, without a database. The library takes a third of a second to
load, so ``factors`` imports this module only when a passkey is made or used."""

import hashlib
from typing import Any, NamedTuple

import webauthn
from django.conf import settings
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from jiyue.accounts.models import User


VERIFICATION = UserVerificationRequirement.PREFERRED


class Passkey(NamedTuple):
    credential: str
    public_key: bytes
    counter: int


def to_make(user: User, known: list[str]) -> tuple[str, str]:
    """What the browser needs to make one, as JSON, and the challenge to keep."""
    options = webauthn.generate_registration_options(
        rp_id=settings.ADMIN_HOST,
        rp_name=str(settings.WAGTAIL_SITE_NAME),
        user_name=user.username,
        user_display_name=str(user),
        user_id=hashlib.sha256(f"{settings.ADMIN_HOST}:{user.pk}".encode()).digest(),
        exclude_credentials=_described(known),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED, user_verification=VERIFICATION
        ),
    )
    return _for_a_page(options), bytes_to_base64url(options.challenge)


def made(answer: str, challenge: str, *, origin: str) -> Passkey | None:
    try:
        seen = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=settings.ADMIN_HOST,
            expected_origin=origin,
        )
    except (WebAuthnException, ValueError, KeyError):
        return None
    return Passkey(bytes_to_base64url(seen.credential_id), seen.credential_public_key, seen.sign_count)


def to_use(known: list[str]) -> tuple[str, str]:
    """What the browser needs to use one of them, and the challenge to keep."""
    options = webauthn.generate_authentication_options(
        rp_id=settings.ADMIN_HOST, allow_credentials=_described(known), user_verification=VERIFICATION
    )
    return _for_a_page(options), bytes_to_base64url(options.challenge)


def used(answer: str, challenge: str, passkey: Passkey, *, origin: str) -> Passkey | None:
    """The passkey as it is afterwards."""
    try:
        seen = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=settings.ADMIN_HOST,
            expected_origin=origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.counter,
        )
    except (WebAuthnException, ValueError, KeyError):
        return None
    return passkey._replace(counter=seen.new_sign_count)


def _described(known: list[str]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(credential)) for credential in known]


def _for_a_page(options: Any) -> str:
    """JSON that ends no script element, whatever somebody is called."""
    return webauthn.options_to_json(options).replace("<", "\\u003c")
