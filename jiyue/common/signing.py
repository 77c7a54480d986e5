"""Signatures of the installation: one Ed25519 key pair for each purpose, in ``HOME/keys``, never in the database.

Whoever can write the database cannot sign, so that a signed statement (the head of a manifest, of the audit trail,
of a backup) shows what was changed behind our back.
"""

import os
import tempfile
from functools import cache
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from django.conf import settings


def sign(purpose: str, statement: bytes) -> bytes:
    """64 bytes. ``purpose`` names the key: ``manifest``, ``audit`` ..."""
    return _key(settings.HOME, purpose).sign(statement)


def is_signed(purpose: str, statement: bytes, signature: bytes) -> bool:
    try:
        _key(settings.HOME, purpose).public_key().verify(signature, statement)
    except InvalidSignature:
        return False
    return True


def public_key(purpose: str) -> bytes:
    """32 bytes with which others verify what we signed."""
    return _key(settings.HOME, purpose).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def create_secret(path: Path, body: bytes) -> None:
    """Creates a file only its owner can read; whoever comes second leaves the first one's bytes alone."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.NamedTemporaryFile(dir=path.parent) as temporary:  # made with mode 0600
        temporary.write(body)
        temporary.flush()
        try:
            os.link(temporary.name, path)
        except FileExistsError:
            return


@cache
def _key(home: Path, purpose: str) -> Ed25519PrivateKey:
    path = home / "keys" / f"{purpose}.key"
    if not path.exists():
        fresh = Ed25519PrivateKey.generate().private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
        create_secret(path, fresh)
    return Ed25519PrivateKey.from_private_bytes(path.read_bytes())
