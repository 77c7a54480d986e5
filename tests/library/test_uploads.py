import io
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image, ImageCms

from jiyue.common.errors import Refused
from jiyue.library.models import Attachment, Picture
from jiyue.library.uploads import checked_attachment, checked_picture, plain_name
from tests.library.hostile_files import BAD_PICTURES, DANGEROUS, HARMLESS, located, picture


@pytest.mark.parametrize("name", DANGEROUS)
def test_dangerous_files_are_refused_with_words(name):
    began = time.monotonic()

    with pytest.raises(Refused, match=r"[\u4e00-\u9fff]"):
        checked_attachment(DANGEROUS[name], name=name)

    assert time.monotonic() - began < 2


@pytest.mark.parametrize("name", HARMLESS)
def test_harmless_files_come_in_unchanged(name):
    assert checked_attachment(HARMLESS[name], name=name) == HARMLESS[name]


@pytest.mark.parametrize("name", BAD_PICTURES)
def test_what_is_no_picture_or_too_large_is_refused(name):
    with pytest.raises(Refused):
        checked_picture(BAD_PICTURES[name], name=name)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_nothing_but_the_picture_remains(kind):
    extension = {"JPEG": "jpg"}.get(kind, kind.lower())
    polyglot = picture(kind) + b"<script>alert(1)</script><?php system($_GET[0]); ?>"

    checked = checked_picture(polyglot, name=f"a.{extension}")

    assert (checked.extension, checked.size) == (extension, (64, 36))
    assert b"script" not in checked.data
    assert b"php" not in checked.data


def test_words_inside_a_picture_do_not_remain():
    comment = b"<script>alert(1)</script>"

    assert b"script" not in checked_picture(picture("GIF", comment=comment), name="a.gif").data
    assert b"script" not in checked_picture(picture("JPEG", comment=comment), name="a.jpg").data


def test_the_position_of_a_photograph_does_not_remain():
    before = located()
    after = checked_picture(before, name="IMG.JPG").data

    assert b"Camera-4711" in before
    assert b"Camera-4711" not in after
    assert not Image.open(io.BytesIO(after)).getexif()


def test_a_photograph_held_upright_stays_upright():
    exif = Image.Exif()
    exif[0x0112] = 6

    assert checked_picture(picture("JPEG", exif=exif), name="a.jpg").size == (36, 64)


def test_the_colour_profile_remains():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    checked = checked_picture(picture("JPEG", icc_profile=profile), name="a.jpg")

    assert Image.open(io.BytesIO(checked.data)).info["icc_profile"] == profile


def test_an_animation_keeps_moving():
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue", "green")]
    file = io.BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:], duration=200, loop=0)

    made = Image.open(io.BytesIO(checked_picture(file.getvalue(), name="a.gif").data))

    assert (made.n_frames, made.info["duration"]) == (3, 200)


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ("../../etc/passwd.TXT", "passwd.txt"),
        ("C:\\a\\通知.docx", "通知.docx"),
        ("\u202etxt.exe\x00.pdf", "txt.exe.pdf"),
        ('a<b>:"|?*.pdf', "ab.pdf"),
        ("." * 5 + ".pdf", "file.pdf"),
        ("长" * 300 + ".pdf", "长" * 100 + ".pdf"),
    ],
)
def test_names_are_names(given, plain):
    assert plain_name(given) == plain


def test_a_picture_uploaded_through_the_form_is_written_anew(client, cluster):
    client.force_login(cluster.editor)
    file = SimpleUploadedFile("校园.jpg", located() + b"<script>", "image/jpeg")

    client.post(
        reverse("wagtailimages_chooser:create"),
        {"image-chooser-upload-title": "校园", "image-chooser-upload-file": file},
    )

    with Picture.objects.get().file.open() as file:
        stored = file.read()
    assert b"Camera-4711" not in stored
    assert b"script" not in stored


@pytest.mark.parametrize("name", ["macro.docx", "script.pdf", "program.zip"])
def test_a_dangerous_attachment_is_refused_by_the_form(client, cluster, name):
    client.force_login(cluster.editor)
    file = SimpleUploadedFile(name, DANGEROUS[name])

    answer = client.post(
        reverse("wagtaildocs_chooser:create"),
        {"document-chooser-upload-title": "附件", "document-chooser-upload-file": file},
    )

    assert answer.status_code == 200
    assert not Attachment.objects.exists()


def test_whoever_uploads_too_much_is_stopped(client, cluster, settings):
    settings.RATES = {**settings.RATES, "upload": (2, 3600)}
    client.force_login(cluster.editor)
    for number in range(3):
        file = SimpleUploadedFile(f"{number}.png", picture(size=(8 + number, 8)), "image/png")
        client.post(
            reverse("wagtailimages_chooser:create"),
            {"image-chooser-upload-title": "校园", "image-chooser-upload-file": file},
        )

    assert Picture.objects.count() == 2
