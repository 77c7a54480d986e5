"""Anchors: the signed head of the trail, kept outside the database.

A chain shows what was changed in it, not what was cut off its end, nor that the whole of it was written anew. So the
head is signed every minute and every thousandth entry and appended to ``HOME/anchors/audit.jsonl``, and from there to a
second place whoever owns this machine cannot change (``JIYUE_AUDIT_ANCHOR``).
"""

import fcntl
import json
import os
import shlex
import subprocess
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from jiyue.accounts.models import AuditEntry
from jiyue.common import signing
from jiyue.common.locks import locked


EVERY = 1000  # entries; whoever appends a thousandth one anchors it
TAIL = 2000  # bytes; no line is half as long
PATIENCE = 20  # seconds the second place has for taking a line


@dataclass(frozen=True, slots=True)
class Anchor:
    seq: int
    digest: str
    at: str  # ISO, UTC
    signature: str

    def is_signed(self) -> bool:
        try:
            signature = bytes.fromhex(self.signature)
        except ValueError:
            return False
        return signing.is_signed("audit", statement(self.seq, self.digest, self.at), signature)


def statement(seq: int, digest: str, at: str) -> bytes:
    """What is signed. Documented in docs/reference/audit.md; the stand-alone script builds the same."""
    return f"jiyue audit anchor\n{seq}\n{digest}\n{at}\n".encode()


def own_file() -> Path:
    return settings.HOME / "anchors" / "audit.jsonl"


def second_file() -> Path | None:
    """The second place, if it is a file we can read back."""
    place = settings.AUDIT_ANCHOR
    return Path(place) if place and not place.startswith("|") else None


def anchor_head(at: datetime) -> Anchor | None:
    """Anchors the newest entry unless that is anchored already."""
    head = AuditEntry.objects.values_list("seq", "digest").first()
    newest = last_of(own_file())
    made = None
    if head and (newest is None or newest.seq < head[0]):
        made = anchor(*head, at)
    pass_on()
    return made


def anchor(seq: int, digest: str, at: datetime) -> Anchor:
    moment = at.astimezone(UTC).isoformat()
    signature = signing.sign("audit", statement(seq, digest, moment)).hex()
    made = Anchor(seq, digest, moment, signature)
    _append(own_file(), (json.dumps(asdict(made)) + "\n").encode())
    return made


def read(file: Path) -> list[Anchor]:
    """Raises ``ValueError`` where the file is no list of anchors."""
    return _parsed(_whole_lines(file.read_bytes()).splitlines()) if file.exists() else []


def last_of(file: Path) -> Anchor | None:
    if not file.exists():
        return None
    with file.open("rb") as stream:
        stream.seek(max(0, stream.seek(0, os.SEEK_END) - TAIL))
        lines = _whole_lines(stream.read()).splitlines()
    return _parsed(lines[-1:])[0] if lines else None


def pass_on() -> None:
    """Brings what the second place has not got yet. Raises where it does not take it; the next minute tries again."""
    place, file = settings.AUDIT_ANCHOR, own_file()
    if not place or not file.exists():
        return
    with locked("audit-anchors"):
        sent_file = file.with_suffix(".sent")
        sent = int(sent_file.read_text()) if sent_file.exists() else 0
        lines = _whole_lines(file.read_bytes())[sent:]
        if lines:
            _deliver(place, lines)
            fresh = sent_file.with_suffix(".new")
            fresh.write_text(str(sent + len(lines)))
            fresh.replace(sent_file)


def _deliver(place: str, lines: bytes) -> None:
    if place.startswith("|"):
        command = shlex.split(place[1:])
        subprocess.run(command, input=lines, check=True, timeout=PATIENCE, capture_output=True)  # noqa: S603 -- the operator's own
    else:
        _append(Path(place), lines)


def _append(file: Path, lines: bytes) -> None:
    """Half a line, left by a crash or a full disk, gives way to the next one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o640)
    with os.fdopen(descriptor, "r+b", buffering=0) as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        end = stream.seek(0, os.SEEK_END)
        tail = os.pread(descriptor, TAIL, max(0, end - TAIL))
        stream.truncate(end - len(tail) + len(_whole_lines(tail)))
        rest = memoryview(lines)
        while rest:  # a write may take less than it was given
            rest = rest[stream.write(rest) :]
        os.fsync(descriptor)


def _whole_lines(text: bytes) -> bytes:
    """Without the line that is being written, or was when the power went."""
    return text[: text.rfind(b"\n") + 1]


def _parsed(lines: Iterable[bytes]) -> list[Anchor]:
    try:
        return [Anchor(**json.loads(line)) for line in lines if line.strip()]
    except TypeError as error:
        raise ValueError(f"not an anchor: {error}") from error
