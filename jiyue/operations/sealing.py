"""Sealing of backups: what leaves the machine is readable to whoever holds the key file and to nobody else.

Everything is encrypted and authenticated (AES-256-GCM, or SM4-GCM where 商用密码 is demanded), each piece under its own
name, so that a piece can neither be changed nor stand for another one. A name is a keyed digest of the content: equal
pieces are kept once, and names betray nothing.
"""

import base64
import hashlib
import hmac
import os
import secrets
import zlib
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, CipherAlgorithm, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.utils.translation import gettext as _
from isal import isal_zlib

from jiyue.common.errors import Refused
from jiyue.common.signing import create_secret


CIPHERS: dict[str, tuple[int, int, type[CipherAlgorithm]]] = {  # mark in the piece, bytes of the key
    "aes-256-gcm": (1, 32, algorithms.AES),
    "sm4-gcm": (2, 16, algorithms.SM4),
}
NONCE, TAG = 12, 16
KEY = 32
PLAIN, PACKED = b"\0", b"\1"


class Damaged(Refused):
    """Bytes that are not what was sealed, or were sealed with another key."""


class Box:
    def __init__(self, secret: bytes, cipher: str = "aes-256-gcm") -> None:
        self._names = _derived(secret, "names", 32)
        self._algorithms = {
            mark: make(_derived(secret, name, length))  # type: ignore[call-arg]
            for name, (mark, length, make) in CIPHERS.items()
        }
        self._mark = CIPHERS[cipher][0]
        self.key_id = _derived(secret, "key id", 4).hex()

    def name_of(self, digest: bytes) -> str:
        """The name of the piece with this SHA-256 digest."""
        return hmac.digest(self._names, digest, "sha256").hex()

    def seal(self, name: str, body: bytes) -> bytes:
        packed = isal_zlib.compress(body, 1)
        inner = PACKED + packed if len(packed) < len(body) else PLAIN + body
        nonce = secrets.token_bytes(NONCE)
        head = bytes([self._mark])
        encryptor = Cipher(self._algorithms[self._mark], modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(head + name.encode())
        sealed = encryptor.update(inner) + encryptor.finalize()
        return head + nonce + sealed + encryptor.tag

    def open(self, name: str, sealed: bytes) -> bytes:
        """Raises ``Damaged`` unless these are the bytes once sealed under this name with this key."""
        algorithm = self._algorithms.get(sealed[0]) if len(sealed) > NONCE + TAG + 1 else None
        if algorithm is None:
            raise Damaged(_("备份中的部分已损坏：%s") % name)
        nonce, tag = sealed[1 : 1 + NONCE], sealed[-TAG:]
        decryptor = Cipher(algorithm, modes.GCM(nonce, tag)).decryptor()
        decryptor.authenticate_additional_data(sealed[:1] + name.encode())
        try:
            inner = decryptor.update(sealed[1 + NONCE : -TAG]) + decryptor.finalize()
        except InvalidTag:
            raise Damaged(_("备份中的部分已损坏，或密钥不对：%s") % name) from None
        return zlib.decompress(inner[1:]) if inner[:1] == PACKED else inner[1:]


def read_key(path: Path) -> bytes:
    try:
        secret = base64.urlsafe_b64decode(path.read_text().strip())
    except FileNotFoundError:
        raise Refused(_("没有找到备份密钥 %s。首次使用请运行 jiyue backup --new-key。") % path) from None
    except ValueError:
        secret = b""
    if len(secret) != KEY:
        raise Refused(_("%s 不是备份密钥。") % path)
    return secret


def make_key(path: Path) -> None:
    """Never replaces a key: without the old one no earlier backup could be read."""
    if path.exists():
        raise Refused(_("已有备份密钥 %s，没有改动。") % path)
    create_secret(path, base64.urlsafe_b64encode(os.urandom(KEY)) + b"\n")


def digest_of(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()


def _derived(secret: bytes, purpose: str, length: int) -> bytes:
    return HKDF(SHA256(), length, salt=None, info=f"jiyue backup {purpose}".encode()).derive(secret)
