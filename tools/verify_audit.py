"""Verifies an export of the audit trail, knowing nothing of the platform. Needs only: pip install cryptography

python verify_audit.py EXPORT.jsonl [--key HEX] [--anchors audit.jsonl]
--key: the installation's public key as its audit administrator told you; without it the export vouches for itself.
"""

import argparse
import json
import sys
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SM3, Hash


FIELDS = "seq prev at user user_name action target_type target_id target_name unit address request data".split()


def spell(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def sm3(body: bytes) -> str:
    total = Hash(SM3())
    total.update(body)
    return total.finalize().hex()


def verify(export: Path, key: str | None, anchors: Path | None) -> dict:
    *lines, last = export.read_bytes().splitlines(keepends=True)
    trailer, digests, before = json.loads(last), {}, None
    signature = bytes.fromhex(trailer.pop("signature"))
    public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key or trailer["public_key"]))
    for entry in map(json.loads, lines):
        seq, digests[entry["seq"]] = entry["seq"], entry["digest"]
        if sm3(spell(["jiyue-audit-1", *(entry[name] for name in FIELDS)])) != entry["digest"]:
            raise ValueError(f"entry {seq} was altered")
        if trailer["whole"] and before and (seq, entry["prev"]) != (before["seq"] + 1, before["digest"]):
            raise ValueError(f"entry {seq} does not follow entry {before['seq']}")
        before = entry
    if len(lines) != trailer["entries"] or sm3(b"".join(lines)) != trailer["sm3"]:
        raise ValueError("these are not the entries that were signed")
    public.verify(signature, spell(trailer) + b"\n")
    for anchor in map(json.loads, anchors.read_bytes().splitlines() if anchors else []):
        text = "jiyue audit anchor\n{seq}\n{digest}\n{at}\n".format(**anchor)
        public.verify(bytes.fromhex(anchor["signature"]), text.encode())
        if digests.get(anchor["seq"], anchor["digest"]) != anchor["digest"]:
            raise ValueError(f"entry {anchor['seq']} is not the one that was anchored")
    return trailer


parser = argparse.ArgumentParser()
parser.add_argument("export", type=Path)
parser.add_argument("--key")
parser.add_argument("--anchors", type=Path)
try:
    sys.stdout.write(f"sound: {verify(**vars(parser.parse_args()))}\n")
except (ValueError, KeyError, TypeError, InvalidSignature) as error:
    sys.exit(f"NOT SOUND: {error or 'the signature is not right'}")
