"""Signing in as a person would, and a clock that goes where a test wants it."""

import base64
import hashlib
import json
import re
from datetime import timedelta

import cbor2
import pyotp
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.utils import timezone

from jiyue.accounts import factors


PASSWORD = "yunzhou-2026-demo"  # the cast's
LOGIN = "/admin/login/"


class Clock:
    """``clock.forward(minutes=31)``. Starts at the real moment, since cookies know no other."""

    def __init__(self, monkeypatch):
        self.at = timezone.now()
        monkeypatch.setattr(timezone, "now", lambda: self.at)

    def forward(self, **span):
        self.at += timedelta(**span)


def sign_in(client, username, password=PASSWORD, *, address="10.0.0.8", **more):
    return client.post(LOGIN, {"username": username, "password": password, **more}, REMOTE_ADDR=address)


def is_in(client, address="10.0.0.8"):
    return client.get("/admin/account/", REMOTE_ADDR=address).status_code == 200


def an_app(user, at):
    """An authenticator app of the person's, enrolled a while ago. Answers its secret and the recovery codes."""
    secret = factors.new_secret()
    codes = factors.add_totp(
        user, secret, pyotp.TOTP(secret).at(at - timedelta(minutes=5)), at=at - timedelta(minutes=5)
    )
    return secret, codes


def code_of(secret, at):
    return pyotp.TOTP(secret).at(at)


def secret_on(page):
    return re.search(r'bo-secret">([A-Z2-7 ]+)<', page)[1].replace(" ", "")


def options_on(page):
    return json.loads(re.search(r'<script type="application/json">(\{.*?"challenge".*?\})</script>', page)[1])


class Authenticator:
    """A security key in software: ES256, attestation "none", a counter."""

    def __init__(self, origin="http://testserver", rp="testserver"):
        self.origin, self.rp, self.count = origin, rp, 0
        self.key, self.id = ec.generate_private_key(ec.SECP256R1()), b"credential-of-a-test"

    def create(self, options):
        point = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(cose)
        attestation = {"fmt": "none", "attStmt": {}, "authData": self._data(0x45) + attested}
        return self._told("webauthn.create", options, attestationObject=cbor2.dumps(attestation))

    def get(self, options):
        client, data = self._client("webauthn.get", options), self._data(0x05)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._told("webauthn.get", options, authenticatorData=data, signature=signature)

    def _data(self, flags):
        self.count += 1
        return hashlib.sha256(self.rp.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, kind, options):
        return json.dumps({"type": kind, "challenge": options["challenge"], "origin": self.origin}).encode()

    def _told(self, kind, options, **response):
        parts = {name: _text(value) for name, value in response.items()}
        parts["clientDataJSON"] = _text(self._client(kind, options))
        return json.dumps({"id": _text(self.id), "rawId": _text(self.id), "type": "public-key", "response": parts})


def _text(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
