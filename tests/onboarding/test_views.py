"""导入 Word / 粘贴 in the editor of an item."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from jiyue.library.models import Picture
from tests.onboarding.samples import DRAWN, docx, paragraph, png, table


pytestmark = pytest.mark.django_db

WORD = docx(
    paragraph("停水通告", "a3") + paragraph("本周五停水。") + table([["村", "时"], ["甲", "九"]]) + DRAWN, png()
)


@pytest.fixture
def item(cluster):
    return cluster.draft("原来的标题")


@pytest.fixture
def office(client, cluster):
    client.force_login(cluster.editor)
    return client


def take(client, item, **data):
    return client.post(reverse("onboarding_take", args=[item.pk]), data)


def fill(client, item, preview, **data):
    ticket = preview.context["form"].initial["ticket"]
    return client.post(reverse("onboarding_fill", args=[item.pk]), {"ticket": ticket, "place": "replace", **data})


def latest(item):
    item.refresh_from_db()
    return item.get_latest_revision_as_object()


def body_of(item):
    return [block.block_type for block in latest(item).body]


def test_a_word_file_is_previewed_and_nothing_is_changed_yet(office, item):
    shown = take(office, item, document=SimpleUploadedFile("通告.docx", WORD)).content.decode()

    assert "本周五停水。" in shown
    assert '<th scope="col">村</th>' in shown
    assert "data:image/png;base64," in shown
    assert body_of(item) == ["text"]
    assert Picture.objects.count() == 0


def test_the_preview_fills_the_draft(office, item):
    preview = take(office, item, document=SimpleUploadedFile("通告.docx", WORD))

    answer = fill(office, item, preview, with_title="on")

    draft = latest(item)
    assert answer.url == reverse("wagtailadmin_pages:edit", args=[item.pk])
    assert [block.block_type for block in draft.body] == ["text", "table", "image"]
    assert draft.title == "停水通告"
    assert Picture.objects.get().unit == item.unit


def test_a_paste_can_follow_what_is_there(office, item):
    preview = take(office, item, pasted="<p onclick='x'>补充：<b>周六</b>恢复。<script>alert(1)</script></p>")

    fill(office, item, preview, place="append")

    draft = latest(item)
    assert [block.block_type for block in draft.body] == ["text", "text"]
    assert draft.body[1].value.source == "<p>补充：<strong>周六</strong>恢复。</p>"
    assert draft.title == "原来的标题"


def test_plain_text_without_markup_becomes_paragraphs(office, item):
    fill(office, item, take(office, item, pasted="第一段 1 < 2\n\n第二段"))

    assert latest(item).body[0].value.source == "<p>第一段 1 &lt; 2</p><p>第二段</p>"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "请选择 Word 文件"),
        ({"pasted": "<p> </p>"}, "没有可用的内容"),
        ({"document": SimpleUploadedFile("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")}, "另存为"),
    ],
)
def test_what_cannot_be_used_is_answered_in_words(office, item, data, said):
    assert said in take(office, item, **data).content.decode()


def test_a_ticket_is_good_for_its_own_item_only(office, cluster, item):
    preview = take(office, item, pasted="<p>甲</p>")
    other = cluster.draft("另一条")

    assert "预览已过期" in fill(office, other, preview).content.decode()
    assert "甲" not in str(latest(other).body)


def test_a_draft_under_review_is_not_changed(office, cluster):
    item = cluster.submitted("已送审").page.specific
    preview = take(office, item, pasted="<p>甲</p>")

    assert "正在审核" in fill(office, item, preview).content.decode()


@pytest.mark.parametrize("who", ["outsider", "reviewer", "site_manager", "system_admin"])
def test_only_who_may_write_the_item_gets_in(client, cluster, item, who):
    client.force_login(cluster.people[who])

    status = client.get(reverse("onboarding_take", args=[item.pk])).status_code

    assert status == (200 if who == "site_manager" else 404)


def test_columns_have_no_body_to_fill(office, cluster):
    assert office.get(reverse("onboarding_take", args=[cluster.column().pk])).status_code == 404


def test_the_editor_offers_the_way_here(office, item):
    page = office.get(reverse("wagtailadmin_pages:edit", args=[item.pk])).content.decode()

    assert reverse("onboarding_take", args=[item.pk]) in page


def test_pictures_nobody_fetched_are_removed(office, item, settings, tmp_path):
    import os

    take(office, item, document=SimpleUploadedFile("通告.docx", WORD))
    waiting = list((tmp_path / "media" / "pending").iterdir())
    os.utime(waiting[0], (0, 0))

    take(office, item, pasted="<p>甲</p>")

    assert len(waiting) == 1
    assert not waiting[0].exists()
