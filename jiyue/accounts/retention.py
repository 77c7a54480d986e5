"""How long the trail is kept, and how its oldest part leaves: exported, signed, named in the chain, then deleted."""

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from jiyue.accounts import anchors, audit, exports
from jiyue.accounts.models import AuditEntry, User
from jiyue.accounts.models.trail import FLOOR_DAYS
from jiyue.accounts.verification import PURGE, purge_statement, span
from jiyue.common import signing
from jiyue.common.errors import Refused


def purge(*, by: User | None, at: datetime, days: int | None = None) -> AuditEntry | None:
    """Removes what is older than the retention, from the beginning of the chain on. Answers the entry that says so, or
    ``None`` where nothing is old enough."""
    entry = _purge(by=by, at=at, days=settings.AUDIT_DAYS if days is None else days)
    if entry is not None:
        anchors.anchor_head(at)
    return entry


def purge_old(at: datetime) -> AuditEntry | None:
    return purge(by=None, at=at)


@transaction.atomic
def _purge(*, by: User | None, at: datetime, days: int) -> AuditEntry | None:
    if days < FLOOR_DAYS:
        raise Refused(
            _("《中华人民共和国网络安全法》第二十一条：网络日志留存不少于六个月。%(floor)d 天以内的审计记录不能清除。")
            % {"floor": FLOOR_DAYS}
        )
    old = _old(at - timedelta(days=days))
    first, last = old.order_by("seq").first(), old.order_by("-seq").first()
    if first is None or last is None:
        return None
    if span(first.seq, last.seq).fault:
        raise Refused(_("要清除的记录没有通过核对，先查明原因。一条也没有清除。"))
    file = archive(first.seq, last.seq)
    digest = exports.write(exports.json_lines(old, whole=True, at=at), file)
    entry = audit.note(
        PURGE,
        by=by,
        at=at,
        name=file.name,
        first=first.seq,
        last=last.seq,
        digest=last.digest,
        entries=last.seq - first.seq + 1,
        file=file.name,
        file_digest=digest,
        signature=signing.sign("audit", purge_statement(last.seq, last.digest, digest)).hex(),
    )
    old.delete()
    return entry


def archive(first: int, last: int) -> Path:
    return settings.HOME / "audit" / f"audit-{first}-{last}.jsonl"


def _old(before: datetime) -> QuerySet[AuditEntry]:
    """From the first entry up to the first one that is too young; a clock that went back keeps what follows it."""
    young = AuditEntry.objects.filter(at__gte=before).order_by("seq").values_list("seq", flat=True).first()
    return AuditEntry.objects.filter(seq__lt=young) if young else AuditEntry.objects.all()
