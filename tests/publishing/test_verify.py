import shutil

import pytest

from jiyue.publishing.actions import publish_all
from jiyue.publishing.models import Output
from jiyue.publishing.store import store
from jiyue.publishing.suspensions import find_suspension
from jiyue.publishing.verify import verify
from jiyue.websites.emergency import suspend
from tests.publishing.conftest import AT, LATER


@pytest.fixture
def page(world, website, home):
    """The file of a published page."""
    world.write(website, a="甲")
    publish_all(at=AT, workers=1)
    return home / "public" / "jtj" / "a.html"


def test_published_files_are_found_right(page):
    found = verify(at=LATER)

    assert found.is_clean
    assert found.checked == 1


@pytest.mark.parametrize("name", ["a.html", "a.html.gz"])
def test_a_changed_file_gets_its_bytes_back(page, name):
    file = page.with_name(name)
    right = file.read_bytes()
    file.write_bytes(right[:-1] + b"!")

    found = verify(at=LATER)

    assert found.restored == ["jtj/a.html"]
    assert file.read_bytes() == right


def test_a_link_in_place_of_a_file_is_replaced(page, home):
    (home / "secret").write_bytes(page.read_bytes())
    page.unlink()
    page.symlink_to(home / "secret")

    verify(at=LATER)

    assert not page.is_symlink()
    assert page.read_text() == "<p>甲</p>"


def test_a_file_the_store_has_lost_too_is_rendered_again(page):
    digest = Output.objects.get().digest
    store().path(digest).write_text("damaged")
    page.unlink()

    found = verify(at=LATER)

    assert found.rendered == ["jtj/a.html"]
    assert page.read_text() == "<p>甲</p>"
    assert store().get(digest) == page.read_bytes()


def test_files_nobody_published_are_removed(page, home):
    page.with_name("shell.php").write_text("<?php")
    page.with_name("b.html").symlink_to("/etc/passwd")

    found = verify(at=LATER)

    assert sorted(found.removed) == ["jtj/b.html", "jtj/shell.php"]
    assert sorted(file.name for file in page.parent.iterdir()) == ["a.html", "a.html.gz"]


@pytest.mark.parametrize("change", [{"digest": "sha256:" + "0" * 64}, {"path": "/b.html"}, {"status": 410}])
def test_a_manifest_row_changed_behind_our_back_is_noticed(page, change):
    Output.objects.update(**change)

    assert verify(at=LATER).unsound == ["jtj"]


def test_a_manifest_row_deleted_behind_our_back_is_noticed(page):
    Output.objects.all().delete()

    assert verify(at=LATER).unsound == ["jtj"]


def test_a_suspended_page_is_covered_before_its_file_is_back(page, website, home, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        suspend(website, path="/a.html", reason="泄密", by=None, at=AT)
    shutil.rmtree(home / "suspended")
    page.unlink()

    verify(at=LATER)

    assert page.exists()
    assert find_suspension("jtj", "/a.html") == "jtj/a.html"
