"""Backups and drills as acts: recorded, kept for a while, alarmed about when they fail or do not happen."""

import errno
import random
import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from jiyue.accounts.models import AuditEntry
from jiyue.common.errors import Refused
from jiyue.notices.models import Alarm
from jiyue.operations import actions, tasks, vault
from jiyue.operations.backup import secret
from jiyue.operations.lateness import BACKUP_LATE, DRILL_LATE, lateness, watch
from jiyue.operations.models import Run
from jiyue.operations.restore import restore
from jiyue.operations.vault import snapshots


pytestmark = pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL is backed up in tests/assurance")
committed = pytest.mark.django_db(transaction=True)  # a copy holds what was committed


@pytest.fixture(autouse=True)
def home(tmp_path, settings, cluster):
    settings.HOME = tmp_path / "home"
    settings.BACKUP_TO = tmp_path / "place"
    settings.BACKUP_KEY = tmp_path / "home" / "keys" / "backup.secret"
    (settings.HOME / "media").mkdir(parents=True)
    (settings.HOME / "media" / "a.pdf").write_bytes(b"pdf" * 1000)
    (settings.HOME / "public").mkdir()
    (settings.HOME / "public" / "x.html").write_text("x")
    (settings.HOME / "media" / "link").symlink_to("/etc/passwd")
    return settings.HOME


@committed
def test_a_backup_is_recorded_and_put_back_elsewhere(home, friday, tmp_path, settings):
    run = actions.back_up(at=friday)

    assert run.succeeded
    assert AuditEntry.objects.filter(action="operations.backup").count() == 1
    restore(snapshots(settings.BACKUP_TO)[0], into=tmp_path / "back", secret=secret())
    assert (tmp_path / "back" / "media" / "a.pdf").read_bytes() == b"pdf" * 1000
    assert not (tmp_path / "back" / "public").exists()
    assert not (tmp_path / "back" / "media" / "link").exists()
    assert not list((tmp_path / "back").rglob("backup.secret"))
    assert sorted(path.name for path in (tmp_path / "back").iterdir()) == ["db.sqlite3", "keys", "media"]


def beside(home):
    """What the guard and the built-in server remember: of a later moment than the copy of the database."""
    (home / "manifests").mkdir()
    (home / "manifests" / "website-1.json.gz").write_bytes(b"later")
    for name in ("guard", "served.sqlite3", "served.sqlite3-wal"):
        (home / name).write_bytes(b"later")


@committed
def test_what_the_guard_remembers_is_neither_kept_nor_put_back(home, friday, tmp_path, settings, monkeypatch):
    beside(home)
    actions.back_up(at=friday)
    with monkeypatch.context() as older:  # versions that took everything
        older.setattr(actions.backup, "LEFT_OUT", frozenset({"public", ".backup", ".staging"}))
        older.setattr(actions.backup, "LIVE_DATABASES", ("db.sqlite3",))
        actions.back_up(at=friday + timedelta(hours=1))
    by_older, by_this = snapshots(settings.BACKUP_TO)
    vault = actions.backup.open_vault(settings.BACKUP_TO)
    assert {"guard", "served.sqlite3"} <= {file.path for file in vault.read(by_older).files}

    for number, backup in enumerate((by_older, by_this)):
        restore(backup, into=tmp_path / f"{number}", secret=secret())
        assert sorted(path.name for path in (tmp_path / f"{number}").iterdir()) == ["db.sqlite3", "keys", "media"]


@committed
def test_a_folder_for_its_owner_alone_comes_back_as_one(home, friday, tmp_path, settings):
    (home / "keys").mkdir(mode=0o700)
    (home / "keys" / "secret_key").touch(mode=0o600)
    actions.back_up(at=friday)

    restore(snapshots(settings.BACKUP_TO)[0], into=tmp_path / "back", secret=secret())

    modes = {name: (tmp_path / "back" / name).stat().st_mode & 0o077 for name in ("keys", "media")}
    assert modes["keys"] == 0
    assert modes["media"] != 0


@committed
def test_a_disk_of_its_own_counts_as_empty(home, friday, tmp_path, settings):
    actions.back_up(at=friday)
    (tmp_path / "disk" / "lost+found").mkdir(parents=True)

    restore(snapshots(settings.BACKUP_TO)[0], into=tmp_path / "disk", secret=secret())

    assert (tmp_path / "disk" / "db.sqlite3").exists()


@committed
@pytest.mark.parametrize("lost", ["place", "key"])
def test_a_place_or_a_key_that_is_gone_rings_until_it_is_back(home, friday, tmp_path, settings, lost):
    there = settings.BACKUP_TO if lost == "place" else settings.BACKUP_KEY
    if lost == "place":
        settings.BACKUP_TO = tmp_path / "file" / "place"
        (tmp_path / "file").write_text("not mounted")
    else:
        settings.BACKUP_KEY = tmp_path / "elsewhere.secret"

    with pytest.raises(Refused):
        actions.back_up(at=friday)
    run = Run.objects.get()
    assert (run.succeeded, run.ended_at is not None, bool(run.complaint)) == (False, True, True)
    assert Alarm.objects.ringing().get().code == "operations.backup_failed"
    assert AuditEntry.objects.filter(action="operations.backup_failed").count() == 1

    if lost == "place":
        (tmp_path / "file").unlink()
    else:
        settings.BACKUP_KEY = there
    assert actions.back_up(at=friday + timedelta(hours=1)).succeeded
    assert not Alarm.objects.ringing().exists()


@committed
def test_a_disk_that_fills_up_leaves_no_half_backup(home, friday, settings, monkeypatch):
    first = actions.back_up(at=friday)

    def no_room(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    (home / "media" / "new.pdf").write_bytes(b"new" * 1000)
    with monkeypatch.context() as full:
        full.setattr(vault, "_write", no_room)
        with pytest.raises(Refused, match="写入失败"):
            actions.back_up(at=friday + timedelta(hours=1))

    assert [path.stem for path in snapshots(settings.BACKUP_TO)] == [first.name]
    assert not (settings.BACKUP_TO / ".staging").exists()
    assert Alarm.objects.ringing().get().subject == str(settings.BACKUP_TO)
    assert actions.back_up(at=friday + timedelta(hours=2)).succeeded
    assert not Alarm.objects.ringing().exists()


@committed
def test_two_backups_at_once_are_no_failure(home, friday, settings):
    with actions.backup.open_vault(settings.BACKUP_TO).writing(), pytest.raises(Refused, match="正在写入"):
        actions.back_up(at=friday)

    assert not Run.objects.exists()
    assert not Alarm.objects.exists()


@committed
def test_the_second_backup_writes_only_what_is_new(home, friday):
    (home / "media" / "film.mp4").write_bytes(random.Random(1).randbytes(3_000_000))
    first = actions.back_up(at=friday)
    second = actions.back_up(at=friday)

    assert second.added < first.added - 2_900_000
    assert second.name != first.name


@committed
def test_old_backups_go_and_the_pieces_only_they_needed(home, friday, settings):
    settings.BACKUP_KEEP = 2
    for day in range(4):
        (home / "media" / "b.pdf").write_bytes(bytes([day]) * 5000)
        actions.back_up(at=friday + timedelta(minutes=day))

    kept = snapshots(settings.BACKUP_TO)
    assert len(kept) == 2
    vault = actions.backup.open_vault(settings.BACKUP_TO)
    needed = {name for path in kept for file in vault.read(path).files for name in file.pieces}
    there = {path.parent.name + path.name for path in (settings.BACKUP_TO / "objects").glob("??/*")}
    assert there == needed


@committed
def test_nothing_is_ever_written_over(home, friday, tmp_path, settings):
    actions.back_up(at=friday)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("mine")

    with pytest.raises(Refused, match="不是空目录"):
        restore(snapshots(settings.BACKUP_TO)[0], into=tmp_path / "full", secret=secret())
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["mine"]


@committed
def test_another_key_is_named(home, friday, tmp_path, settings):
    actions.back_up(at=friday)

    with pytest.raises(Refused, match="密钥不对"):
        restore(snapshots(settings.BACKUP_TO)[0], into=tmp_path / "back", secret=bytes(32))


@committed
def test_a_backup_that_was_killed_is_settled_by_the_next(home, friday, settings):
    """Killed right after its file was there, it was done; killed before, it was not."""
    done = actions.back_up(at=friday)
    Run.objects.filter(pk=done.pk).update(ended_at=None, succeeded=False)
    lost = Run.objects.create(kind="backup", place=settings.BACKUP_TO, name="20260904-070000", began_at=friday)

    actions.back_up(at=friday + timedelta(hours=1))

    lost.refresh_from_db()
    done.refresh_from_db()
    assert (lost.succeeded, "中断" in lost.complaint, lost.ended_at is not None) == (False, True, True)
    assert (done.succeeded, done.complaint, done.ended_at is not None) == (True, "", True)
    assert not Alarm.objects.ringing().exists()  # the newest one is good


def test_a_failed_drill_rings_until_one_succeeds(home, friday, monkeypatch):
    for hour in range(2):
        with pytest.raises(Refused, match="没有备份"):
            actions.drill(at=friday + timedelta(hours=hour))

    assert [bool(run.complaint) for run in Run.objects.all()] == [True, True]
    alarm = Alarm.objects.ringing().get()
    assert (alarm.code, alarm.times) == ("operations.drill_failed", 2)

    # A real one needs a database made by migrations: tests/assurance/test_operation_backup.py
    (home.parent / "place").mkdir()
    (home.parent / "place" / "20260904-080000.jiyue").touch()
    monkeypatch.setattr(actions, "_rehearse", lambda newest: (3, 4))
    run = actions.drill(at=friday + timedelta(hours=2))

    assert (run.name, run.files, run.size, run.succeeded) == ("20260904-080000", 3, 4, True)
    assert not Alarm.objects.ringing().exists()
    assert AuditEntry.objects.filter(action="operations.drill").count() == 1


def a_good(kind, at):
    return Run.objects.create(kind=kind, place="/x", name="x", began_at=at, ended_at=at, succeeded=True)


@pytest.mark.parametrize(
    ("backup", "drill", "late"),
    [
        (None, None, {BACKUP_LATE}),
        (timedelta(minutes=85), timedelta(days=30), set()),  # every hour at five past; one missed is forgiven
        (timedelta(minutes=150), timedelta(days=30), {BACKUP_LATE}),
        (timedelta(minutes=10), None, set()),  # the first drill comes on Sunday
        (timedelta(minutes=40), None, {DRILL_LATE}),
        (timedelta(minutes=10), timedelta(days=31), {DRILL_LATE}),
        (timedelta(days=2), timedelta(days=31), {BACKUP_LATE, DRILL_LATE}),
    ],
)
def test_what_does_not_happen_is_told_until_it_does(home, friday, backup, drill, late):
    for kind, ago in (("backup", backup), ("drill", drill)):
        if ago is not None:
            a_good(kind, friday - ago)

    assert {code for code, _text in lateness(friday)} == late
    watch(friday)
    assert {alarm.code for alarm in Alarm.objects.ringing()} == late

    a_good("backup", friday)
    a_good("drill", friday)
    watch(friday)
    assert not Alarm.objects.ringing().exists()


def test_who_plans_backups_elsewhere_has_a_day(home, friday, settings):
    settings.BACKUP_CRON = ""
    a_good("drill", friday)
    a_good("backup", friday - timedelta(hours=24))
    assert list(lateness(friday)) == []

    assert [code for code, _text in lateness(friday + timedelta(hours=2))] == [BACKUP_LATE]


def test_the_newest_are_kept_and_the_last_of_each_day_before(settings, tmp_path):
    settings.BACKUP_KEEP = 3
    for day in range(1, 41):
        for hour in (0, 12, 23):
            (tmp_path / f"202610{day:02d}-{hour:02d}0500.jiyue").touch()

    kept = [path.stem for path in actions._kept(tmp_path)]

    assert kept[:3] == ["20261040-230500", "20261040-120500", "20261040-000500"]
    assert kept[3:] == [f"202610{day:02d}-230500" for day in range(39, 9, -1)]


def test_jobs_are_planned_as_the_settings_say(settings, monkeypatch):
    planned = {}
    monkeypatch.setattr(tasks, "register_job", lambda name, cron, run, **_: planned.update({name: cron}))
    settings.BACKUP_CRON, settings.DRILL_CRON = "*/10 * * * *", ""

    tasks.register_jobs()

    assert planned["operations.backup"] == "*/10 * * * *"
    assert "operations.drill" not in planned
    assert {"operations.watch", "operations.certificates"} <= planned.keys()


@pytest.mark.parametrize("kind", ["backup", "drill"])
def test_the_last_success_is_shown_to_who_runs_the_platform(client, cluster, friday, kind):
    a_good(kind, friday)
    Run.objects.create(kind=kind, place="/x", began_at=friday, ended_at=friday, complaint="磁盘满了")
    client.force_login(cluster.system_admin)

    text = client.get("/admin/").text

    name = {"backup": "备份", "drill": "演练"}[kind]
    assert re.search(rf"<dt>最近成功的{name}</dt><dd>2026-09-04 16:00\b", text)
    assert "磁盘满了" in text
    client.force_login(cluster.site_manager)
    assert "最近成功的" not in client.get("/admin/").text


def test_nobody_is_told_in_a_demo(home, friday, settings):
    settings.DEMO = True

    assert list(lateness(friday)) == []


def test_a_good_run_is_finished(friday):
    with pytest.raises(IntegrityError), transaction.atomic():
        Run.objects.create(kind="backup", place="/x", began_at=friday, succeeded=True)
