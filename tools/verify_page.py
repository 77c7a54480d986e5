"""Verifies a page and its proof (``jiyue page-at URL DATE --out page.html --proof proof.json``) without the platform.

    python verify_page.py proof.json page.html [public key in base64]

Needs Python and the package ``cryptography``. Without a key named by yourself it shows only that page and proof belong
together and are signed by the key inside the proof: compare that key with the one the office has made known.
"""

import base64
import hashlib
import json
import sys
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def verify(proof: dict, page: bytes, key: str | None = None) -> list[str]:
    """What is wrong; nothing when all is well."""
    statement, wrong = proof["statement"], []
    algorithm, _, expected = statement["digest"].partition(":")
    if hashlib.new(algorithm, page).hexdigest() != expected:
        wrong.append("the page is not the one of the proof")
    if key is not None and key != proof["public_key"]:
        wrong.append("the proof was signed with another key")
    signed = json.dumps(statement, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    try:
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(proof["public_key"]))
        public.verify(base64.b64decode(proof["signature"]), signed)
    except (InvalidSignature, ValueError):
        wrong.append("the statement was changed after it was signed")
    return wrong


if __name__ == "__main__":
    given = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    found = verify(given, Path(sys.argv[2]).read_bytes(), *sys.argv[3:4])
    print("\n".join(found) or f"good: {given['statement']['website']['name']} {given['statement']['path']}")  # noqa: T201
    sys.exit(bool(found))
