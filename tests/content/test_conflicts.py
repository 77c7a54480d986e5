"""Nobody writes over a text they have not seen."""

import pytest
from django.urls import reverse

from jiyue.common.errors import Refused
from jiyue.content import actions
from jiyue.content.locks import Overtaken, hold
from jiyue.content.models import Article
from jiyue.library import actions as library
from tests.assurance.office.people import article, inputs
from tests.factories import approve


@pytest.fixture
def page(cluster):
    return cluster.draft()


@pytest.fixture
def address(page):
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def opened(client, address):
    return inputs(client.get(address).text, "#page-edit-form")


def test_the_second_to_save_is_told_and_keeps_what_was_typed(client, cluster, page, address):
    client.force_login(cluster.editor)
    mine, theirs = opened(client, address), opened(client, address)
    client.post(address, theirs | article("先保存的", "written first"))

    answer = client.post(address, mine | article("后保存的", "written second"))

    assert "保存了新的版本" in answer.text
    assert 'value="后保存的"' in answer.text
    assert "written second" in answer.text
    assert Article.objects.get(pk=page.pk).draft_title == "先保存的"


def test_saving_again_is_a_decision(client, cluster, page, address):
    client.force_login(cluster.editor)
    mine, theirs = opened(client, address), opened(client, address)
    client.post(address, theirs | article("先保存的", "文"))
    again = inputs(client.post(address, mine | article("后保存的", "文")).text, "#page-edit-form")

    assert client.post(address, again | article("后保存的", "文")).status_code == 302

    assert Article.objects.get(pk=page.pk).draft_title == "后保存的"
    assert page.revisions.count() == 3


def test_who_submits_what_was_saved_automatically_is_in_nobodys_way(client, cluster, address):
    client.force_login(cluster.editor)
    mine = opened(client, address)
    saved = client.post(address, mine | article("自动保存", "文"), headers={"Accept": "application/json"}).json()

    assert client.post(address, mine | saved["field_updates"] | article("自动保存", "文")).status_code == 302


def test_an_automatic_save_leaves_what_was_reviewed_as_it_was(client, cluster, friday, page, address):
    """It says which revision to write into; what the reviewers read is kept, and its new words have a writer."""
    approve(cluster, actions.submit(page, by=cluster.editor, at=friday))
    reviewed = page.get_latest_revision()
    client.force_login(cluster.editor)
    told = opened(client, address) | {"overwrite_revision_id": str(reviewed.pk)}

    saved = client.post(address, told | article("悄悄改写", "文"), headers={"Accept": "application/json"}).json()
    further = told | {"overwrite_revision_id": str(saved["revision_id"])}
    again = client.post(address, further | article("接着写", "文"), headers={"Accept": "application/json"}).json()

    title, reviewed = reviewed.content["title"], type(reviewed).objects.get(pk=reviewed.pk)
    assert reviewed.content["title"] == title
    assert reviewed.pk < saved["revision_id"] == again["revision_id"]
    assert page.revisions.get(pk=again["revision_id"]).content["title"] == "接着写"


def test_what_was_sent_to_the_reviewers_meanwhile_is_not_saved_over(cluster, page, friday):
    loaded = Article.objects.get(pk=page.pk)
    actions.submit(page, by=cluster.editor, at=friday)

    with pytest.raises(Overtaken, match="正在审核"):
        hold(loaded)


def test_what_went_online_meanwhile_is_not_saved_over(cluster, page, friday):
    loaded = Article.objects.get(pk=page.pk)
    approve(cluster, actions.submit(page, by=cluster.editor, at=friday))

    with pytest.raises(Overtaken, match="有了变化"):
        hold(loaded)


def test_a_call_is_approved_once(cluster, friday):
    release = cluster.published()
    portal = cluster.column("gzdt", site=cluster.site)
    placement = release.placements.get(column=portal)
    placement.approved = False
    placement.save()

    library.approve_call(placement, by=cluster.reviewer, at=friday)
    placement.approved = False
    with pytest.raises(Refused, match="刚由他人办理"):
        library.approve_call(placement, by=cluster.reviewer, at=friday)
