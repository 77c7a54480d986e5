"""Lists of items, the file of one item, and what its keepers do with it through the browser."""

import pytest
from django.urls import reverse

from jiyue.common.errors import Refused
from jiyue.content import actions
from jiyue.content.listing import ItemState, items_of, state_of
from jiyue.content.models import Announcement, HomePage, Submission
from jiyue.library.models import BasePage, Release
from tests.factories import approve
from tests.queries import queries_of


ITEMS = "/admin/items/"


def at(name, page):
    return reverse(name, args=[page.pk])


def states(user):
    return {page.draft_title: state_of(page) for page in items_of(user)}


def test_every_item_has_one_state(cluster, friday):
    cluster.draft("甲稿")
    cluster.submitted("乙稿")
    actions.send_back(cluster.submitted("丙稿"), reason="重写", by=cluster.reviewer, at=friday)
    cluster.published("丁稿")
    changed = cluster.published("戊稿旧")
    actions.revise(changed.item, by=cluster.editor, at=friday, title="戊稿新")
    gone = cluster.published("己稿")
    actions.withdraw(gone.item, reason="有误", by=cluster.reviewer, at=friday)
    actions.discard(cluster.draft("庚稿"), by=cluster.editor, at=friday)

    assert states(cluster.editor) == {
        "甲稿": ItemState.DRAFT,
        "乙稿": ItemState.REVIEW,
        "丙稿": ItemState.RETURNED,
        "丁稿": ItemState.ONLINE,
        "戊稿新": ItemState.CHANGED,
        "己稿": ItemState.WITHDRAWN,
        "庚稿": ItemState.DISCARDED,
    }


def test_the_filter_by_state_agrees_with_the_state_shown(client, cluster, friday):
    test_every_item_has_one_state(cluster, friday)
    client.force_login(cluster.editor)

    shown = states(cluster.editor)
    for title, state in shown.items():
        if state != ItemState.DISCARDED:
            text = client.get(ITEMS, {"state": state}).text
            assert [other for other in shown if other in text] == [title]


def test_items_are_found_by_a_piece_of_their_title_by_kind_and_by_column(client, cluster):
    cluster.draft("全市中小学秋季开学")
    cluster.draft("招生公告", model=Announcement, column="tzgg")
    client.force_login(cluster.editor)

    for query in ({"q": "小学秋"}, {"kind": "article"}, {"column": cluster.column("gzdt").pk}):
        text = client.get(ITEMS, query).text
        assert "全市中小学秋季开学" in text
        assert "招生公告" not in text


def test_an_outsider_finds_nothing_of_another_bureau(client, cluster):
    item = cluster.draft("教育局的稿")
    client.force_login(cluster.outsider)

    assert "教育局的稿" not in client.get(ITEMS).text
    assert client.get(ITEMS, {"website": cluster.site.pk}).text.count("教育局的稿") == 0
    assert client.get(at("content_item", item)).status_code == 404
    for name in ("withdraw", "restore", "recall", "discard", "undelete", "emergency"):
        assert client.get(at(f"content_{name}", item)).status_code in {404, 405}
        assert client.post(at(f"content_{name}", item), {"reason": "x"}).status_code == 404


@pytest.mark.parametrize("path", [ITEMS, "/admin/submissions/", "/admin/calls/"])
def test_lists_ask_the_database_as_often_for_three_rows_as_for_one(client, cluster, path):
    client.force_login(cluster.editor)
    cluster.published("第一条")
    client.get(path)
    before = queries_of(lambda: client.get(path))

    cluster.published("第二条")
    cluster.submitted("第三条")

    assert queries_of(lambda: client.get(path)) == before


def test_the_file_of_an_item_tells_what_happened_to_it(client, cluster):
    release = cluster.published("全市中小学今日开学")
    client.force_login(cluster.reviewer)

    text = client.get(at("content_item", release.item)).text

    for words in (release.address, release.index_number, "保密审查通过", "审核通过", "送审"):
        assert words in text


def test_withdrawn_and_restored_through_the_browser(client, cluster):
    release = cluster.published()
    client.force_login(cluster.reviewer)

    assert "此项必填" in client.post(at("content_withdraw", release.item), {"reason": ""}).text
    client.post(at("content_withdraw", release.item), {"reason": "数据有误"})
    release.refresh_from_db()
    assert release.withdrawn_reason == "数据有误"

    client.post(at("content_restore", release.item))
    release.refresh_from_db()
    assert release.withdrawn_at is None


def test_an_editor_who_may_not_withdraw_is_not_offered_it(client, cluster):
    release = cluster.published()
    client.force_login(cluster.editor)

    assert at("content_withdraw", release.item) not in client.get(at("content_item", release.item)).text
    assert client.post(at("content_withdraw", release.item), {"reason": "x"}).status_code == 404


def test_a_leader_publishes_in_an_emergency_with_a_reason(client, cluster):
    item = cluster.draft("暴雨红色预警")
    client.force_login(cluster.signing_leader)

    client.post(at("content_emergency", item), {"reason": "汛情"})

    assert Release.objects.items().get().title == "暴雨红色预警"
    assert Submission.objects.get().emergency_reason == "汛情"


def test_a_submission_is_taken_back_and_the_draft_thrown_away_and_found_again(client, cluster):
    submission = cluster.submitted("不发了")
    client.force_login(cluster.editor)

    client.post(at("content_recall", submission.page))
    submission.refresh_from_db()
    assert submission.state == Submission.State.RECALLED

    client.post(at("content_discard", submission.page))
    assert "不发了" not in client.get(ITEMS).text
    assert "不发了" in client.get(reverse("content_bin")).text

    client.post(at("content_undelete", submission.page))
    assert BasePage.objects.get(pk=submission.page_id).discarded_at is None


def test_a_refusal_stands_above_the_form(client, cluster):
    submission = cluster.submitted()
    client.force_login(cluster.editor)

    response = client.post(at("content_discard", submission.page))

    assert response.status_code == 200
    assert "正在审核的草稿不能删除" in response.text


def test_where_to_write_lists_the_columns_with_the_kinds_they_take(client, cluster):
    client.force_login(cluster.editor)

    text = client.get(reverse("content_write")).text

    assert reverse("wagtailadmin_pages:add", args=["content", "article", cluster.column("gzdt").pk]) in text
    assert reverse("wagtailadmin_pages:add", args=["content", "article", cluster.column("zcwj").pk]) not in text


def test_submissions_lists_the_chain_of_ones_own_websites(client, cluster):
    approve(cluster, cluster.submitted("送审的稿"))
    client.force_login(cluster.editor)
    assert "送审的稿" in client.get(reverse("content_submissions")).text

    client.force_login(cluster.outsider)
    assert "送审的稿" not in client.get(reverse("content_submissions")).text


def test_freshness_shows_ones_own_columns_only(client, cluster):
    client.force_login(cluster.outsider)

    text = client.get(reverse("content_freshness")).text

    assert "水利局" in text
    assert "教育局" not in text


def test_a_home_page_is_neither_withdrawn_nor_offered_for_it(client, cluster, friday):
    home = HomePage.objects.get(website=cluster.site)
    client.force_login(cluster.site_manager)

    with pytest.raises(Refused, match="网站临时下线"):
        actions.withdraw(home, reason="改版", by=cluster.site_manager, at=friday)

    for name in ("content_item", "wagtailadmin_pages:edit"):
        assert at("content_withdraw", home) not in client.get(at(name, home)).text
