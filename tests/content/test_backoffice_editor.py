"""The review chain in the page editor."""

import html
import json
import re

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from jiyue.content import actions as content
from jiyue.content.forms import SUBMIT
from jiyue.content.models import Article, ColumnPage, PolicyDocument, Submission
from jiyue.library.models import Attachment, BasePage
from tests.factories import a_picture


def filled(**values):
    """What the browser sends for an article."""
    body = {
        "body-count": "1", "body-0-deleted": "", "body-0-order": "0", "body-0-type": "text", "body-0-id": "",
        "body-0-value": json.dumps(
            {"blocks": [{"key": "a", "text": "今天开学。", "type": "unstyled", "depth": 0, "inlineStyleRanges": [], "entityRanges": []}], "entityMap": {}}
        ),
    }  # fmt: skip
    comments = {f"comments-{name}": "0" for name in ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS")}
    comments["comments-MAX_NUM_FORMS"] = ""
    return {"title": "秋季开学", "source": "市教育局", **body, **comments, **values}


@pytest.fixture
def add(cluster):
    return reverse("wagtailadmin_pages:add", args=["content", "article", cluster.column("gzdt").pk])


def test_written_and_submitted_in_one_go(client, cluster, add):
    client.force_login(cluster.editor)

    response = client.post(add, filled(**{SUBMIT: "1"}))

    submission = Submission.objects.get()
    assert (submission.title, submission.author) == ("秋季开学", cluster.editor)
    assert response.url == reverse("content_item", args=[submission.page_id])


def test_a_draft_may_be_unfinished_but_what_is_submitted_may_not(client, cluster, add):
    client.force_login(cluster.editor)

    assert "此项必填" in client.post(add, filled(source="", **{SUBMIT: "1"})).text
    assert not Article.objects.exists()

    client.post(add, filled(source=""))
    assert Article.objects.get().draft_title == "秋季开学"
    assert not Submission.objects.exists()


def test_a_new_item_begins_with_its_source_and_editor(client, cluster, add):
    client.force_login(cluster.editor)

    text = client.get(add).text

    assert 'value="云州市教育局"' in text
    assert f'value="{cluster.editor}"' in text


def test_the_menu_offers_our_steps_and_none_of_wagtails(client, cluster, friday):
    item = cluster.draft()
    client.force_login(cluster.editor)

    text = client.get(reverse("wagtailadmin_pages:edit", args=[item.pk])).text

    for name in (SUBMIT, reverse("content_discard", args=[item.pk]), reverse("content_item", args=[item.pk])):
        assert name in text
    for name in ("action-publish", "action-unpublish", 'action-submit"', "/lock/", "/move/", "/copy/", "/delete/"):
        assert name not in text


def test_while_it_is_reviewed_the_menu_offers_to_take_it_back(client, cluster):
    submission = cluster.submitted()
    client.force_login(cluster.editor)

    text = client.get(reverse("wagtailadmin_pages:edit", args=[submission.page_id])).text

    assert reverse("content_recall", args=[submission.page_id]) in text
    assert SUBMIT not in text
    assert "待内容审核" in text


def test_an_editor_makes_no_columns(client, cluster):
    home = cluster.site.pages.get(depth=2)
    add_column = reverse("wagtailadmin_pages:add", args=["content", "columnpage", home.pk])
    client.force_login(cluster.editor)
    assert client.get(add_column).url == reverse("wagtailadmin_home")

    client.force_login(cluster.site_manager)
    assert client.get(add_column).status_code == 200


def test_a_discarded_draft_is_restored_before_it_is_edited(client, cluster, friday):
    item = cluster.draft()
    BasePage.objects.filter(pk=item.pk).update(discarded_at=friday)
    client.force_login(cluster.editor)

    response = client.get(reverse("wagtailadmin_pages:edit", args=[item.pk]))

    assert response.url == reverse("content_item", args=[item.pk])


def test_the_preview_of_the_editor_is_the_public_page(client, cluster):
    item = cluster.draft("秋季开学")
    client.force_login(cluster.editor)

    text = client.get(reverse("wagtailadmin_pages:view_draft", args=[item.pk])).text

    assert "云州市教育局网站" in text
    assert "今天上午，全市中小学校如期开学" in text


@pytest.mark.parametrize("kind", ["picture", "file"])
def test_a_forged_reference_to_another_bureau_is_refused_and_shows_nothing_of_it(client, cluster, add, kind):
    picture = a_picture(cluster.other_bureau, title="水库内部照片")
    file = Attachment.objects.create(
        title="水库内部附件", unit=cluster.other_bureau, file=ContentFile(b"x", name="x.txt")
    )
    block = {"body-0-type": "file", "body-0-value-file": str(file.pk), "body-0-value-title": "附件"}
    client.force_login(cluster.editor)

    response = client.post(add, filled(**({"cover": str(picture.pk)} if kind == "picture" else block), **{SUBMIT: "1"}))

    assert "引用了无权使用的内容" in response.text or "选择一个有效的选项" in response.text
    assert "水库内部" not in response.text
    assert json.dumps("水库内部").strip('"') not in response.text
    assert not Article.objects.exists()


def test_a_forged_link_to_another_bureaus_draft_comes_back_as_one_to_nothing(client, cluster, add, friday):
    column = ColumnPage.objects.get(website=cluster.other_site, slug="gzdt")
    draft = content.draft(Article, column, by=cluster.outsider, at=friday, title="草稿", source="局")
    client.force_login(cluster.editor)

    def answer(page):
        link = {"type": "LINK", "mutability": "MUTABLE", "data": {"id": page}}
        block = {"key": "a", "text": "链接", "type": "unstyled", "depth": 0, "inlineStyleRanges": []}
        block["entityRanges"] = [{"offset": 0, "length": 2, "key": 0}]
        text = client.post(
            add, filled(**{"body-0-value": json.dumps({"blocks": [block], "entityMap": {"0": link}})})
        ).text
        return re.findall(r'parentId\\*":\s*(\w+)', html.unescape(text))

    assert answer(draft.pk) == answer(987654321) == ["null"]


def test_a_list_in_the_editor_offers_ones_own_drafts_and_what_is_public(client, cluster, friday):
    """The documents an interpretation explains."""
    given = {"issuer": "局", "issued_on": friday.date(), "genre": "通知", "source": "局"}
    theirs = ColumnPage.objects.get(website=cluster.other_site, slug="zcwj")
    content.draft(PolicyDocument, theirs, by=cluster.outsider, at=friday, title="他局的秘密草稿", **given)
    cluster.draft("本局的草稿", PolicyDocument, "zcwj", **given)
    cluster.published("已公开的文件", model=PolicyDocument, column="zcwj", **given)
    client.force_login(cluster.editor)

    text = client.get(
        reverse("wagtailadmin_pages:add", args=["content", "interpretation", cluster.column("zcjd").pk])
    ).text

    assert "本局的草稿" in text
    assert "已公开的文件" in text
    assert "他局的秘密草稿" not in text
