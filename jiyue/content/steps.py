"""A submission as a line of steps, and a page's state in words: the same on every screen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from jiyue.content.models import Submission


State = Submission.State
TONES: dict[str, str] = {
    State.REVIEW: "info", State.SECRECY: "info", State.SIGNATURE: "info", State.SCHEDULED: "warn",
    State.PUBLISHED: "ok", State.RETURNED: "bad", State.RECALLED: "mute",
}  # fmt: skip
ORDER = [State.REVIEW, State.SECRECY, State.SIGNATURE, State.PUBLISHED]
PEOPLE = ("author", "reviewer", "secrecy_reviewer", "signer", "returned_by", "after_reviewer")


@dataclass(frozen=True, slots=True)
class Step:
    """``state``: done, now, back or todo."""

    name: str
    state: str
    person: str = ""
    at: datetime | None = None
    remark: str = ""


def steps_of(submission: Submission) -> list[Step]:
    """Who did what, where it stands, and what is still to come."""
    return list(_steps(submission))


def _steps(submission: Submission) -> Iterator[Step]:
    yield Step(_("送审"), "done", _name(submission.author), submission.submitted_at)
    if submission.emergency:
        yield from _emergency(submission)
        return
    chain = [
        (State.REVIEW, _("内容审核"), submission.reviewer, submission.reviewed_at, submission.review_opinion),
        (State.SECRECY, _("保密审查"), submission.secrecy_reviewer, submission.cleared_at, _opinion(submission)),
    ]
    if submission.needs_signature:
        chain.append((State.SIGNATURE, _("签发"), submission.signer, submission.signed_at, ""))
    stopped = submission.state in {State.RETURNED, State.RECALLED}
    for state, name, person, at, remark in chain:
        if person is not None:
            yield Step(name, "done", _name(person), at, remark)
        elif not stopped:
            yield Step(name, "now" if submission.state == state else "todo")
    yield _end(submission)


def _end(submission: Submission) -> Step:
    if submission.state == State.RETURNED:
        person = _name(submission.returned_by)
        return Step(_("退回"), "back", person, submission.returned_at, submission.return_reason)
    if submission.state == State.RECALLED:
        return Step(_("撤回"), "back", at=submission.waiting_since)
    if submission.state == State.SCHEDULED:
        return Step(_("定时发布"), "now", at=submission.publish_at)
    return Step(_("发布"), "done" if submission.published_at else "todo", at=submission.published_at)


def _emergency(submission: Submission) -> Iterator[Step]:
    leader = _name(submission.secrecy_reviewer)
    yield Step(_("紧急发布"), "done", leader, submission.published_at, submission.emergency_reason)
    if submission.after_reviewed_at:
        person = _name(submission.after_reviewer)
        yield Step(_("事后审核"), "done", person, submission.after_reviewed_at, submission.after_opinion)
    else:
        yield Step(_("事后审核"), "now")


def _opinion(submission: Submission) -> str:
    return submission.receipt.opinion if submission.receipt else ""


def _name(person: Any) -> str:
    return str(person) if person else ""
