"""What the guard found becomes rows, one entry of the audit trail and one alarm for each website and round."""

import os
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from jiyue.accounts.audit import record
from jiyue.notices.actions import raise_alarm
from jiyue.publishing.models import Tampering
from jiyue.publishing.ward import Deviation
from jiyue.websites.models import Website


ALARM = "publishing.tampered"
NAMED = 20  # places named in the audit entry; every one has its row
ROWS = 1000


@transaction.atomic
def report(found: Sequence[Deviation], website: Website | None, *, at: datetime) -> list[Tampering]:
    rows = Tampering.objects.bulk_create([_row(each, website, at) for each in found], batch_size=ROWS)
    unit = website.unit if website else None
    kinds = Counter(str(each.kind.label) for each in found)
    record(
        rows[0],
        "publishing.tampered",
        by=None,
        at=at,
        unit=unit,
        found=len(found),
        kinds=dict(kinds),
        places=[each.place for each in found[:NAMED]],
    )
    raise_alarm(
        ALARM,
        subject=website.name if website else str(_("平台文件")),
        text=_summary(found, kinds),
        at=at,
        unit=unit,
        evidence=reverse("publishing_tamperings") + (f"?website={website.pk}" if website else ""),
    )
    return rows


def relative(place: str) -> str:
    return os.path.relpath(place, settings.HOME)


def _row(each: Deviation, website: Website | None, at: datetime) -> Tampering:
    return Tampering(
        website=website,
        place=each.place[:500],
        path=each.path,
        kind=each.kind,
        outcome=each.outcome,
        found_at=at,
        right_digest=each.digest,
        foreign_digest=each.foreign.digest,
        foreign_size=each.foreign.size,
        kept=each.foreign.kept,
        facts=each.foreign.facts,
    )


def _summary(found: Sequence[Deviation], kinds: Counter[str]) -> str:
    listed = "，".join(f"{kind} {number}" for kind, number in kinds.most_common())
    unhealed = sum(each.outcome == Tampering.Outcome.OPEN for each in found)
    first = _("最近一次发现 %(number)d 处：%(listed)s。") % {"number": len(found), "listed": listed}
    if unhealed:
        return first + _("其中 %d 处未能恢复，请立即处理。") % unhealed
    return first + _("已全部恢复，证据已留存。")
