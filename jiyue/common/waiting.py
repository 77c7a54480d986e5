"""How long something has waited and how long it still may, in words and as a bar (blue, amber from 75 %, red when over)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.utils.translation import gettext as _


Tone = Literal["info", "warn", "bad"]

WARN_FROM = 75  # per cent of the time allowed


@dataclass(frozen=True, slots=True)
class Waiting:
    words: str
    tone: Tone
    share: int | None  # per cent of the time used, 100 at most; None where there is no limit


def waiting(since: datetime, at: datetime, due: datetime | None = None) -> Waiting:
    if due is None:
        return Waiting(_("已等 %(time)s") % {"time": duration(at - since)}, "info", None)
    if at > due:
        return Waiting(_("超期 %(time)s") % {"time": duration(at - due)}, "bad", 100)
    share = int(100 * (at - since) / max(due - since, timedelta(seconds=1)))
    words = _("剩 %(time)s") % {"time": duration(due - at)}
    return Waiting(words, "warn" if share >= WARN_FROM else "info", max(0, min(share, 100)))


def duration(length: timedelta) -> str:
    """The two largest units: 2 天 3 小时, 2 小时 10 分, 8 分."""
    minutes = max(int(length.total_seconds()) // 60, 0)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        parts = [_("%(n)s 天") % {"n": days}, _("%(n)s 小时") % {"n": hours} if hours else ""]
    elif hours:
        parts = [_("%(n)s 小时") % {"n": hours}, _("%(n)s 分") % {"n": minutes} if minutes else ""]
    else:
        parts = [_("%(n)s 分") % {"n": minutes}]
    return " ".join(filter(None, parts))
