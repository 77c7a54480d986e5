"""The guard finds what was not published, keeps it as evidence, and puts the right bytes back."""

import os
import shutil

import pytest

from jiyue.accounts.models import AuditEntry
from jiyue.notices.models import Alarm
from jiyue.publishing import snapshots
from jiyue.publishing.actions import publish_all, publish_keys
from jiyue.publishing.evidence import kept_bytes
from jiyue.publishing.guard import Guard
from jiyue.publishing.models import ManifestHead, Output, Tampering
from jiyue.publishing.store import store
from jiyue.publishing.verify import verify
from tests.publishing.conftest import AT, LATER


@pytest.fixture
def published(world, website, home):
    world.texts[website.pk] = {"/": "首页", "/a.html": "甲", "/x/b.html": "乙", "/y/c.html": "丙"}
    publish_all(at=AT, workers=1)
    return home / "public" / "jtj"


@pytest.fixture
def guard(published):
    guard = Guard()
    guard.start(at=AT)
    yield guard
    guard.close()


def look(guard, turns=3):
    for _ in range(turns):
        guard.turn(at=LATER, seconds=0.05)


def pages(root):
    return {str(file.relative_to(root)): file.read_bytes() for file in sorted(root.rglob("*")) if file.is_file()}


def kinds():
    return sorted(Tampering.objects.values_list("kind", "place"))


def test_what_is_published_is_found_right(guard):
    look(guard)

    assert not Tampering.objects.exists()
    assert not Alarm.objects.exists()


@pytest.mark.parametrize("name", ["a.html", "a.html.gz"])
def test_a_changed_file_is_kept_as_evidence_and_put_back(guard, published, name):
    right = pages(published)
    (published / name).write_bytes(b"<script>evil</script>")

    look(guard)

    assert pages(published) == right
    found = Tampering.objects.get()
    assert (found.kind, found.outcome, found.place) == ("changed", "store", f"public/jtj/{name}")
    assert kept_bytes(found.foreign_digest) == b"<script>evil</script>"
    assert found.facts["mode"] == "-rw-r--r--"


def test_an_edit_that_keeps_size_and_time_is_found(guard, published):
    file = published / "a.html"
    status, right = file.stat(), file.read_bytes()
    file.write_bytes(right.replace("甲".encode(), "乙".encode()))
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))

    look(guard)

    assert file.read_bytes() == right
    assert Tampering.objects.count() == 1


def test_a_stranger_is_removed_and_kept(guard, published):
    (published / "x" / "shell.php").write_text("<?php system($_GET[0]);")

    look(guard)

    assert not (published / "x" / "shell.php").exists()
    assert kept_bytes(Tampering.objects.get(kind="stranger").foreign_digest) == b"<?php system($_GET[0]);"


def test_a_folder_of_strangers_is_removed(guard, published):
    (published / "new" / "deep").mkdir(parents=True)
    (published / "new" / "deep" / "x.php").write_text("<?php")
    (published / "new" / "y.html").write_text("y")

    look(guard)

    assert not (published / "new").exists()
    assert Tampering.objects.filter(kind="stranger").count() == 2


@pytest.mark.parametrize("what", ["file", "folder"])
def test_what_was_deleted_comes_back(guard, published, what):
    right = pages(published)
    if what == "file":
        (published / "a.html").unlink()
    else:
        shutil.rmtree(published / "x")

    look(guard)

    assert pages(published) == right
    assert set(Tampering.objects.values_list("kind", flat=True)) == {"deleted"}


def test_a_link_is_replaced_by_the_file(guard, published, home):
    (home / "secret").write_text("secret")
    (published / "a.html").unlink()
    (published / "a.html").symlink_to(home / "secret")

    look(guard)

    assert not (published / "a.html").is_symlink()
    assert Tampering.objects.get(kind="link").facts["link"] == str(home / "secret")


def test_a_folder_behind_a_link_is_a_folder_again(guard, published, home):
    right = pages(published)
    shutil.move(published / "x", home / "elsewhere")
    (published / "x").symlink_to(home / "elsewhere")

    look(guard)

    assert not (published / "x").is_symlink()
    assert pages(published) == right


def test_swapped_folders_are_put_right(guard, published):
    right = pages(published)
    (published / "x").rename(published / "z")
    (published / "y").rename(published / "x")
    (published / "z").rename(published / "y")

    look(guard)

    assert pages(published) == right


@pytest.mark.parametrize("mode", [0o777, 0o600, 0o4755])
def test_permissions_are_put_right(guard, published, mode):
    (published / "a.html").chmod(mode)
    (published / "x").chmod(0o777)

    look(guard)

    assert (published / "a.html").stat().st_mode & 0o7777 == 0o644
    assert (published / "x").stat().st_mode & 0o7777 == 0o755
    assert kinds() == [("access", "public/jtj/a.html"), ("access", "public/jtj/x")]


def test_a_file_in_the_place_of_a_folder_and_the_other_way_round(guard, published):
    right = pages(published)
    shutil.rmtree(published / "x")
    (published / "x").write_text("file")
    (published / "a.html").unlink()
    (published / "a.html").mkdir()
    (published / "a.html" / "in.php").write_text("<?php")

    look(guard)

    assert pages(published) == right


def test_new_pages_and_withdrawn_ones_never_alarm(guard, published, world, website):
    for number in range(30):
        world.texts[website.pk][f"/x/{number % 7}.html"] = f"第{number}版"
        if number % 3 == 0:
            world.texts[website.pk].pop("/a.html", None)
            world.withdrawn = {"/x/1.html"}
        else:
            world.texts[website.pk]["/a.html"] = f"甲{number}"
            world.withdrawn = set()
        publish_keys([f"text:/x/{number % 7}.html", "text:/a.html", "text:/x/1.html"], at=LATER)
        look(guard, turns=1)
    look(guard)

    assert kinds() == []
    assert verify(at=LATER).is_clean


def test_a_publication_that_was_interrupted_is_finished_without_alarm(guard, published, website, world, monkeypatch):
    world.texts[website.pk].update({"/a.html": "新", "/x/new.html": "新来"})

    def killed(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("jiyue.publishing.tree.Tree.place", killed)
        with pytest.raises(KeyboardInterrupt):
            publish_keys(["text:/a.html", "text:/x/new.html"], at=LATER)
    guard.scan(at=LATER)
    look(guard)
    guard.scan(at=LATER)

    assert (published / "a.html").read_text() == "<p>新</p>"
    assert (published / "x/new.html").read_text() == "<p>新来</p>"
    assert not Alarm.objects.exists()


def test_one_alarm_and_one_entry_of_the_trail_for_one_attack(guard, published, website):
    (published / "a.html").write_text("evil")
    (published / "evil.html").write_text("evil")
    look(guard)

    alarm = Alarm.objects.get()
    assert (alarm.code, alarm.subject, alarm.unit) == ("publishing.tampered", website.name, website.unit)
    assert "已全部恢复" in alarm.text
    assert AuditEntry.objects.filter(action="publishing.tampered", user=None).exists()


@pytest.mark.parametrize("change", [{"digest": "sha256:" + "0" * 64}, {"status": 410}, {"ref": "9"}])
def test_a_changed_row_of_the_manifest_is_put_back(guard, published, change):
    before = dict(Output.objects.values_list("path", "digest"))
    Output.objects.filter(path="/a.html").update(**change)
    guard.expect_foreign_commits()

    look(guard)

    assert dict(Output.objects.values_list("path", "digest")) == before
    assert Tampering.objects.get().kind == "manifest"
    assert (published / "a.html").read_text() == "<p>甲</p>"
    assert verify(at=LATER).is_clean


def test_added_and_deleted_rows_of_the_manifest_are_put_right(guard, published, website):
    before = dict(Output.objects.values_list("path", "digest"))
    row = Output.objects.get(path="/a.html")
    Output.objects.filter(pk=row.pk).delete()
    row.pk, row.path = None, "/evil.html"
    row.save()
    guard.expect_foreign_commits()

    look(guard)

    assert dict(Output.objects.values_list("path", "digest")) == before
    assert verify(at=LATER).is_clean


def test_a_forged_head_is_replaced(guard, website):
    right = ManifestHead.objects.get().signature
    ManifestHead.objects.update(signature=b"x" * 64)
    guard.expect_foreign_commits()

    look(guard)

    assert bytes(ManifestHead.objects.get().signature) == bytes(right)


def test_rows_changed_while_the_guard_was_away_are_put_back_from_the_copy_outside(guard, published):
    guard.save()
    before = dict(Output.objects.values_list("path", "digest"))
    Output.objects.filter(path="/a.html").update(digest=Output.objects.get(path="/x/b.html").digest)

    again = Guard()
    again.start(at=LATER)
    again.close()

    assert dict(Output.objects.values_list("path", "digest")) == before
    assert (published / "a.html").read_text() == "<p>甲</p>"


@pytest.mark.parametrize("starts_again", [False, True])
def test_an_old_copy_of_the_database_is_noticed(guard, published, world, website, starts_again):
    old_head, old_rows = ManifestHead.objects.get(), list(Output.objects.values("pk", "digest"))
    world.texts[website.pk]["/a.html"] = "二"
    publish_keys(["text:/a.html"], at=LATER)
    look(guard)
    old_head.save()
    for row in old_rows:
        Output.objects.filter(pk=row["pk"]).update(digest=row["digest"])
    guard.expect_foreign_commits()
    if starts_again:
        guard.save()
        again = Guard()
        again.start(at=LATER)
        look(again)
        again.close()
    else:
        look(guard)

    assert Tampering.objects.get().outcome == "open"
    assert {row["digest"] for row in old_rows} == set(Output.objects.values_list("digest", flat=True))
    assert (published / "a.html").read_text() == "<p>二</p>"


def test_the_table_of_hosts_is_put_right(guard, home):
    right = (home / "public" / "hosts.json").read_bytes()
    (home / "public" / "hosts.json").write_text('{"jtj.localhost": "../../etc"}')
    (home / "public" / "evil").mkdir()
    (home / "public" / ".offline" / "shell.php").write_text("<?php")

    look(guard)

    assert (home / "public" / "hosts.json").read_bytes() == right
    assert not (home / "public" / "evil").exists()
    assert not (home / "public" / ".offline" / "shell.php").exists()
    assert set(Tampering.objects.values_list("kind", flat=True)) == {"hosts", "stranger"}


def test_the_store_is_mended_from_the_public_file(guard, published):
    digest = Output.objects.get(path="/a.html").digest
    store().path(digest).write_bytes(b"damaged")

    look(guard)

    assert store().get(digest) == (published / "a.html").read_bytes()
    assert Tampering.objects.get().kind == "store"


def test_store_and_file_damaged_together_are_rendered_again(guard, published):
    digest = Output.objects.get(path="/a.html").digest
    for file in (store().path(digest), published / "a.html", published / "a.html.gz"):
        file.write_bytes(b"damaged")

    look(guard)

    assert (published / "a.html").read_text() == "<p>甲</p>"
    assert store().get(digest) is not None


def test_without_events_scans_find_everything(published):
    guard = Guard(events=False)
    guard.start(at=AT)
    (published / "a.html").write_text("evil")
    (published / "shell.php").write_text("evil")

    guard.scan(at=LATER)

    assert (published / "a.html").read_text() == "<p>甲</p>"
    assert not (published / "shell.php").exists()


def test_the_snapshot_outside_is_only_believed_whole(guard, website, home):
    guard.save()
    file = home / "manifests" / f"website-{website.pk}.json.gz"
    assert snapshots.load(website.pk).rows == snapshots.read_rows(website.pk)

    file.write_bytes(file.read_bytes()[:-9])

    assert snapshots.load(website.pk) is None
