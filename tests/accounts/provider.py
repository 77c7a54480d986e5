"""A small OpenID provider over real HTTP, with signed tokens, that can be told to lie."""

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey


class Provider:
    """``claims`` go into the next token, over what is right; ``forged`` signs with a key nobody knows."""

    def __init__(self):
        self.key, self.stranger = (RSAKey.generate_key(2048, {"kid": kid}) for kid in ("k1", "k1"))
        self.claims, self.header, self.forged, self.codes = {}, {}, False, {}
        handler = type("Handler", (_Handler,), {"provider": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def approve(self, address):
        """What the person's browser gets back after proving to the provider who they are: code and state."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return {"code": code, "state": asked["state"]}

    def answer(self, form):
        asked = self.codes.pop(form.get("code", [""])[0], None)
        verifier = form.get("code_verifier", [""])[0]
        digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        if asked is None or asked["code_challenge"] != digest or asked["code_challenge_method"] != "S256":
            return 400, {"error": "invalid_grant"}
        right = {
            "iss": self.issuer, "aud": asked["client_id"], "sub": "s-1", "nonce": asked["nonce"],
            "iat": int(time.time()), "exp": int(time.time()) + 300,
        }  # fmt: skip
        claims = {name: value for name, value in (right | self.claims).items() if value is not None}
        key = self.stranger if self.forged else self.key
        token = jwt.encode({"alg": "RS256", "kid": "k1"} | self.header, claims, key)
        return 200, {"access_token": "a", "token_type": "Bearer", "id_token": token}


class _Handler(BaseHTTPRequestHandler):
    provider: Provider

    def do_GET(self):
        own = self.provider
        documents = {
            "/.well-known/openid-configuration": {
                "issuer": own.issuer,
                "authorization_endpoint": f"{own.issuer}/authorize",
                "token_endpoint": f"{own.issuer}/token",
                "jwks_uri": f"{own.issuer}/jwks",
                "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            },
            "/jwks": {"keys": [own.key.as_dict(private=False)]},
        }
        self._send(200, documents[self.path])

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._send(*self.provider.answer(parse_qs(body)))

    def _send(self, status, document):
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass
