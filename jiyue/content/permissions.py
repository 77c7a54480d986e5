"""Who may do what in the chain. The role comes from the membership, the separation of duties from the submission."""

from jiyue.accounts.models import User
from jiyue.accounts.permissions import can
from jiyue.accounts.roles import Verb
from jiyue.content.models import Submission
from jiyue.library.classification import Kind
from jiyue.library.models import BasePage


State = Submission.State


def can_write(user: User, page: BasePage) -> bool:
    """Home pages and columns are the site manager's, items the editors'."""
    if page.specific_class is not None and page.specific_class.kind in {Kind.HOME, Kind.COLUMN}:
        return can(user, Verb.ARRANGE, page.unit)
    return can(user, Verb.WRITE, page.unit)


def can_review(user: User, submission: Submission) -> bool:
    return (
        submission.state == State.REVIEW
        and can(user, Verb.REVIEW, submission.unit)
        and not has_written(user, submission)
    )


def can_clear(user: User, submission: Submission) -> bool:
    return (
        submission.state == State.SECRECY
        and can(user, Verb.CLEAR, submission.unit)
        and user.pk != submission.reviewer_id
        and not has_written(user, submission)
    )


def can_sign(user: User, submission: Submission) -> bool:
    return (
        submission.state == State.SIGNATURE
        and can(user, Verb.SIGN, submission.unit)
        and user.pk not in {submission.reviewer_id, submission.secrecy_reviewer_id}
        and not has_written(user, submission)
    )


def can_decide(user: User, submission: Submission) -> bool:
    """Whether the submission waits for this person now."""
    return can_review(user, submission) or can_clear(user, submission) or can_sign(user, submission)


def can_recall(user: User, submission: Submission) -> bool:
    return submission.is_open and can_write(user, submission.page)


def can_publish_in_emergency(user: User, page: BasePage) -> bool:
    return can(user, Verb.EMERGENCY, page.unit)


def can_review_afterwards(user: User, submission: Submission) -> bool:
    return (
        submission.emergency
        and submission.state == State.PUBLISHED
        and submission.after_reviewed_at is None
        and can(user, Verb.AFTER_REVIEW, submission.unit)
        and user.pk not in {submission.author_id, submission.secrecy_reviewer_id}
        and not has_written(user, submission)
    )


def can_withdraw(user: User, page: BasePage) -> bool:
    return can(user, Verb.WITHDRAW, page.unit)


def has_written(user: User, submission: Submission) -> bool:
    """Whether the person is the author of the text under review: submitted it, or changed it since another text was
    last published. Reviewing one's own words is refused however they got there, also when the same text is sent again
    after it was taken down."""
    if user.pk == submission.author_id:
        return True
    published = submission.page.submissions.filter(state=State.PUBLISHED, pk__lt=submission.pk)
    before = published.filter(revision__lt=submission.revision_id).order_by("-pk").first()
    written = submission.page.revisions.filter(user=user.pk, pk__lte=submission.revision_id)
    return bool(written.filter(pk__gt=before.revision_id if before else 0).exists())
