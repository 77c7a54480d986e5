"""Media come into the library through forms: whose they are, and that their files stay what they are."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from jiyue.accounts.actions import grant
from jiyue.accounts.models import User
from jiyue.library.models import Attachment, Picture


@pytest.fixture
def png():
    file = io.BytesIO()
    Image.new("RGB", (4, 4), "red").save(file, "PNG")
    return SimpleUploadedFile("校园.png", file.getvalue(), "image/png")


def upload(client, file, **values):
    create = reverse("wagtailimages_chooser:create")
    return client.post(create, {"image-chooser-upload-title": "校园", "image-chooser-upload-file": file, **values})


def test_a_picture_belongs_to_the_unit_of_whoever_brings_it(client, cluster, png):
    client.force_login(cluster.editor)
    upload(client, png)

    assert Picture.objects.get().unit == cluster.bureau


def test_whoever_writes_for_two_units_says_for_which(client, cluster, friday, png):
    grant(cluster.editor, "editor", cluster.city, by=None, at=friday)
    client.force_login(User.objects.get(pk=cluster.editor.pk))

    upload(client, png, **{"image-chooser-upload-unit": cluster.city.pk})

    assert Picture.objects.get().unit == cluster.city


def test_a_unit_one_does_not_write_for_is_refused(client, cluster, friday, png):
    grant(cluster.editor, "editor", cluster.city, by=None, at=friday)
    client.force_login(User.objects.get(pk=cluster.editor.pk))

    upload(client, png, **{"image-chooser-upload-unit": cluster.other_bureau.pk})

    assert not Picture.objects.exists()


def test_the_file_of_a_stored_picture_never_changes(client, cluster, picture, png):
    before = picture.file.name
    client.force_login(cluster.editor)

    client.post(reverse("wagtailimages:edit", args=[picture.pk]), {"title": "新名称", "alt": "操场", "file": png})

    picture.refresh_from_db()
    assert (picture.title, picture.alt, picture.file.name) == ("新名称", "操场", before)


def test_an_attachment_belongs_to_a_unit_too(client, cluster):
    client.force_login(cluster.editor)
    file = SimpleUploadedFile("通知.txt", "各学校：".encode())

    client.post(
        reverse("wagtaildocs:add"), {"title": "通知", "file": file}, headers={"X-Requested-With": "XMLHttpRequest"}
    )

    assert Attachment.objects.get().unit == cluster.bureau


def test_a_reviewer_sees_the_picture_and_an_outsider_does_not(client, cluster, picture):
    client.force_login(cluster.reviewer)
    response = client.get(picture.file.url)
    assert response.status_code == 200
    assert b"".join(response.streaming_content).startswith(b"\x89PNG")

    client.force_login(cluster.outsider)
    assert client.get(picture.file.url).status_code == 404


@pytest.mark.parametrize("address", ["wagtailimages:index", "wagtaildocs:index"])
def test_media_are_searched_and_the_same_words_may_be_looked_for_among_the_items(client, cluster, picture, address):
    client.force_login(cluster.editor)

    text = client.get(reverse(address), {"q": "校园"}).text

    assert f"{reverse('content_items')}?q=" in text
