"""After a restore the guard and the built-in server find what the restored database says: no false alarm, no stranger."""

import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import pytest

from jiyue.operations.vault import snapshots
from tests.assurance.installation import ROOT, Installation


pytestmark = pytest.mark.enable_socket
PUBLISHED_AFTERWARDS = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "jiyue.settings"
import django
django.setup()
from jiyue.common.clock import now
from jiyue.publishing.actions import publish_all
from tests import factories
cast = factories.find_cluster(at=now())
cast.published("备份之后发布的信息")
publish_all(at=now(), workers=1)
"""


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """An installation that was guarded, backed up while one website was suspended, and lived on."""
    place = tmp_path_factory.mktemp("restored")
    there = Installation(place / "home", JIYUE_ALLOWED_HOSTS=".localhost,localhost,127.0.0.1")
    there.build()
    there.run("emergency", "on", "--site", "slj", "--reason", "演练")
    at_work(there)
    there.run("backup", "--to", str(place / "backups"))
    there.then = public_files(there)
    subprocess.run(
        [sys.executable, "-c", PUBLISHED_AFTERWARDS], env=there.environment, cwd=ROOT, check=True, timeout=300
    )
    there.run("emergency", "off", "--site", "slj")
    there.run("audit", "--anchor")
    at_work(there)
    assert public_files(there) != there.then
    there.backup = snapshots(place / "backups")[0]
    return there


def at_work(there):
    """Worker and guard do their work until both have looked at everything, and go home."""
    (there.home / "guard").unlink(missing_ok=True)
    processes = [there.start("worker"), there.start("guard")]
    try:
        wait_until(lambda: have_ended(processes) or (has_turned(there) and served(there) == names_of(there)))
    finally:
        for process in processes:
            process.send_signal(signal.SIGTERM)
        ended = [process.wait(120) for process in processes]
    assert ended == [0, 0]
    there.run("guard", "--once")  # what it would have found a moment later


def have_ended(processes):
    return any(process.poll() is not None for process in processes)


def has_turned(there):
    """The guard has looked at everything once: its heart beats after that."""
    return (there.home / "guard").exists()


def wait_until(condition, seconds=300):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.1)


def public_files(there):
    root = there.home / "public"
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def names_of(there):
    """What readers may ask for: all public files but the packed variants."""
    return {name for name in public_files(there) if not name.endswith(".gz")}


def served(there):
    file = there.home / "served.sqlite3"
    if not file.exists():
        return None
    with closing(sqlite3.connect(file, timeout=30)) as session:
        return {name for (name,) in session.execute("SELECT name FROM served")}


def asked(there, query):
    with closing(sqlite3.connect(there.home / "db.sqlite3", timeout=30)) as session:
        return [row[0] for row in session.execute(query)]


def false_alarms(there):
    tampered = asked(there, "SELECT place FROM publishing_tampering")
    return tampered + asked(there, "SELECT text FROM notices_alarm WHERE code LIKE 'publishing.%'")


@pytest.mark.promise(
    "operation",
    "备份之后又发布、又停用、守护又记下新状态；恢复并启动后，公开文件与备份时逐字节相同，守护不误报，放行清单一致",
    "0 处误报，0 处不同",
)
def test_a_restored_installation_is_what_it_was_and_nobody_is_accused(lived, tmp_path, measured):
    there = Installation(tmp_path / "home", **lived.settings)

    told = lived.run("restore", str(lived.backup), "--into", str(there.home)).stdout

    assert "公开文件已就位" in told
    assert public_files(there) == lived.then
    assert (there.home / "suspended" / "slj.html").exists()
    assert (there.home / "keys").stat().st_mode & 0o077 == 0
    assert not (there.home / "guard").exists()
    at_work(there)
    assert false_alarms(there) == []
    assert public_files(there) == lived.then
    assert served(there) == names_of(there) != set()
    measured(files=len(lived.then), served=len(served(there)), alarms=0)


@pytest.mark.promise(
    "operation",
    "数据库按时间点退回、数据目录留在后来的状态：照文档做完，公开文件随数据库退回，守护不误报；不照做，守护指出清单被换成旧的",
    "照做 0 处误报",
)
def test_a_database_put_back_to_an_earlier_time_is_followed(lived, tmp_path, measured):
    restored = Installation(tmp_path / "restored", **lived.settings)
    lived.run("restore", str(lived.backup), "--into", str(restored.home))
    there, careless = (Installation(tmp_path / name, **lived.settings) for name in ("followed", "careless"))
    for each in (there, careless):
        shutil.copytree(lived.home, each.home)
        for file in each.home.glob("db.sqlite3*"):
            file.unlink()
        shutil.copy(restored.home / "db.sqlite3", each.home)

    careless.run("guard", "--once")
    told = asked(careless, "SELECT place FROM publishing_tampering WHERE kind = 'manifest'")
    assert "jyj head" in told
    assert {place.partition(" ")[2] for place in told} == {"head"}  # told, and nothing in the database changed

    # docs/howto/backup.md, 按时间点恢复
    for name in ("manifests", "served.sqlite3", "served.sqlite3-wal", "served.sqlite3-shm", "guard"):
        path = there.home / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    (there.home / "anchors" / "audit.jsonl").rename(there.home / "anchors" / "audit-before.jsonl")
    there.run("publish", "--verify")
    there.run("audit", "--verify")

    assert public_files(there) == lived.then
    at_work(there)
    assert false_alarms(there) == []
    assert public_files(there) == lived.then
    assert served(there) == names_of(there) != set()
    there.run("doctor", "--data")
    measured(files=len(lived.then), alarms=0)
