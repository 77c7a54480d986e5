"""The home of whoever works on content: what waits for them, as numbers and as rows, and which columns go stale."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin.ui.components import Component

from jiyue.accounts.models import User
from jiyue.accounts.permissions import can_anywhere, units_where
from jiyue.accounts.roles import Verb
from jiyue.common.clock import now
from jiyue.common.waiting import duration
from jiyue.content.freshness import ColumnFreshness, Freshness, columns_of
from jiyue.content.inbox import DECISIONS, TONES, Duty, Task, tasks_of
from jiyue.content.models import Submission
from jiyue.library.models import Release
from jiyue.websites.models import Website


WORK = (Verb.READ, Verb.WRITE, Verb.ARRANGE, Verb.SUPERVISE)
CARD_OF = {
    Duty.REVIEW: Verb.REVIEW,
    Duty.SECRECY: Verb.CLEAR,
    Duty.SIGNATURE: Verb.SIGN,
    Duty.AFTER_REVIEW: Verb.AFTER_REVIEW,
    Duty.RETURNED: Verb.WRITE,
    Duty.DRAFT: Verb.WRITE,
}
TASKS_SHOWN = 50
COLUMNS_SHOWN = 8
RECENT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Card:
    label: str
    value: int | str
    note: str = ""
    tone: str = "mute"
    url: str = ""


class WorkPanel(Component):
    """我的待办."""

    name = "work"
    order = 100
    template_name = "content/home.html"

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        user, at = parent_context["request"].user, now()
        tasks = tasks_of(user)
        columns = columns_of(user, at=at)
        pressing = [column for column in columns if column.state != Freshness.FRESH]
        return {
            "at": at,
            "cards": list(cards(user, tasks, columns, at=at)),
            "tasks": tasks[:TASKS_SHOWN],
            "tasks_count": len(tasks),
            "tasks_left": max(len(tasks) - TASKS_SHOWN, 0),
            "keeps_columns": bool(columns),
            "columns": pressing[:COLUMNS_SHOWN],
            "columns_count": len(pressing),
            "writes": can_anywhere(user, Verb.WRITE),
        }


def cards(user: User, tasks: list[Task], columns: list[ColumnFreshness], *, at: datetime) -> Iterator[Card]:
    """The numbers of the person's roles, what others wait for first."""
    for duty, verb in CARD_OF.items():
        if can_anywhere(user, verb):
            yield _duty_card(duty, [task for task in tasks if task.duty == duty], at=at)
    if can_anywhere(user, Verb.SUPERVISE):
        yield from _supervision_cards(user, at=at)
    if can_anywhere(user, Verb.SUPERVISE, Verb.ARRANGE, Verb.EMERGENCY):
        yield _emergency_card(user, at=at)
    if columns:
        yield _columns_card(columns)


def _duty_card(duty: Duty, tasks: list[Task], *, at: datetime) -> Card:
    note = _("最久 %s") % duration(at - min(task.since for task in tasks)) if tasks and duty in DECISIONS else ""
    late = any(task.due and task.due < at for task in tasks)
    tone = "bad" if late else TONES.get(duty, "info")
    anchor = f"{reverse('wagtailadmin_home')}#todo" if tasks else ""
    return Card(str(duty.label), len(tasks), note, tone, anchor)


def _columns_card(columns: list[ColumnFreshness]) -> Card:
    late = [column for column in columns if column.state in {Freshness.STALE, Freshness.BLANK}]
    near = [column for column in columns if column.state == Freshness.NEAR]
    names = "、".join(dict.fromkeys(column.title for column in [*late, *near][:2]))
    tone = "bad" if late else "warn" if near else "ok"
    return Card(_("超期和临期栏目"), len(late) + len(near), names or _("全部正常"), tone, reverse("content_freshness"))


def _supervision_cards(user: User, *, at: datetime) -> Iterator[Card]:
    units = units_where(user, Verb.SUPERVISE)
    sites = Website.objects.filter(unit__in=units).aggregate(
        all=Count("pk"), online=Count("pk", filter=Q(state=Website.State.ONLINE))
    )
    offline = sites["all"] - sites["online"]
    note = _("%s 个未上线") % offline if offline else _("全部在线")
    yield Card(_("网站"), sites["all"], note, "warn" if offline else "ok", reverse("websites_register"))
    recent = Release.objects.items().filter(unit__in=units, released_at__gte=at - RECENT).count()
    yield Card(_("近 30 天发布"), recent, "", "mute", reverse("content_items"))


def _emergency_card(user: User, *, at: datetime) -> Card:
    """紧急发布 as a share of everything published: the exception must stay one."""
    units = units_where(user, Verb.SUPERVISE, Verb.ARRANGE, Verb.EMERGENCY)
    published = Submission.objects.filter(
        unit__in=units, published_at__gte=at - RECENT, state=Submission.State.PUBLISHED
    )
    counts = published.aggregate(
        all=Count("pk"),
        urgent=Count("pk", filter=Q(emergency=True)),
        owed=Count("pk", filter=Q(emergency=True, after_reviewed_at=None)),
    )
    share = f"{100 * counts['urgent'] / counts['all']:.1f}%" if counts["all"] else "0%"
    note = _("%(count)s 条，待事后审核 %(owed)s 条") % {"count": counts["urgent"], "owed": counts["owed"]}
    tone = "bad" if counts["owed"] else "warn" if counts["urgent"] else "ok"
    return Card(_("近 30 天紧急发布占比"), share, note, tone, f"{reverse('content_submissions')}?emergency=true")


def works_on_content(user: User) -> bool:
    return can_anywhere(user, *WORK)
