"""The review chain, as an official would tell it."""

import datetime as dt
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from wagtail.models import Revision

from jiyue.accounts.actions import grant
from jiyue.accounts.models import AuditEntry
from jiyue.common.errors import Refused
from jiyue.common.models import DirtyKey
from jiyue.content import actions, inbox
from jiyue.content.actions import CHECKLIST
from jiyue.content.models import Article, Submission
from jiyue.library import actions as library
from jiyue.library.digest import digest_of, digest_of_revision
from jiyue.library.models import BasePage, Receipt, Release
from tests.factories import approve


@pytest.mark.clause("Y-4d")
@pytest.mark.clause("Y-5e")
@pytest.mark.clause("J-2.2a")
def test_an_item_reaches_the_public_only_after_review_and_confidentiality_review(cluster):
    submission = cluster.submitted()
    assert not Release.objects.items().exists()

    actions.review(submission, by=cluster.reviewer, at=cluster.at)
    assert not Release.objects.items().exists()
    actions.clear(submission, by=cluster.secrecy_reviewer, at=cluster.at, checklist=list(CHECKLIST))

    release = Release.objects.items().get()
    assert release.receipt.by == cluster.secrecy_reviewer
    assert release.receipt.digest == release.digest == digest_of_revision(submission.revision)


def test_the_author_may_not_review(cluster, friday):
    submission = cluster.submitted()
    grant(cluster.editor, "reviewer", cluster.bureau, by=None, at=friday)
    editor = type(cluster.editor).objects.get(pk=cluster.editor.pk)

    with pytest.raises(Refused, match="自己的稿件"):
        actions.review(submission, by=editor, at=friday)


def test_who_changed_the_text_may_not_review_it_even_if_another_submitted(cluster, friday):
    item = cluster.draft()
    grant(cluster.reviewer, "editor", cluster.bureau, by=None, at=friday)
    reviewer = type(cluster.reviewer).objects.get(pk=cluster.reviewer.pk)
    actions.revise(item, by=reviewer, at=friday, title="改过的标题")
    submission = actions.submit(item, by=cluster.editor, at=friday)

    with pytest.raises(Refused, match="自己的稿件"):
        actions.review(submission, by=reviewer, at=friday)


def test_who_wrote_what_was_taken_down_does_not_review_it_when_it_is_sent_again(cluster, friday):
    """The same text a second time: its last publication is no reason to read it less carefully."""
    item = cluster.draft()
    approve(cluster, actions.submit(item, by=cluster.editor, at=friday))
    actions.withdraw(item, reason="有误", by=cluster.reviewer, at=friday)
    for person, role in ((cluster.site_manager, "editor"), (cluster.editor, "reviewer")):
        grant(person, role, cluster.bureau, by=None, at=friday)
    editor = type(cluster.editor).objects.get(pk=cluster.editor.pk)
    again = actions.submit(item, by=cluster.site_manager, at=friday + dt.timedelta(days=1))

    with pytest.raises(Refused, match="自己的稿件"):
        actions.review(again, by=editor, at=friday)
    assert again not in inbox.waiting_for(editor)
    assert again in inbox.waiting_for(cluster.reviewer)


def test_reviewer_and_secrecy_reviewer_are_two_people(cluster, friday):
    submission = cluster.submitted()
    grant(cluster.reviewer, "secrecy_reviewer", cluster.bureau, by=None, at=friday)
    reviewer = type(cluster.reviewer).objects.get(pk=cluster.reviewer.pk)
    actions.review(submission, by=reviewer, at=friday)

    with pytest.raises(Refused, match="不同的人"):
        actions.clear(submission, by=reviewer, at=friday, checklist=list(CHECKLIST))


def test_an_outsider_can_do_nothing(cluster, friday):
    submission = cluster.submitted()

    for act in (
        lambda: actions.revise(submission.page, by=cluster.outsider, at=friday, title="x"),
        lambda: actions.review(submission, by=cluster.outsider, at=friday),
        lambda: actions.recall(submission, by=cluster.outsider, at=friday),
        lambda: actions.send_back(submission, reason="x", by=cluster.outsider, at=friday),
        lambda: actions.withdraw(submission.page, reason="x", by=cluster.outsider, at=friday),
    ):
        with pytest.raises(Refused):
            act()
    submission.refresh_from_db()
    assert submission.state == Submission.State.REVIEW


def test_every_point_of_the_checklist_must_be_confirmed(cluster):
    submission = cluster.submitted()
    actions.review(submission, by=cluster.reviewer, at=cluster.at)

    with pytest.raises(Refused, match="不含国家秘密"):
        actions.clear(submission, by=cluster.secrecy_reviewer, at=cluster.at, checklist=list(CHECKLIST[1:]))
    assert not Receipt.objects.filter(item=submission.page_id).exists()


@pytest.mark.clause("C-2.1.3c")
def test_an_important_item_waits_for_the_signature_of_a_leader(cluster):
    submission = cluster.submitted(important=True)
    actions.review(submission, by=cluster.reviewer, at=cluster.at)
    actions.clear(submission, by=cluster.secrecy_reviewer, at=cluster.at, checklist=list(CHECKLIST))
    assert not Release.objects.items().exists()

    actions.sign(submission, by=cluster.signing_leader, at=cluster.at)

    assert Release.objects.items().exists()


def test_returned_with_a_reason_and_sent_again(cluster):
    submission = cluster.submitted()
    with pytest.raises(Refused, match="原因"):
        actions.send_back(submission, reason=" ", by=cluster.reviewer, at=cluster.at)
    actions.send_back(submission, reason="标题与正文不符", by=cluster.reviewer, at=cluster.at)

    actions.revise(submission.page, by=cluster.editor, at=cluster.at, title="全市中小学今日开学")
    again = actions.submit(submission.page, by=cluster.editor, at=cluster.at)
    approve(cluster, again)

    assert Release.objects.items().get().title == "全市中小学今日开学"


def test_while_it_is_reviewed_nobody_changes_it(cluster):
    submission = cluster.submitted()

    with pytest.raises(Refused, match="锁定"):
        actions.revise(submission.page, by=cluster.editor, at=cluster.at, title="偷偷改")
    assert submission.page.specific.get_lock().for_user(cluster.editor)


def test_the_live_version_stays_while_an_edit_is_reviewed(cluster):
    release = cluster.published("第一版")
    actions.revise(release.item, by=cluster.editor, at=cluster.at, title="第二版")
    submission = actions.submit(release.item, by=cluster.editor, at=cluster.at)
    release.refresh_from_db()
    assert release.title == "第一版"

    later = cluster.at + dt.timedelta(hours=3)
    actions.review(submission, by=cluster.reviewer, at=later)
    actions.clear(submission, by=cluster.secrecy_reviewer, at=later, checklist=list(CHECKLIST))

    first = release.released_at
    release.refresh_from_db()
    assert (release.title, release.released_at, release.revised_at) == ("第二版", first, later)


def test_no_door_publishes_without_a_receipt_of_exactly_this_text(cluster):
    item = cluster.draft()
    with pytest.raises(Refused, match="保密审查结论"):
        library.publish_page(item, item.save_revision(), by=cluster.editor, at=cluster.at)

    release = cluster.published("已审查的标题")
    page = release.item.specific
    page.title = "没有审查的标题"
    with pytest.raises(Refused, match="保密审查结论"):
        library.publish_page(page, page.save_revision(), by=cluster.editor, at=cluster.at)
    page.live = True
    page.save()
    release.refresh_from_db()
    assert release.title == "已审查的标题"


def test_a_receipt_does_not_open_wagtails_own_doors(cluster):
    """Cleared but not signed, or cleared for tomorrow: there is a receipt, and it may not go out yet."""
    submission = cluster.submitted(important=True)
    actions.review(submission, by=cluster.reviewer, at=cluster.at)
    actions.clear(submission, by=cluster.secrecy_reviewer, at=cluster.at, checklist=list(CHECKLIST))
    Revision.objects.filter(pk=submission.revision_id).update(approved_go_live_at=cluster.at)

    for door in (submission.revision.publish, lambda: submission.page.specific.publish(submission.revision)):
        with pytest.raises(Refused, match="审核链"):
            door()
    with pytest.raises(Refused, match="审核链"):
        call_command("publish_scheduled")
    assert not Release.objects.items().exists()


def test_a_revision_does_not_say_whose_page_it_is(cluster):
    item = cluster.draft()
    other = cluster.other_site
    revision = item.latest_revision
    revision.content |= {"website": other.pk, "unit": other.unit_id}
    revision.save()

    page = revision.as_object()

    assert (page.website_id, page.unit_id) == (cluster.site.pk, cluster.bureau.pk)


def test_what_was_taken_down_does_not_come_back_at_its_appointed_time(cluster):
    release = cluster.published()
    tomorrow = cluster.at + dt.timedelta(days=1)
    page = actions.revise(release.item, by=cluster.editor, at=cluster.at, title="明天的版本", go_live_at=tomorrow)
    approve(cluster, actions.submit(page, by=cluster.editor, at=cluster.at))
    later = cluster.at + dt.timedelta(hours=1)
    actions.withdraw(release.item, reason="数据有误", by=cluster.reviewer, at=later)

    assert actions.publish_due(at=tomorrow) == 0

    assert not Release.objects.live().items().exists()
    last = page.submissions.order_by("-pk").first()
    assert (last.state, "撤下" in last.return_reason) == ("returned", True)


def test_one_that_may_no_longer_go_out_does_not_hold_up_the_others(cluster, picture):
    tomorrow = cluster.at + dt.timedelta(days=1)
    for values in ({"title": "换了图", "cover": picture}, {"title": "照常发布"}):
        approve(cluster, cluster.submitted(go_live_at=tomorrow, **values))
    picture.file.storage.delete(picture.file.name)

    assert actions.publish_due(at=tomorrow) == 1

    assert [release.title for release in Release.objects.items()] == ["照常发布"]
    assert Submission.objects.get(title="换了图").state == "returned"


def test_the_writer_of_an_emergency_publication_does_not_review_it_afterwards(cluster, friday):
    grant(cluster.editor, "reviewer", cluster.bureau, by=None, at=friday)
    item = cluster.draft()
    submission = actions.publish_in_emergency(item, reason="汛情", by=cluster.signing_leader, at=cluster.at)
    editor = type(cluster.editor).objects.get(pk=cluster.editor.pk)

    with pytest.raises(Refused, match="事后审核"):
        actions.review_afterwards(submission, opinion="属实", keep=True, by=editor, at=cluster.at)
    assert submission not in inbox.waiting_for(editor)
    assert submission in inbox.waiting_for(cluster.reviewer)


def test_what_failed_its_review_afterwards_is_not_simply_put_back(cluster):
    item = cluster.draft()
    submission = actions.publish_in_emergency(item, reason="汛情", by=cluster.signing_leader, at=cluster.at)
    later = cluster.at + dt.timedelta(hours=1)
    actions.review_afterwards(submission, opinion="不实", keep=False, by=cluster.reviewer, at=later)

    with pytest.raises(Refused, match="事后审核"):
        actions.restore(item, by=cluster.signing_leader, at=later)


def test_the_code_of_a_column_is_part_of_what_is_reviewed(cluster):
    column = cluster.column().specific
    before = digest_of(column)

    column.slug = "another"

    assert digest_of(column) != before


def test_the_words_that_come_with_a_picture_are_part_of_what_is_reviewed(cluster, picture):
    submission = cluster.submitted(cover=picture)
    actions.review(submission, by=cluster.reviewer, at=cluster.at)
    picture.alt = "没有人审查过的说明"
    picture.save(update_fields=["alt"])

    with pytest.raises(Refused, match="变化"):
        actions.clear(submission, by=cluster.secrecy_reviewer, at=cluster.at, checklist=list(CHECKLIST))


def test_a_picture_exchanged_after_the_review_voids_the_receipt(cluster, picture):
    """Below the library, by whoever can write to the disk: what Wagtail remembers of the file stays the same."""
    submission = cluster.submitted(cover=picture)
    actions.review(submission, by=cluster.reviewer, at=cluster.at)
    Path(picture.file.path).write_bytes(Path(picture.file.path).read_bytes() + b"\0")

    with pytest.raises(Refused, match="变化"):
        actions.clear(submission, by=cluster.secrecy_reviewer, at=cluster.at, checklist=list(CHECKLIST))


def test_published_at_the_appointed_time(cluster):
    later = cluster.at + dt.timedelta(days=1)
    submission = cluster.submitted(go_live_at=later)
    approve(cluster, submission)
    submission.refresh_from_db()
    assert submission.state == Submission.State.SCHEDULED
    assert actions.publish_due(at=later - dt.timedelta(minutes=1)) == 0

    assert actions.publish_due(at=later) == 1

    assert Release.objects.items().get().released_at == later
    assert actions.publish_due(at=later) == 0


def test_taken_down_at_its_end_date(cluster):
    end = cluster.at + dt.timedelta(days=10)
    release = cluster.published(expire_at=end)

    assert actions.withdraw_expired(at=end) == 1

    release.refresh_from_db()
    assert (release.withdrawn_at, release.withdrawn_reason) == (end, "已到期")


def test_withdrawn_with_a_reason_and_put_back_as_it_was(cluster):
    release = cluster.published()
    before = (release.address, release.released_at, release.digest)
    with pytest.raises(Refused, match="原因"):
        actions.withdraw(release.item, reason="", by=cluster.reviewer, at=cluster.at)
    actions.withdraw(release.item, reason="数据有误", by=cluster.reviewer, at=cluster.at)
    assert not Release.objects.live().items().exists()

    actions.restore(release.item, by=cluster.reviewer, at=cluster.at)

    again = Release.objects.live().items().get()
    assert (again.address, again.released_at, again.digest) == before


def test_emergency_publication_is_marked_and_owes_a_review_by_somebody_else(cluster):
    item = cluster.draft("暴雨红色预警")
    with pytest.raises(Refused, match="签发领导"):
        actions.publish_in_emergency(item, reason="汛情", by=cluster.editor, at=cluster.at)
    submission = actions.publish_in_emergency(item, reason="汛情", by=cluster.signing_leader, at=cluster.at)
    assert Release.objects.items().get().receipt.basis == Receipt.Basis.EMERGENCY

    with pytest.raises(Refused):
        actions.review_afterwards(submission, opinion="", keep=True, by=cluster.signing_leader, at=cluster.at)
    actions.review_afterwards(submission, opinion="属实", keep=False, by=cluster.reviewer, at=cluster.at)

    assert Release.objects.items().get().withdrawn_at == cluster.at


def test_a_draft_goes_to_the_bin_and_back_and_a_release_never_does(cluster):
    item = cluster.draft()
    actions.discard(item, by=cluster.editor, at=cluster.at)
    assert BasePage.objects.get(pk=item.pk).discarded_at
    actions.undelete(item, by=cluster.editor, at=cluster.at)
    assert not BasePage.objects.get(pk=item.pk).discarded_at

    release = cluster.published("另一条")
    with pytest.raises(Refused, match="撤下"):
        actions.discard(release.item, by=cluster.editor, at=cluster.at)


@pytest.mark.clause("Y-6a")
@pytest.mark.clause("S-2.2.1a")
def test_every_step_leaves_its_trace(cluster):
    release = cluster.published()

    trail = AuditEntry.objects.filter(target_id=str(release.item_id)).order_by("pk")
    assert [(entry.action, entry.user.username) for entry in trail] == [
        ("content.draft", "editor"),
        ("content.submit", "editor"),
        ("content.review", "reviewer"),
        ("library.receipt", "secrecy_reviewer"),
        ("library.publish", "secrecy_reviewer"),
        ("content.clear", "secrecy_reviewer"),
    ]


def test_publication_and_its_outbox_rows_are_one_transaction(cluster):
    DirtyKey.objects.all().delete()
    submission = cluster.submitted()
    actions.review(submission, by=cluster.reviewer, at=cluster.at)

    with transaction.atomic():
        actions.clear(submission, by=cluster.secrecy_reviewer, at=cluster.at, checklist=list(CHECKLIST))
        assert DirtyKey.objects.filter(key=f"item:{submission.page_id}").exists()
        transaction.set_rollback(True)

    assert not DirtyKey.objects.filter(key=f"item:{submission.page_id}").exists()
    assert not Release.objects.items().exists()


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"reviewer": "editor"}, "author_is_not_reviewer"),
        ({"secrecy_reviewer": "editor"}, "secrecy_reviewer_is_a_third_person"),
        ({"state": "published"}, "published_after_the_whole_chain"),
        ({"state": "returned"}, "returned_with_reason"),
        ({"after_reviewer": "editor"}, "after_review_by_another_person"),
        ({"signer": "editor"}, "signer_is_a_fourth_person"),
    ],
)
def test_the_database_itself_keeps_duties_apart(cluster, change, constraint):
    submission = cluster.submitted()
    values = {name: cluster.people.get(value, value) for name, value in change.items()}

    with pytest.raises(IntegrityError, match=constraint):
        Submission.objects.filter(pk=submission.pk).update(**values)


def test_the_database_keeps_one_open_submission_a_page(cluster):
    submission = cluster.submitted()

    submission.pk = None
    with pytest.raises(IntegrityError):
        submission.save()


def test_a_column_takes_only_what_it_is_for(cluster):
    with pytest.raises(Refused, match="不收"):
        actions.draft(
            Article, cluster.column("zcwj"), by=cluster.editor, at=cluster.at, title="一条动态", source="市教育局"
        )
