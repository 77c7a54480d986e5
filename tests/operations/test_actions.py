"""Backups and drills as acts: recorded, kept for a while, alarmed about when they fail or do not happen."""

import random
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from jiyue.accounts.models import AuditEntry
from jiyue.common.errors import Refused
from jiyue.notices.models import Alarm
from jiyue.operations import actions
from jiyue.operations.backup import secret
from jiyue.operations.lateness import BACKUP_LATE, lateness, watch
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
    done, lost = (
        Run.objects.create(kind="backup", place=settings.BACKUP_TO, name=name, began_at=friday)
        for name in ("20260904-080000", "nix")
    )
    actions.back_up(at=friday)
    Run.objects.filter(pk=done.pk).update(ended_at=None, succeeded=False, complaint="")

    actions.back_up(at=friday + timedelta(hours=1))

    lost.refresh_from_db()
    done.refresh_from_db()
    assert "中断" in lost.complaint
    assert done.succeeded


def test_a_failed_drill_rings_until_one_succeeds(home, friday):
    with pytest.raises(Refused, match="没有备份"):
        actions.drill(at=friday)

    assert Run.objects.get().complaint
    assert Alarm.objects.ringing().get().code == "operations.drill_failed"


def test_a_backup_that_does_not_happen_is_told(home, friday):
    assert [code for code, _text in lateness(friday)] == [BACKUP_LATE]
    watch(friday)
    assert Alarm.objects.ringing().get().code == BACKUP_LATE


def test_nobody_is_told_in_a_demo(home, friday, settings):
    settings.DEMO = True

    assert list(lateness(friday)) == []


def test_a_good_run_is_finished(friday):
    with pytest.raises(IntegrityError), transaction.atomic():
        Run.objects.create(kind="backup", place="/x", began_at=friday, succeeded=True)
