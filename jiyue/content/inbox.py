"""我的待办: what waits for one person over all their websites. Every selector is a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Subquery, TextChoices
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.models import Revision

from jiyue.accounts.models import User
from jiyue.accounts.permissions import can_anywhere, units_where
from jiyue.accounts.roles import Verb
from jiyue.content.models import Submission
from jiyue.library.models import BasePage, Placement


State = Submission.State

PATIENCE = timedelta(days=1)  # our own measure of a prompt answer, shown as a bar; no regulation sets one
DRAFTS_SHOWN = 20


class Duty(TextChoices):
    """Why something is on the list, most urgent first."""

    AFTER_REVIEW = "after_review", _("待事后审核")
    REVIEW = "review", _("待内容审核")
    SECRECY = "secrecy", _("待保密审查")
    SIGNATURE = "signature", _("待签发")
    CALL = "call", _("待审核的调用")
    RETURNED = "returned", _("退回修改")
    SCHEDULED = "scheduled", _("等待定时发布")
    DRAFT = "draft", _("我的草稿")


DECISIONS = (Duty.AFTER_REVIEW, Duty.REVIEW, Duty.SECRECY, Duty.SIGNATURE, Duty.CALL)  # somebody else waits for these
TONES: dict[str, str] = {Duty.AFTER_REVIEW: "bad", Duty.RETURNED: "bad", Duty.DRAFT: "mute", Duty.SCHEDULED: "mute"}


@dataclass(frozen=True, slots=True)
class Task:
    duty: Duty
    key: int  # of the submission, call or page
    title: str
    website: str
    column: str
    person: str
    since: datetime
    url: str
    note: str = ""
    due: datetime | None = None

    @property
    def tone(self) -> str:
        return TONES.get(self.duty, "info")


def tasks_of(user: User) -> list[Task]:
    """Everything the person can act on now: what went out unreviewed first, then decisions others
    wait for, the longest wait on top."""
    rows = [*_decisions(user), *_calls(user), *_own_submissions(user), *_drafts(user)]
    columns = column_titles(row["path"] for row in rows)
    order = list(Duty)
    tasks = [_task(row, columns) for row in rows]
    return sorted(tasks, key=lambda task: (_rank(task.duty), task.since, order.index(task.duty)))


def _rank(duty: Duty) -> int:
    return 0 if duty == Duty.AFTER_REVIEW else 1 if duty in DECISIONS else 2


def waiting_for(user: User) -> QuerySet[Submission]:
    """The submissions this person may decide: the role in the unit, and not one's own words
    (``permissions.can_decide`` for many at once)."""
    found = Q(pk__in=[])
    if can_anywhere(user, Verb.REVIEW):
        found |= Q(state=State.REVIEW, unit__in=units_where(user, Verb.REVIEW))
    if can_anywhere(user, Verb.CLEAR):
        found |= Q(state=State.SECRECY, unit__in=units_where(user, Verb.CLEAR)) & ~Q(reviewer=user.pk)
    if can_anywhere(user, Verb.SIGN):
        others = ~Q(reviewer=user.pk) & ~Q(secrecy_reviewer=user.pk)
        found |= Q(state=State.SIGNATURE, unit__in=units_where(user, Verb.SIGN)) & others
    if can_anywhere(user, Verb.AFTER_REVIEW):
        owed = Q(state=State.PUBLISHED, emergency=True, after_reviewed_at=None)
        found |= owed & Q(unit__in=units_where(user, Verb.AFTER_REVIEW)) & ~Q(secrecy_reviewer=user.pk)
    own = Exists(_revisions_by(user))
    return Submission.objects.filter(found).exclude(author=user.pk).exclude(own).order_by("waiting_since", "pk")


def neighbours(user: User, submission: Submission) -> tuple[int | None, int | None]:
    """The submissions before and after this one in the person's list; after the last one the first."""
    others = list(waiting_for(user).exclude(pk=submission.pk).values_list("waiting_since", "pk"))
    place = submission.waiting_since, submission.pk
    before = [pk for since, pk in others if (since, pk) < place]
    after = [pk for since, pk in others if (since, pk) > place]
    following = after[0] if after else before[0] if before else None
    return (before[-1] if before else None), following


def _revisions_by(user: User) -> QuerySet[Revision]:
    """Changes the person made to the outer submission's page since another text was published (``has_written``)."""
    published = Submission.objects.filter(page=OuterRef(OuterRef("page")), state=State.PUBLISHED)
    before = published.filter(pk__lt=OuterRef(OuterRef("pk")), revision__lt=OuterRef(OuterRef("revision")))
    last = before.order_by("-pk").values("revision_id")[:1]
    return Revision.objects.page_revisions().filter(
        object_id=Cast(OuterRef("page_id"), CharField()),
        user=user.pk,
        pk__gt=Coalesce(Subquery(last), 0),
        pk__lte=OuterRef("revision_id"),
    )


PLACE = ("page__path", "page__website__name", "page__website__short_name")
PERSON = ("author__first_name", "author__username")
DUTIES = {
    State.REVIEW: Duty.REVIEW,
    State.SECRECY: Duty.SECRECY,
    State.SIGNATURE: Duty.SIGNATURE,
    State.PUBLISHED: Duty.AFTER_REVIEW,
    State.SCHEDULED: Duty.SCHEDULED,
    State.RETURNED: Duty.RETURNED,
}


def _decisions(user: User) -> list[dict[str, Any]]:
    found = waiting_for(user).values("pk", "title", "state", "waiting_since", "emergency_reason", *PLACE, *PERSON)
    return [_row(row, url=reverse("content_review", args=[row["pk"]]), note=row["emergency_reason"]) for row in found]


def _own_submissions(user: User) -> list[dict[str, Any]]:
    """What came back to the person, and what only the clock still holds."""
    later = Submission.objects.filter(page=OuterRef("page"), pk__gt=OuterRef("pk"))
    mine = Submission.objects.filter(author=user.pk, page__discarded_at=None).exclude(Exists(later))
    found = mine.filter(state__in=[State.RETURNED, State.SCHEDULED]).values(
        "pk", "page_id", "title", "state", "waiting_since", "return_reason", "publish_at", *PLACE, *PERSON
    )
    return [_own_row(row) for row in found]


def _own_row(row: dict[str, Any]) -> dict[str, Any]:
    if row["state"] == State.RETURNED:
        return _row(row, url=reverse("wagtailadmin_pages:edit", args=[row["page_id"]]), note=row["return_reason"])
    return _row(row, url=reverse("content_item", args=[row["page_id"]]), due=row["publish_at"])


def _calls(user: User) -> list[dict[str, Any]]:
    if not can_anywhere(user, Verb.REVIEW):
        return []
    waiting = Placement.objects.filter(
        approved=False, release__withdrawn_at=None, column__unit__in=units_where(user, Verb.REVIEW)
    ).exclude(by=user.pk)
    found = waiting.values_list(
        "pk", "release__title", "at", "column__title", "column__website__name", "by__first_name"
    )
    return [
        {
            "duty": Duty.CALL, "key": pk, "title": title, "since": at, "column": column, "website": website,
            "person": person or "", "url": reverse("content_calls") + "?approved=false", "path": "",
        }
        for pk, title, at, column, website, person in found
    ]  # fmt: skip


def _drafts(user: User) -> list[dict[str, Any]]:
    if not can_anywhere(user, Verb.WRITE, Verb.ARRANGE):
        return []
    busy = Submission.objects.filter(page=OuterRef("pk"))
    drafts = BasePage.objects.filter(
        latest_revision__user=user.pk, has_unpublished_changes=True, discarded_at=None,
        unit__in=units_where(user, Verb.WRITE, Verb.ARRANGE),
    )  # fmt: skip
    free = drafts.exclude(Exists(busy.open())).exclude(Exists(_returned_last(busy)))
    found = free.order_by("-latest_revision_created_at").values(
        "pk", "draft_title", "path", "latest_revision_created_at", "website__name", "website__short_name"
    )
    return [
        {
            "duty": Duty.DRAFT, "key": row["pk"], "title": row["draft_title"], "path": row["path"],
            "website": row["website__short_name"] or row["website__name"], "person": str(user),
            "since": row["latest_revision_created_at"], "url": reverse("wagtailadmin_pages:edit", args=[row["pk"]]),
        }
        for row in found[:DRAFTS_SHOWN]
    ]  # fmt: skip


def _returned_last(submissions: QuerySet[Submission]) -> QuerySet[Submission]:
    later = Submission.objects.filter(page=OuterRef("page"), pk__gt=OuterRef("pk"))
    return submissions.filter(state=State.RETURNED).exclude(Exists(later))


def _row(row: dict[str, Any], *, url: str, note: str = "", due: datetime | None = None) -> dict[str, Any]:
    return {
        "duty": DUTIES[row["state"]],
        "key": row["pk"],
        "title": row["title"],
        "path": row["page__path"],
        "website": row["page__website__short_name"] or row["page__website__name"],
        "person": row["author__first_name"] or row["author__username"],
        "since": row["waiting_since"],
        "url": url,
        "note": note,
        "due": due,
    }


def _task(row: dict[str, Any], columns: dict[str, str]) -> Task:
    path = row.pop("path")
    duty = row["duty"]
    if duty in DECISIONS:
        row.setdefault("due", None)
        row["due"] = row["due"] or row["since"] + PATIENCE
    return Task(**{"column": columns.get(parent_path(path), ""), **row})


def column_titles(paths: Iterable[str]) -> dict[str, str]:
    """Titles of the columns in which the pages with these tree paths stand."""
    wanted = {parent_path(path) for path in paths if path}
    found = BasePage.objects.filter(path__in=wanted, depth__gt=2) if wanted else BasePage.objects.none()
    return dict(found.values_list("path", "title"))


def parent_path(path: str) -> str:
    return path[: -BasePage.steplen]
