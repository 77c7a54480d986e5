"""The certificate "no gaps" of one month: from which entry to which, what they hash to, what is missing."""

import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, Min
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _

from jiyue.accounts import anchors, audit
from jiyue.accounts.chain import GENESIS
from jiyue.accounts.models import AuditEntry, User
from jiyue.accounts.verification import Walk, span
from jiyue.common import signing
from jiyue.common.errors import Refused


@dataclass(frozen=True)
class Certificate:
    """``of_month``: entries whose time lies in the month. ``entries``: all from ``first`` to ``last``, without gaps."""

    month: str
    at: str
    of_month: int
    entries: int
    first: int | None
    last: int | None
    before: str
    head: str
    anchors: list[dict[str, Any]]
    clock_steps: int
    gaps: list[dict[str, Any]] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        return not self.gaps

    def signed(self) -> str:
        values = {"certificate": "jiyue-audit-certificate-1", **asdict(self)}
        signature = signing.sign("audit", _spelled(values))
        key = signing.public_key("audit").hex()
        return json.dumps({**values, "public_key": key, "signature": signature.hex()}, ensure_ascii=False, indent=1)


@transaction.atomic
def certify(month: str, *, by: User | None, at: datetime) -> Certificate:
    """``month`` as ``2026-10``. Raises ``Refused`` for a month that has not ended, or that was none."""
    made = certificate(month, at=at)
    audit.note("accounts.certify_trail", by=by, at=at, name=month, month=month, gaps=len(made.gaps))
    return made


def certificate(month: str, *, at: datetime) -> Certificate:
    start, end = _bounds(month)
    if start > at:
        raise Refused(_("这个月还没有开始。"))
    of_month = AuditEntry.objects.filter(at__gte=start, at__lt=end)
    ends = of_month.aggregate(first=Min("seq"), last=Max("seq"))
    first, last = ends["first"], ends["last"]
    walk = span(first, last) if first else Walk(0, GENESIS)
    return Certificate(
        month=month,
        at=at.astimezone(UTC).isoformat(),
        of_month=of_month.count(),
        entries=walk.rows,
        first=first,
        last=last,
        before=walk.first_prev if first else "",
        head=walk.digest if first else "",
        anchors=[asdict(anchor) for anchor in _anchors_of(first, last)] if first else [],
        clock_steps=walk.clock_steps,
        gaps=_gaps(walk, first),
    )


def is_genuine(text: str) -> bool:
    """Whether a certificate is ours, word by word."""
    values = json.loads(text)
    signature = bytes.fromhex(values.pop("signature"))
    values.pop("public_key")
    return signing.is_signed("audit", _spelled(values), signature)


def _gaps(walk: Walk, first: int | None) -> list[dict[str, Any]]:
    gaps = [{"seq": walk.wrong_seq, "fault": walk.fault}] if walk.fault else []
    if first and first > 1:
        before = AuditEntry.objects.filter(seq=first - 1).values_list("digest", flat=True).first()
        if before is not None and before != walk.first_prev:
            gaps.append({"seq": first - 1, "fault": "altered"})
    return gaps


def _anchors_of(first: int, last: int) -> list[anchors.Anchor]:
    """The first one within the month, and the one that covers its last entry."""
    known = anchors.read(anchors.own_file())
    within = next((one for one in known if first <= one.seq <= last), None)
    covering = next((one for one in known if one.seq >= last), None)
    return list(dict.fromkeys(filter(None, (within, covering))))


def _bounds(month: str) -> tuple[datetime, datetime]:
    try:
        start = datetime.strptime(month, "%Y-%m").replace(tzinfo=get_current_timezone())
    except ValueError:
        raise Refused(_("月份写作 2026-10 的样子。")) from None
    following = (start.year + start.month // 12, start.month % 12 + 1)
    return start, start.replace(year=following[0], month=following[1])


def _spelled(values: dict[str, Any]) -> bytes:
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
