"""What a check says of a text."""

from dataclasses import asdict, dataclass
from enum import IntEnum, StrEnum
from typing import Any


class Tier(IntEnum):
    """How sure we are. A human decides about both; only what is certain may ever stop a publication."""

    CERTAIN = 1
    PROBABLE = 2  # shown as 疑似


class Severity(StrEnum):
    """What it would mean if it stood on a public page (docs/reference/wording.md)."""

    VETO = "S1"  # may fail a whole website: leaders' names, territory, secrets, personal data
    SERIOUS = "S2"
    ERROR = "S3"
    STYLE = "S4"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """``offset`` and ``length`` count characters (code points) of the text that was given."""

    offset: int
    length: int
    rule: str
    tier: Tier
    severity: Severity
    suggestion: str = ""  # what to put there instead; empty where a person has to think
    reason: str = ""  # one sentence for whoever has to decide

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def end(self) -> int:
        return self.offset + self.length
