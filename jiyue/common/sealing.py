"""Small secrets in the database, readable only with a key that is not in it: AES-256-GCM, one key file for each purpose
in ``HOME/keys``. Several hosts of one installation share that folder."""

import secrets
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from jiyue.common.signing import create_secret


NONCE = 12


def seal(purpose: str, secret: bytes, context: str) -> bytes:
    """``context`` names the row it belongs to: moved to another row, it does not open (``InvalidTag``)."""
    nonce = secrets.token_bytes(NONCE)
    return nonce + _key(settings.HOME, purpose).encrypt(nonce, secret, context.encode())


def unseal(purpose: str, sealed: bytes, context: str) -> bytes:
    sealed = bytes(sealed)
    return _key(settings.HOME, purpose).decrypt(sealed[:NONCE], sealed[NONCE:], context.encode())


@cache
def _key(home: Path, purpose: str) -> AESGCM:
    path = home / "keys" / f"{purpose}.seal"
    create_secret(path, AESGCM.generate_key(256))
    return AESGCM(path.read_bytes())
