"""The review screen: read, decide, go on to the next."""

import pytest
from django.urls import reverse

from jiyue.content import actions
from jiyue.content.actions import CHECKLIST
from jiyue.content.comparison import compare
from jiyue.content.models import Submission
from jiyue.library.models import Release
from tests.queries import queries_of


State = Submission.State


def address(submission):
    return reverse("content_review", args=[submission.pk])


def seen(submission):
    return f"{submission.state} {submission.digest}"


def decide(client, submission, decision="pass", **values):
    submission.refresh_from_db()
    data = {"seen": seen(submission), "decision": decision, **values}
    return client.post(address(submission), data)


def state_of(submission):
    submission.refresh_from_db()
    return submission.state


def test_an_item_goes_out_through_the_browser(client, cluster):
    submission = cluster.submitted("全市中小学秋季开学")
    client.force_login(cluster.reviewer)
    decide(client, submission, opinion="内容准确")
    client.force_login(cluster.secrecy_reviewer)
    decide(client, submission, checklist=list(CHECKLIST))

    assert Release.objects.items().get().title == "全市中小学秋季开学"
    assert submission.page.submissions.get().review_opinion == "内容准确"


def test_an_important_item_is_signed_in_the_browser(client, cluster, friday):
    submission = cluster.submitted(important=True)
    actions.review(submission, by=cluster.reviewer, at=friday)
    actions.clear(submission, by=cluster.secrecy_reviewer, at=friday, checklist=list(CHECKLIST))
    client.force_login(cluster.signing_leader)

    decide(client, submission)

    assert state_of(submission) == State.PUBLISHED


def test_after_a_decision_the_next_one_comes(client, cluster):
    first, second = cluster.submitted("第一条"), cluster.submitted("第二条")
    client.force_login(cluster.reviewer)

    assert decide(client, first).url == address(second)
    assert decide(client, second).url == reverse("wagtailadmin_home")


def test_a_return_needs_a_reason_and_nothing_typed_is_lost(client, cluster):
    submission = cluster.submitted()
    client.force_login(cluster.reviewer)

    response = decide(client, submission, "return", reason="  ", opinion="写了一半的意见")
    assert "退回须写明原因" in response.text
    assert "写了一半的意见" in response.text
    assert state_of(submission) == State.REVIEW

    decide(client, submission, "return", reason="标题与正文不符")
    assert (state_of(submission), submission.return_reason) == (State.RETURNED, "标题与正文不符")


def test_every_point_of_the_list_is_ticked_or_the_screen_says_which_is_missing(client, cluster, friday):
    submission = cluster.submitted()
    actions.review(submission, by=cluster.reviewer, at=friday)
    client.force_login(cluster.secrecy_reviewer)

    response = decide(client, submission, checklist=list(CHECKLIST[1:]))

    assert f"未确认的项目：{CHECKLIST[0]}" in response.text
    assert response.text.count("checked") == len(CHECKLIST) - 1
    assert state_of(submission) == State.SECRECY


def test_a_decision_on_what_has_changed_meanwhile_is_refused(client, cluster, friday):
    submission = cluster.submitted()
    before = seen(submission)
    actions.review(submission, by=cluster.reviewer, at=friday)
    client.force_login(cluster.secrecy_reviewer)

    response = client.post(address(submission), {"seen": before, "decision": "pass", "checklist": list(CHECKLIST)})

    assert "请重新阅读" in response.text
    assert state_of(submission) == State.SECRECY


@pytest.mark.parametrize("person", ["editor", "secrecy_reviewer", "supervisor"])
def test_whoever_it_does_not_wait_for_reads_only(client, cluster, person):
    submission = cluster.submitted()
    client.force_login(cluster.people[person])

    assert 'id="decision"' not in client.get(address(submission)).text
    decide(client, submission)
    assert state_of(submission) == State.REVIEW


def test_for_an_outsider_the_submission_does_not_exist(client, cluster):
    submission = cluster.submitted()
    client.force_login(cluster.outsider)

    assert client.get(address(submission)).status_code == 404
    assert client.get(reverse("content_preview", args=[submission.pk])).status_code == 404
    assert decide(client, submission).status_code == 404


def test_the_review_after_an_emergency_can_take_the_item_down(client, cluster, friday):
    item = cluster.draft("暴雨预警")
    submission = actions.publish_in_emergency(item, reason="汛情", by=cluster.signing_leader, at=friday)
    client.force_login(cluster.reviewer)

    assert "汛情" in client.get(address(submission)).text
    decide(client, submission, "return", reason="预警已解除")

    assert Release.objects.items().get().withdrawn_reason == "预警已解除"


def test_differences_are_marked_by_character_against_what_is_online(cluster, friday):
    release = cluster.published("第一版", body=[("text", "<p>全市1286所学校如期开学。</p>")])
    actions.revise(
        release.item, by=cluster.editor, at=friday, title="第二版", source="云州日报",
        body=[("text", "<p>全市1287所学校如期开学。</p>")],
    )  # fmt: skip
    comparison = compare(actions.submit(release.item, by=cluster.editor, at=friday))

    assert comparison.title == "第<del>一</del><ins>二</ins>版"
    assert "<del>1286</del><ins>1287</ins>" in comparison.body
    changed = {field.label: (field.old, field.new) for field in comparison.fields if field.changed}
    assert changed["来源"] == ("市教育局", "云州日报")


def test_a_first_publication_stands_alone(client, cluster):
    submission = cluster.submitted()
    client.force_login(cluster.reviewer)

    text = client.get(address(submission)).text

    assert "首次发布" in text
    assert "review__pair--single" in text


def test_the_preview_is_the_page_the_publisher_would_make(client, cluster, picture):
    submission = cluster.submitted("秋季开学", body=[("image", {"picture": picture, "alt": "校园", "caption": ""})])
    client.force_login(cluster.reviewer)

    text = client.get(reverse("content_preview", args=[submission.pk])).text

    assert "云州市教育局网站" in text
    assert "<h1" in text
    assert "秋季开学" in text
    assert "/m/" not in text  # a draft's picture has no public address
    picture = client.get(text.split('<img src="')[1].split('"')[0])
    assert b"PNG" in b"".join(picture)
    picture.close()


def test_a_home_page_is_previewed_with_what_its_columns_show_now(client, cluster, friday):
    cluster.published("全市中小学今日开学")
    home = cluster.site.pages.get(depth=2)
    actions.revise(
        home, by=cluster.site_manager, at=friday, blocks=[(b.block_type, b.value) for b in home.specific.blocks][:1]
    )
    submission = actions.submit(home, by=cluster.site_manager, at=friday)
    client.force_login(cluster.reviewer)

    assert "全市中小学今日开学" in client.get(reverse("content_preview", args=[submission.pk])).text
    assert "review__page" in client.get(address(submission)).text


def test_a_column_is_previewed_under_its_new_name(client, cluster, friday):
    column = cluster.column("gzdt")
    actions.revise(column, by=cluster.site_manager, at=friday, title="教育动态")
    submission = actions.submit(column, by=cluster.site_manager, at=friday)
    client.force_login(cluster.reviewer)

    assert "教育动态" in client.get(reverse("content_preview", args=[submission.pk])).text


def test_the_screen_asks_the_database_as_often_whatever_waits(client, cluster):
    submission = cluster.submitted("第一条")
    client.force_login(cluster.reviewer)
    client.get(address(submission))
    alone = queries_of(lambda: client.get(address(submission)))

    for number in range(3):
        cluster.submitted(f"另一条{number}")

    assert queries_of(lambda: client.get(address(submission))) == alone
