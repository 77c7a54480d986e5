"""栏目更新情况: columns by the time since their last release, against the update cycle each is held to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from jiyue.accounts.models import User
from jiyue.accounts.permissions import units_where
from jiyue.accounts.roles import Verb
from jiyue.common.waiting import WARN_FROM
from jiyue.content.models import ColumnPage
from jiyue.library.models import Placement


class Freshness(TextChoices):
    BLANK = "blank", _("空白")
    STALE = "stale", _("超期")
    NEAR = "near", _("临期")
    FRESH = "fresh", _("正常")


TONES = {Freshness.BLANK: "bad", Freshness.STALE: "bad", Freshness.NEAR: "warn", Freshness.FRESH: "ok"}
ORDER = list(Freshness)


@dataclass(frozen=True, slots=True)
class ColumnFreshness:
    column: int
    title: str
    website: str
    website_id: int
    owner: str
    cycle: int  # days
    last: datetime | None
    state: Freshness

    @property
    def due(self) -> datetime | None:
        return self.last + timedelta(days=self.cycle) if self.last else None

    @property
    def tone(self) -> str:
        return TONES[self.state]

    @property
    def label(self) -> str:
        return str(self.state.label)


def columns_of(user: User, *, at: datetime, website: int | None = None) -> list[ColumnFreshness]:
    """The columns with an update cycle the person answers for, the most overdue first. Two queries."""
    columns = ColumnPage.objects.filter(
        unit__in=units_where(user, Verb.WRITE, Verb.ARRANGE, Verb.SUPERVISE), update_cycle_days__isnull=False, live=True
    )
    if website is not None:
        columns = columns.filter(website=website)
    last = _last_releases(columns)
    fields = ("pk", "title", "website__name", "website__short_name", "website_id", "owner_name", "update_cycle_days")
    found = [
        ColumnFreshness(
            pk, title, short or name, site, owner, cycle, last.get(pk), state_of(last.get(pk), cycle, at=at)
        )
        for pk, title, name, short, site, owner, cycle in columns.values_list(*fields)
    ]
    return sorted(found, key=lambda column: (ORDER.index(column.state), column.due or at))


def state_of(last: datetime | None, cycle: int, *, at: datetime) -> Freshness:
    if last is None:
        return Freshness.BLANK
    used = 100 * (at - last) / timedelta(days=cycle)
    if used > 100:
        return Freshness.STALE
    return Freshness.NEAR if used >= WARN_FROM else Freshness.FRESH


def _last_releases(columns: QuerySet[ColumnPage]) -> dict[int, datetime]:
    shown = Placement.objects.filter(column__in=columns.values("pk"), approved=True, release__withdrawn_at=None)
    return dict(shown.order_by().values_list("column").annotate(Max("release__released_at")))
