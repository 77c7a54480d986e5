"""The files every public page loads (style, script, icons), at addresses that change with their content.

All of them share one digest, so that the style sheet may name a picture beside it; browsers may keep them for ever."""

import hashlib
from functools import cache
from pathlib import Path


ROOT = Path(__file__).parent / "static" / "public"


@cache
def files() -> dict[str, bytes]:
    """Name → bytes of every asset."""
    return {path.name: path.read_bytes() for path in sorted(ROOT.iterdir()) if path.is_file()}


@cache
def digest() -> str:
    together = hashlib.sha256()
    for name, body in files().items():
        together.update(f"{name} {len(body)}\n".encode() + body)
    return together.hexdigest()[:12]


def asset(name: str) -> str:
    """The public address of an asset, the same on every website. An unknown name is a ``KeyError``."""
    files()[name]
    return f"/a/{digest()}/{name}"
