"""Who holds what where, as one list; and that somebody has gone through it this quarter."""

from collections.abc import Iterator
from datetime import datetime

from cryptography.hazmat.primitives.hashes import SM3, Hash
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from jiyue.accounts.audit import record
from jiyue.accounts.models import Membership, RoleReview, User
from jiyue.accounts.permissions import can_anywhere
from jiyue.accounts.roles import Verb
from jiyue.common.errors import Refused


def everything_held() -> QuerySet[Membership]:
    return Membership.objects.select_related("user", "unit").order_by("unit__path", "role", "user__username", "pk")


def digest_of_list() -> tuple[str, int]:
    """SM3 over the list, line by line, and how many lines: the same list has the same digest on any day."""
    sm3, rows = Hash(SM3()), 0
    for line in _lines():
        sm3.update(line.encode() + b"\n")
        rows += 1
    return sm3.finalize().hex(), rows


def quarter_of(at: datetime) -> str:
    day = timezone.localtime(at)
    return f"{day.year}Q{(day.month + 2) // 3}"


def due(at: datetime) -> bool:
    """Nobody has confirmed the list in this quarter."""
    return not RoleReview.objects.filter(quarter=quarter_of(at)).exists()


@transaction.atomic
def confirm_list(*, seen: str, remark: str, by: User, at: datetime) -> RoleReview:
    """``seen`` is the digest of the list the person had before them: what has changed since is not confirmed."""
    if not can_anywhere(by, Verb.GRANT):
        raise Refused(_("只有安全管理员可以确认授权清单。"))
    digest, rows = digest_of_list()
    if digest != seen:
        raise Refused(_("您打开本页以后，授权有变动。请核对新的清单再确认。"))
    review = RoleReview.objects.create(quarter=quarter_of(at), digest=digest, rows=rows, by=by, at=at, remark=remark)
    record(review, "accounts.confirm_roles", by=by, at=at, quarter=review.quarter, digest=digest, rows=rows)
    return review


def _lines() -> Iterator[str]:
    """Sorted here: databases do not agree on the order of letters."""
    held = Membership.objects.values_list("user__username", "user__is_active", "unit__code", "role")
    yield from sorted("\t".join(map(str, row)) for row in held.iterator(2000))
