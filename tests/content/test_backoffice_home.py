"""我的待办: the home shows what this person can act on, and nothing else."""

import dataclasses
import datetime as dt

import pytest

from jiyue.accounts.actions import grant
from jiyue.accounts.models import User
from jiyue.content import actions, inbox, panels
from jiyue.content.actions import CHECKLIST
from jiyue.content.freshness import Freshness, columns_of, state_of
from jiyue.content.inbox import Duty
from jiyue.content.models import Submission
from jiyue.content.permissions import can_decide
from tests.factories import a_person
from tests.queries import queries_of


def duties(user):
    return [(task.duty, task.title) for task in inbox.tasks_of(user)]


def fresh(user):
    """The person as the next request sees them: memberships are read once per request."""
    return User.objects.get(pk=user.pk)


def test_each_step_stands_on_the_list_of_whoever_takes_it(cluster, friday):
    submission = cluster.submitted("开学通知", important=True)
    assert duties(cluster.reviewer) == [(Duty.REVIEW, "开学通知")]

    actions.review(submission, by=cluster.reviewer, at=friday)
    assert duties(cluster.reviewer) == []
    assert duties(cluster.secrecy_reviewer) == [(Duty.SECRECY, "开学通知")]

    actions.clear(submission, by=cluster.secrecy_reviewer, at=friday, checklist=list(CHECKLIST))
    assert duties(cluster.signing_leader) == [(Duty.SIGNATURE, "开学通知")]

    actions.sign(submission, by=cluster.signing_leader, at=friday)
    assert duties(cluster.signing_leader) == duties(cluster.editor) == []


def test_nobody_is_asked_to_review_their_own_words(cluster, friday):
    item = cluster.draft("两人写的稿")
    grant(cluster.reviewer, "editor", cluster.bureau, by=None, at=friday)
    actions.revise(item, by=fresh(cluster.reviewer), at=friday, title="改过的稿")
    submission = actions.submit(item, by=cluster.editor, at=friday)

    assert not can_decide(fresh(cluster.reviewer), submission)
    assert (Duty.REVIEW, "改过的稿") not in duties(fresh(cluster.reviewer))


def test_the_list_agrees_with_the_permission_of_each_submission(cluster, friday):
    submissions = [cluster.submitted(f"第{number}条") for number in range(3)]
    actions.review(submissions[0], by=cluster.reviewer, at=friday)
    grant(cluster.reviewer, "secrecy_reviewer", cluster.bureau, by=None, at=friday)

    for user in map(fresh, cluster.people.values()):
        listed = set(inbox.waiting_for(user))
        assert listed == {one for one in Submission.objects.all() if can_decide(user, one)}


def test_a_returned_item_comes_back_to_its_author_until_it_is_sent_again(cluster, friday):
    submission = cluster.submitted("被退回的稿")
    actions.send_back(submission, reason="缺少来源", by=cluster.reviewer, at=friday)

    [task] = inbox.tasks_of(cluster.editor)
    assert (task.duty, task.note) == (Duty.RETURNED, "缺少来源")

    actions.revise(submission.page, by=cluster.editor, at=friday, summary="已补来源")
    actions.submit(submission.page, by=cluster.editor, at=friday)
    assert duties(cluster.editor) == []


def test_drafts_and_scheduled_items_are_on_their_authors_list(cluster, friday):
    cluster.draft("还没写完")
    submission = cluster.submitted("明天发布", go_live_at=friday + dt.timedelta(days=1))
    actions.review(submission, by=cluster.reviewer, at=friday)
    actions.clear(submission, by=cluster.secrecy_reviewer, at=friday, checklist=list(CHECKLIST))

    assert set(duties(cluster.editor)) == {(Duty.DRAFT, "还没写完"), (Duty.SCHEDULED, "明天发布")}


def test_an_emergency_publication_waits_for_its_review_on_top(cluster, friday):
    cluster.submitted("早就送审的稿")
    item = cluster.draft("暴雨预警")
    later = friday + dt.timedelta(hours=3)
    actions.publish_in_emergency(item, reason="汛情", by=cluster.signing_leader, at=later)

    assert duties(cluster.reviewer) == [(Duty.AFTER_REVIEW, "暴雨预警"), (Duty.REVIEW, "早就送审的稿")]
    assert duties(cluster.signing_leader) == []


def test_a_call_waits_for_the_reviewer_of_the_receiving_website(cluster, friday):
    release = cluster.published("可以共享的消息")
    caller = a_person("caller", "editor", cluster.city, at=friday)
    reviewer = a_person("portal-reviewer", "reviewer", cluster.city, at=friday)
    actions.call(release, cluster.column("tzgg", cluster.portal), by=caller, at=friday)

    assert duties(reviewer) == [(Duty.CALL, "可以共享的消息")]
    assert duties(cluster.reviewer) == []


def test_an_outsider_sees_nothing_of_it(client, cluster):
    cluster.submitted("教育局的内部稿")
    client.force_login(cluster.outsider)

    assert duties(cluster.outsider) == []
    assert "教育局的内部稿" not in client.get("/admin/").text


@pytest.mark.parametrize("person", ["editor", "reviewer", "secrecy_reviewer", "supervisor"])
def test_the_home_asks_the_database_as_often_for_three_rows_as_for_one(client, cluster, person):
    client.force_login(cluster.people[person])
    one_of_each(cluster, 1)
    client.get("/admin/")  # what is read once a process
    before = queries_of(lambda: client.get("/admin/"))

    one_of_each(cluster, 2)
    one_of_each(cluster, 3)

    assert queries_of(lambda: client.get("/admin/")) == before


def one_of_each(cluster, number):
    cluster.draft(f"草稿{number}")
    cluster.published(f"发布{number}")
    actions.review(cluster.submitted(f"待保密审查{number}"), by=cluster.reviewer, at=cluster.at)
    cluster.submitted(f"待审核{number}")


@pytest.mark.parametrize(
    ("person", "heading"),
    [
        ("system_admin", "定时任务"),
        ("security_admin", "授权变动"),
        ("audit_admin", "最近操作"),
        ("clerk", "还没有需要"),
    ],
)
def test_the_three_administrators_have_homes_of_their_own_without_content(client, cluster, person, heading):
    cluster.submitted("不给管理员看的稿")
    client.force_login(cluster.people[person])

    text = client.get("/admin/").text

    assert heading in text
    assert "我的待办" not in text


def test_freshness_is_the_time_since_the_last_release_against_the_cycle(friday):
    days = {None: Freshness.BLANK, 1: Freshness.FRESH, 11: Freshness.NEAR, 14: Freshness.NEAR, 15: Freshness.STALE}

    for age, expected in days.items():
        last = friday - dt.timedelta(days=age) if age else None
        assert state_of(last, 14, at=friday) is expected


def test_columns_are_listed_the_most_neglected_first(cluster, friday):
    dataclasses.replace(cluster, at=friday - dt.timedelta(days=20)).published("一条动态")

    states = {column.title: column.state for column in columns_of(cluster.editor, at=friday)}

    assert states["工作动态"] is Freshness.STALE
    assert states["政策文件"] is Freshness.BLANK
    assert [column.state for column in columns_of(cluster.editor, at=friday)][-1] is Freshness.STALE


def test_freshness_counts_what_a_column_calls_from_elsewhere(cluster, friday):
    release = cluster.published("水利也用的消息")
    actions.call(release, cluster.column("gzdt", cluster.other_site), by=cluster.outsider, at=friday)

    [column] = [c for c in columns_of(cluster.outsider, at=friday) if c.title == "工作动态"]
    assert column.state is Freshness.FRESH


def test_the_share_of_emergencies_stands_on_the_home_of_who_answers_for_it(cluster, friday):
    cluster.published("照常发布")
    actions.publish_in_emergency(cluster.draft("红色预警"), reason="汛情", by=cluster.signing_leader, at=friday)

    for person in (cluster.site_manager, cluster.supervisor, cluster.signing_leader):
        shown = [card for card in panels.cards(person, [], [], at=friday) if "紧急发布占比" in card.label]
        assert [(card.value, card.tone) for card in shown] == [("50.0%", "bad")]
    assert not [card for card in panels.cards(cluster.editor, [], [], at=friday) if "紧急发布占比" in card.label]
