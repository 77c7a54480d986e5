"""The life of a page, in the order in which it happens: draft, submit, review, clear, sign, publish, withdraw.

Each step of the chain is done by somebody else (苏政办发〔2017〕96号 二(二)一; 吉政办发〔2011〕31号 二(二)). Nothing here
publishes by itself: every path ends in ``library.publish_page``, which asks for the receipt.
"""

from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from jiyue.accounts.audit import record
from jiyue.accounts.models import User
from jiyue.accounts.permissions import can
from jiyue.accounts.roles import Verb
from jiyue.common.chinese import syllables
from jiyue.common.errors import Refused
from jiyue.content.builder import refuse_removing_basic
from jiyue.content.models import ColumnPage, ItemPage, Submission
from jiyue.content.permissions import (
    can_clear,
    can_publish_in_emergency,
    can_recall,
    can_review,
    can_review_afterwards,
    can_sign,
    can_withdraw,
    can_write,
    has_written,
)
from jiyue.content.signals import submission_moved
from jiyue.library import actions as library
from jiyue.library.classification import Kind
from jiyue.library.digest import digest_of_revision
from jiyue.library.models import BasePage, Placement, Receipt, Release


State = Submission.State
Item = TypeVar("Item", bound=ItemPage)

# What a confidentiality reviewer confirms, one by one (政府信息公开条例 第十四至十六条; 保密法实施条例 第四十二条).
CHECKLIST = (
    "不含国家秘密",
    "不含工作秘密和内部管理信息",
    "不含商业秘密",
    "不含个人隐私和未脱敏的个人信息",
    "公开后不危及国家安全、公共安全、经济安全和社会稳定",
    "不属于尚未定稿的过程性信息",
    "附件和图片已逐一审查",
)


@transaction.atomic
def draft(model: type[Item], column: ColumnPage, *, by: User, at: datetime, **values: Any) -> Item:
    """Writes a new item into a column, as a draft nobody outside can see."""
    if not can(by, Verb.WRITE, column.unit):
        raise Refused(_("您不是该网站的信息员。"))
    if not model.can_create_at(column):
        raise Refused(
            _("栏目“%(column)s”不收“%(kind)s”类信息。") % {"column": column, "kind": model._meta.verbose_name}
        )
    item = model(owner=by, live=False, has_unpublished_changes=True, **values)
    item.slug = item.slug or f"{_initial(item.title)}-{item.translation_key.hex[:12]}"
    item.draft_title = item.title
    column.add_child(instance=item)
    item.save_revision(user=by, log_action=False)
    record(item, "content.draft", by=by, at=at)
    return item


@transaction.atomic
def revise(page: BasePage, *, by: User, at: datetime, **values: Any) -> BasePage:
    """Changes the draft. What is online stays online as it is."""
    page = _lock_page(page).specific.get_latest_revision_as_object()
    if not can_write(by, page):
        raise Refused(_("您没有修改该信息的权限。"))
    if page.submissions.open().exists():
        raise Refused(_("正在审核，内容已锁定。需要修改请先撤回送审，或请审核人退回。"))
    for name, value in values.items():
        setattr(page, name, value)
    page.save_revision(user=by, log_action=False, clean=True)
    record(page, "content.revise", by=by, at=at, fields=sorted(values))
    return page


@transaction.atomic
def submit(page: BasePage, *, by: User, at: datetime) -> Submission:
    """Sends the latest draft to the reviewers and locks it."""
    if not can_write(by, page):
        raise Refused(_("您没有送审该信息的权限。"))
    return _open_submission(page, by=by, at=at)


@transaction.atomic
def review(submission: Submission, *, by: User, at: datetime, opinion: str = "") -> None:
    """Content review: the text is right and may go on to the confidentiality review."""
    submission = _lock(submission, expected=State.REVIEW)
    if not can_review(by, submission):
        raise Refused(_separation(by, submission) or _("您不是该网站的审核员。"))
    submission.reviewer, submission.reviewed_at, submission.review_opinion = by, at, opinion
    _move(submission, State.SECRECY, "content.review", by=by, at=at, opinion=opinion)


@transaction.atomic
def clear(submission: Submission, *, by: User, at: datetime, checklist: list[str], opinion: str = "") -> None:
    """Confidentiality review: every point of the checklist is confirmed, and the receipt is bound to this text."""
    submission = _lock(submission, expected=State.SECRECY)
    if not can_clear(by, submission):
        raise Refused(_separation(by, submission) or _("您不是该网站的保密审查员。"))
    missing = [point for point in CHECKLIST if point not in checklist]
    if missing:
        raise Refused(_("保密审查清单还有未确认的项目：%s。") % "；".join(missing))
    _require_unchanged(submission)
    library.hold(submission.page)
    submission.receipt = library.issue_receipt(
        submission.page, submission.digest, by=by, at=at, checklist=checklist, opinion=opinion
    )
    submission.secrecy_reviewer, submission.cleared_at = by, at
    if submission.needs_signature:
        _move(submission, State.SIGNATURE, "content.clear", by=by, at=at)
    else:
        _finish(submission, "content.clear", by=by, at=at)


@transaction.atomic
def sign(submission: Submission, *, by: User, at: datetime) -> None:
    """签发 of an important item by a responsible leader (江苏内容保障通知 二(一)3)."""
    submission = _lock(submission, expected=State.SIGNATURE)
    if not can_sign(by, submission):
        raise Refused(_separation(by, submission) or _("您不是该网站的签发领导。"))
    submission.signer, submission.signed_at = by, at
    _finish(submission, "content.sign", by=by, at=at)


@transaction.atomic
def send_back(submission: Submission, *, reason: str, by: User, at: datetime) -> None:
    """退回, by whoever the submission waits for, with a reason the author can act on."""
    submission = _lock(submission)
    if not (can_review(by, submission) or can_clear(by, submission) or can_sign(by, submission)):
        raise Refused(_("这一环节不由您办理。"))
    if not reason.strip():
        raise Refused(_("退回须写明原因。"))
    submission.returned_by, submission.returned_at, submission.return_reason = by, at, reason.strip()
    _move(submission, State.RETURNED, "content.send_back", by=by, at=at, reason=reason)


@transaction.atomic
def recall(submission: Submission, *, by: User, at: datetime) -> None:
    """撤回: the author's side takes the draft back to change it."""
    submission = _lock(submission)
    if not can_recall(by, submission):
        raise Refused(_("您不能撤回这次送审。"))
    _move(submission, State.RECALLED, "content.recall", by=by, at=at)


@transaction.atomic
def publish_in_emergency(page: BasePage, *, reason: str, by: User, at: datetime) -> Submission:
    """Publishes at once on one leader's responsibility; marked, counted, and reviewed afterwards by another person."""
    if not can_publish_in_emergency(by, page):
        raise Refused(_("只有签发领导可以紧急发布。"))
    if not reason.strip():
        raise Refused(_("紧急发布须写明理由。"))
    library.hold(page)
    for waiting in page.submissions.open():
        _move(_lock(waiting), State.RECALLED, "content.recall", by=by, at=at)
    submission = _open_submission(page, by=by, at=at, emergency=True, emergency_reason=reason.strip())
    submission.receipt = library.issue_receipt(
        page, submission.digest, by=by, at=at, basis=Receipt.Basis.EMERGENCY, opinion=reason.strip()
    )
    submission.secrecy_reviewer, submission.cleared_at, submission.publish_at = by, at, None
    _finish(submission, "content.emergency", by=by, at=at)
    return submission


@transaction.atomic
def review_afterwards(submission: Submission, *, opinion: str, keep: bool, by: User, at: datetime) -> None:
    """The review an emergency publication still owes. ``keep=False`` withdraws it."""
    submission = _lock(submission)
    if not can_review_afterwards(by, submission):
        raise Refused(_("事后审核须由发布人以外的审核员办理。"))
    submission.after_reviewer, submission.after_reviewed_at, submission.after_opinion = by, at, opinion
    submission.save(update_fields=["after_reviewer", "after_reviewed_at", "after_opinion"])
    library.hold(submission.page)
    record(submission.page, "content.review_afterwards", by=by, at=at, keep=keep, opinion=opinion)
    if not keep:
        library.withdraw(submission.page, by=by, at=at, reason=opinion or _("事后审核未通过"))


def publish_due(*, at: datetime) -> int:
    """Publishes what was approved for a moment that has come; answers how many. Run by the scheduler.

    What may no longer go out - a file changed, the item was taken down meanwhile - returns to its author, and the rest
    is published all the same."""
    due = list(Submission.objects.due(at).values_list("pk", flat=True))
    return sum(_publish_scheduled(pk, at=at) for pk in due)


@transaction.atomic
def withdraw(page: BasePage, *, reason: str, by: User, at: datetime) -> None:
    """撤下, with a reason the public can read. Every column that calls the item loses it within seconds."""
    if not can_withdraw(by, page):
        raise Refused(_("您没有撤下该信息的权限。"))
    if not reason.strip():
        raise Refused(_("撤下须写明原因。"))
    for column in ColumnPage.objects.filter(pk=page.pk):
        refuse_removing_basic(column)
    library.withdraw(page, by=by, at=at, reason=reason.strip())


@transaction.atomic
def restore(page: BasePage, *, by: User, at: datetime) -> None:
    if not can_withdraw(by, page):
        raise Refused(_("您没有恢复该信息的权限。"))
    if _fell_through_its_review(page):
        raise Refused(_("紧急发布未通过事后审核的内容不能恢复，须修改后重新送审。"))
    library.restore(page, by=by, at=at)


def call(release: Release, column: ColumnPage, *, by: User, at: datetime) -> Placement:
    """Shows a release in another column. A column may ask that its website's reviewer looks at each call first."""
    return library.call(release, column, by=by, at=at, approved=not column.calls_need_review)


def withdraw_expired(*, at: datetime) -> int:
    """Takes down what has reached its end date; answers how many. Run by the scheduler."""
    expired = list(Release.objects.live().filter(expires_at__lte=at).values_list("pk", flat=True))
    for pk in expired:
        with transaction.atomic():
            release = Release.objects.select_for_update().get(pk=pk)
            if release.withdrawn_at is None:
                library.withdraw(release.item, by=None, at=at, reason=_("已到期"))
    return len(expired)


@transaction.atomic
def discard(page: BasePage, *, by: User, at: datetime) -> None:
    """Moves a draft that never went out into the bin."""
    page = _lock_page(page)
    if not can_write(by, page):
        raise Refused(_("您没有删除该草稿的权限。"))
    if Release.objects.filter(item=page.pk).exists():
        raise Refused(_("已发布过的信息不能删除，只能撤下。"))
    if page.submissions.open().exists():
        raise Refused(_("正在审核的草稿不能删除，请先撤回送审。"))
    BasePage.objects.filter(pk=page.pk).update(discarded_at=at)
    record(page, "content.discard", by=by, at=at)


@transaction.atomic
def undelete(page: BasePage, *, by: User, at: datetime) -> None:
    if not can_write(by, page):
        raise Refused(_("您没有恢复该草稿的权限。"))
    BasePage.objects.filter(pk=page.pk).update(discarded_at=None)
    record(page, "content.undelete", by=by, at=at)


def _fell_through_its_review(page: BasePage) -> bool:
    """Whether it was the review afterwards that took down what was published in an emergency."""
    release = Release.objects.filter(item=page.pk, withdrawn_at__isnull=False).first()
    owed = Submission.objects.filter(page=page.pk, emergency=True, after_reviewed_at__isnull=False)
    return release is not None and owed.filter(digest=release.digest, after_reviewed_at=release.withdrawn_at).exists()


def _initial(title: str) -> str:
    """The first syllable of a title for the slug of a draft; titles also begin with 《 or 【."""
    first = "".join(syllables(title[:1])).lower()
    return "".join(letter for letter in first if letter.isascii() and letter.isalnum())[:8] or "x"


def _open_submission(page: BasePage, *, by: User, at: datetime, **values: Any) -> Submission:
    page = _lock_page(page)
    if page.submissions.open().exists():
        raise Refused(_("该信息已在审核中。"))
    if page.discarded_at:
        raise Refused(_("该草稿在回收站中，请先恢复。"))
    revision = page.get_latest_revision()
    text = revision.as_object()
    text.full_clean()
    digest = digest_of_revision(revision)
    if Release.objects.live().filter(item=page.pk, digest=digest).exists():
        raise Refused(_("内容与已发布的一致，不需要送审。"))
    submission = Submission.objects.create(
        page=page,
        unit_id=page.unit_id,
        revision=revision,
        digest=digest,
        title=text.title,
        needs_signature=getattr(text, "important", False),
        publish_at=text.go_live_at if text.kind not in {Kind.HOME, Kind.COLUMN} else None,
        author=by,
        submitted_at=at,
        waiting_since=at,
        **values,
    )
    record(page, "content.submit", by=by, at=at, digest=digest, revision=revision.pk)
    transaction.on_commit(lambda: submission_moved.send(Submission, submission=submission, by=by, at=at))
    return submission


def _publish_scheduled(pk: int, *, at: datetime) -> bool:
    try:
        with transaction.atomic():
            submission = Submission.objects.select_for_update().get(pk=pk)
            if submission.state == State.SCHEDULED:
                _publish(submission, "content.publish_due", by=None, at=at)
    except Refused as refused:
        with transaction.atomic():
            submission = _lock(submission, expected=State.SCHEDULED)
            submission.returned_at, submission.return_reason = at, str(refused)
            _move(submission, State.RETURNED, "content.send_back", by=None, at=at, reason=str(refused))
        return False
    return True


def _finish(submission: Submission, action: str, *, by: User, at: datetime) -> None:
    if submission.publish_at and submission.publish_at > at:
        _move(submission, State.SCHEDULED, action, by=by, at=at)
    else:
        _publish(submission, action, by=by, at=at)


def _publish(submission: Submission, action: str, *, by: User | None, at: datetime) -> None:
    submission.published_at = at
    library.publish_page(submission.page.specific, submission.revision, by=by, at=at)
    _move(submission, State.PUBLISHED, action, by=by, at=at)


def _move(submission: Submission, state: str, action: str, *, by: User | None, at: datetime, **data: Any) -> None:
    submission.state, submission.waiting_since = state, at
    submission.save()
    record(submission.page, action, by=by, at=at, unit=submission.unit, state=state, **data)
    transaction.on_commit(lambda: submission_moved.send(Submission, submission=submission, by=by, at=at))


def _lock_page(page: BasePage) -> BasePage:
    return BasePage.objects.select_for_update().get(pk=page.pk)


def _lock(submission: Submission, *, expected: str | None = None) -> Submission:
    rows = Submission.objects.select_for_update(of=["self"])  # not the unit: all its people decide at once
    locked = rows.select_related("page", "unit").get(pk=submission.pk)
    if expected and locked.state != expected:
        raise Refused(_("这次送审已处于“%s”状态。") % locked.get_state_display())
    return locked


def _require_unchanged(submission: Submission) -> None:
    if digest_of_revision(submission.revision) != submission.digest:
        raise Refused(_("送审后内容或所用文件有变化，请退回后重新送审。"))


def _separation(user: User, submission: Submission) -> str:
    """Why somebody with the right role still may not take this step; empty when it is not that."""
    if has_written(user, submission):
        return _("采编人不能审核自己的稿件。")
    if user.pk in {submission.reviewer_id, submission.secrecy_reviewer_id}:
        return _("审核、保密审查、签发须由不同的人办理。")
    return ""
