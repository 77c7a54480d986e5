"""Backups of a real installation: taken while others write, put back elsewhere, compared; every flipped bit refused."""

import hashlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing, suppress
from pathlib import Path

import psycopg
import pytest

from jiyue.common.errors import Refused
from jiyue.operations.restore import check_every_byte, restore
from jiyue.operations.sealing import Damaged, read_key
from jiyue.operations.vault import snapshots
from tests.assurance.installation import Installation, is_postgresql_there, postgresql_database


pytestmark = pytest.mark.enable_socket
WRITERS = 4


@pytest.fixture(scope="module")
def sqlite_home(tmp_path_factory):
    home = tmp_path_factory.mktemp("sqlite") / "home"
    there = Installation(home)
    there.build()
    return there


@pytest.fixture(scope="module")
def postgresql_home(tmp_path_factory):
    if not is_postgresql_there():
        pytest.skip("NO POSTGRESQL ANSWERS: backups of it stay unproven here")
    with postgresql_database() as address:
        there = Installation(tmp_path_factory.mktemp("postgresql") / "home", address)
        there.build()
        yield there


class Writers:
    """Each writes pairs of rows, both in one transaction: a copy that holds half a pair is no copy of a moment."""

    def __init__(self, connect, mark):
        self.connect, self.mark = connect, mark
        self.stop = threading.Event()
        self.threads = [threading.Thread(target=self._write, args=[number]) for number in range(WRITERS)]
        self.committed = [0] * WRITERS
        self.slowest = 0.0
        self.errors = []

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        while min(self.committed) < 5 and not self.errors:
            time.sleep(0.01)
        return self

    def __exit__(self, *args):
        self.stop.set()
        for thread in self.threads:
            thread.join()

    def _write(self, number):
        insert = f"INSERT INTO common_dirtykey (consumer, key, at) VALUES ({self.mark}, {self.mark}, {self.mark})"
        try:
            with closing(self.connect()) as session:
                while not self.stop.is_set():
                    begun = time.perf_counter()
                    key = f"{number}:{self.committed[number]}"
                    for half in "ab":
                        session.execute(insert, (f"pair-{half}", key, "2026-11-22 00:00:00+00"))
                    session.commit()
                    self.slowest = max(self.slowest, time.perf_counter() - begun)
                    self.committed[number] += 1
                    time.sleep(0.002)
        except Exception as error:
            self.errors.append(error)


def pairs(rows):
    halves = {"pair-a": set(), "pair-b": set()}
    for consumer, key in rows:
        halves[consumer].add(key)
    return halves["pair-a"], halves["pair-b"]


PAIRS = "SELECT consumer, key FROM common_dirtykey WHERE consumer LIKE 'pair-%'"


def files_of(home):
    """Everything a backup keeps, but the database."""
    left_out = {"public", "search", "static", "locks", "nginx", "suspended", "backups", "drill", ".backup"}
    left_out |= {"manifests", "guard", *(f"served.sqlite3{suffix}" for suffix in ("", "-wal", "-shm"))}
    return {
        str(path.relative_to(home)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in home.rglob("*")
        if path.is_file()
        and path.relative_to(home).parts[0] not in left_out
        and not path.name.startswith("db.sqlite3")
        and path.name != "backup.secret"
        and ".staging" not in path.parts
    }


def sqlite_rows(path):
    with closing(sqlite3.connect(path)) as session:
        return [line for line in session.iterdump() if '"operations_run"' not in line]


def postgresql_rows(address):
    digests = {}
    with psycopg.connect(address) as session:
        tables = session.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (name,) in tables:
            if name != "operations_run":
                rows = session.execute(f'SELECT t::text FROM "{name}" t ORDER BY 1').fetchall()
                digests[name] = len(rows), hashlib.sha256(repr(rows).encode()).hexdigest()
    return digests


@pytest.mark.promise("operation", "边写边备份，恢复后每一行、每个字节相同（SQLite）", "0 处不同，0 个半对，写入不受阻")
def test_a_backup_taken_under_load_is_the_whole_of_one_moment(sqlite_home, tmp_path, measured):
    there, place = sqlite_home, tmp_path / "place"
    database = there.home / "db.sqlite3"

    with Writers(lambda: sqlite3.connect(database, timeout=30), "?") as writers:
        before = list(writers.committed)
        there.run("backup", "--to", str(place))
        after = list(writers.committed)
    assert not writers.errors
    there.run("restore", str(snapshots(place)[0]), "--into", str(tmp_path / "loaded"))

    with closing(sqlite3.connect(tmp_path / "loaded" / "db.sqlite3")) as session:
        first, second = pairs(session.execute(PAIRS))
    assert first == second
    assert all(f"{number}:{count - 1}" in first for number, count in enumerate(before))
    assert sum(after) > sum(before)

    there.run("backup", "--to", str(place))
    there.run("restore", str(snapshots(place)[0]), "--into", str(tmp_path / "quiet"))
    restored = tmp_path / "quiet"
    assert files_of(restored) == files_of(there.home) != {}
    # The backup's own entry in the trail came after the copy.
    missing = set(sqlite_rows(database)) - set(sqlite_rows(restored / "db.sqlite3"))
    assert all("operations.backup" in line or "sqlite_sequence" in line for line in missing)
    measured(pairs=len(first), files=len(files_of(restored)), slowest_write_ms=round(writers.slowest * 1000))


@pytest.mark.promise("operation", "边写边备份，恢复后每一行、每个字节相同（PostgreSQL）", "0 处不同，0 个半对")
def test_the_same_on_postgresql(postgresql_home, tmp_path, measured):
    there, place = postgresql_home, tmp_path / "place"

    with Writers(lambda: psycopg.connect(there.database), "%s") as writers:
        before = list(writers.committed)
        there.run("backup", "--to", str(place))
    assert not writers.errors
    with postgresql_database() as empty:
        there.run("restore", str(snapshots(place)[0]), "--into", str(tmp_path / "loaded"), "--database", empty)
        with psycopg.connect(empty) as session:
            first, second = pairs(session.execute(PAIRS))
        again = there.run(
            "restore", str(snapshots(place)[0]), "--into", str(tmp_path / "x"), "--database", empty, succeeds=False
        )
    assert "没有改动" in again.stderr
    assert first == second
    assert all(f"{number}:{count - 1}" in first for number, count in enumerate(before))

    there.run("backup", "--to", str(place))
    expected = postgresql_rows(there.database)
    with postgresql_database() as empty:
        there.run("restore", str(snapshots(place)[0]), "--into", str(tmp_path / "quiet"), "--database", empty)
        found = postgresql_rows(empty)
    assert files_of(tmp_path / "quiet") == files_of(there.home) != {}
    different = {name for name in expected if expected[name] != found[name]}
    assert different <= {"accounts_auditentry"}  # the backup's own entry came after the copy
    assert expected["accounts_auditentry"][0] == found["accounts_auditentry"][0] + 1
    there.run("drill", "--place", str(place))
    measured(pairs=len(first), tables=len(expected), slowest_write_ms=round(writers.slowest * 1000))


@pytest.mark.promise("operation", "备份中翻转任何一位都被拒绝，并指明是哪一部分", "100 % 拒绝")
def test_every_flipped_bit_is_refused(sqlite_home, tmp_path, size, measured):
    there, place = sqlite_home, tmp_path / "place"
    there.run("backup", "--to", str(place))
    backup = snapshots(place)[0]
    secret = read_key(there.home / "keys" / "backup.secret")
    targets = [backup, *sorted((place / "objects").rglob("*/*"))]
    chance = random.Random(20261122)
    flips = size(100, 1000)

    refused = 0
    for number in range(flips):
        target = targets[number % len(targets)]
        body = target.read_bytes()
        bit = chance.randrange(len(body) * 8)
        changed = bytearray(body)
        changed[bit // 8] ^= 1 << bit % 8
        target.write_bytes(changed)
        with pytest.raises(Damaged) as complaint:
            check_every_byte(backup, secret=secret)
        assert (
            backup.name in str(complaint.value) or "不能恢复" in str(complaint.value) or "损坏" in str(complaint.value)
        )
        refused += 1
        target.write_bytes(body)
    check_every_byte(backup, secret=secret)
    measured(flips=flips, refused=refused, parts=len(targets))


@pytest.mark.promise("operation", "没有密钥的人从备份里读不出任何东西", "备份目录中 0 处明文")
def test_no_secret_stands_in_a_backup(sqlite_home, tmp_path, measured):
    there, place = sqlite_home, tmp_path / "place"
    there.run("backup", "--to", str(place))
    secrets = [
        (there.home / "keys" / "secret_key").read_bytes(),
        "全市中小学秋季开学".encode(),
        b"outsider",
        b"SQLite format 3",
    ]

    bodies = [path.read_bytes() for path in place.rglob("*") if path.is_file()]

    assert not [secret for secret in secrets for body in bodies if secret in body]
    measured(files=len(bodies), bytes=sum(map(len, bodies)))


@pytest.mark.promise("operation", "恢复中途被杀不留下半个安装，重来一次就好；从不覆盖", "每个断点重来后完整")
def test_a_restore_that_was_killed_begins_again(sqlite_home, tmp_path, size, measured):
    there, place = sqlite_home, tmp_path / "place"
    there.run("backup", "--to", str(place))
    backup, secret = snapshots(place)[0], read_key(there.home / "keys" / "backup.secret")
    steps = steps_of_restoring(backup, tmp_path / "whole", secret)
    right = state_of(tmp_path / "whole")
    last = range(steps - 20, steps)  # files move in, the database last of all
    points = [*(number * steps // size(20, 200) for number in range(size(20, 200))), *last]

    halves = 0
    for point in points:
        into = tmp_path / "into"
        assert steps_of_restoring(backup, into, secret, killed_at=point) is None
        if not (into / "db.sqlite3").exists():
            halves += (into / ".restoring").exists()
            restore(backup, into=into, secret=secret)
        assert state_of(into) == right
        with pytest.raises(Refused, match="不是空目录"):
            restore(backup, into=into, secret=secret)
        shutil.rmtree(into)
    measured(points=len(points), of_steps=steps, left_half_done=halves)
    assert halves > len(points) // 2


STEPS = {"os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.chmod", "os.utime"}


def steps_of_restoring(backup, into, secret, killed_at=-1):
    """Restores in a process of its own; answers how many steps that took, or ``None`` if it was killed before one."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        with suppress(BaseException):
            steps = 0

            def count(event, arguments):
                nonlocal steps
                writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & os.O_CREAT
                if (event in STEPS or writes) and str(arguments[0]).startswith(str(into)):
                    if steps == killed_at:
                        os.kill(os.getpid(), signal.SIGKILL)
                    steps += 1

            sys.addaudithook(count)
            restore(backup, into=into, secret=secret)
            os.write(writing, str(steps).encode())
            os._exit(0)
        os._exit(1)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        told = pipe.read()
    _pid, status = os.waitpid(child, 0)
    assert status in {0, signal.SIGKILL}, "the restore failed"
    return int(told) if status == 0 else None


def state_of(home):
    """Every file but the database as bytes and mode, the database as rows; nothing may lie beside them."""
    files = {
        path.relative_to(home): (path.read_bytes(), path.stat().st_mode) for path in home.rglob("*") if path.is_file()
    }
    database = files.pop(Path("db.sqlite3"))
    return database[1], sqlite_rows(home / "db.sqlite3"), files


@pytest.mark.promise(
    "operation",
    "演练把最新的备份恢复到临时处，核对字节、行数、审计链、清单、原件；坏了就失败并告警，好了告警自行结束",
    "坏一位、审计链断、缺原件都被发现",
)
def test_a_drill_finds_what_is_damaged(sqlite_home, tmp_path, measured):
    there, place = Installation(tmp_path / "home"), tmp_path / "place"
    shutil.copytree(sqlite_home.home, there.home)

    def drill(*, succeeds):
        done = there.run("drill", "--place", str(place), succeeds=succeeds)
        with closing(sqlite3.connect(there.home / "db.sqlite3")) as session:
            alarms = session.execute("SELECT count(*) FROM notices_alarm WHERE settled_at IS NULL").fetchone()
            last = session.execute(
                "SELECT succeeded FROM operations_run WHERE kind = 'drill' ORDER BY id DESC"
            ).fetchone()
        assert (alarms, last) == (((0,), (1,)) if succeeds else ((1,), (0,)))
        assert not (there.home / "drill").exists()
        return done.stdout + done.stderr

    assert "没有备份" in drill(succeeds=False)
    there.run("backup", "--to", str(place))
    drill(succeeds=True)

    piece = max((place / "objects").rglob("*/*"), key=lambda path: path.stat().st_size)
    body = piece.read_bytes()
    piece.write_bytes(body[:-20] + bytes([body[-20] ^ 1]) + body[-19:])
    assert "不能恢复" in drill(succeeds=False)
    piece.write_bytes(body)
    drill(succeeds=True)

    original = next(path for path in (there.home / "media").rglob("*.png"))
    original.rename(tmp_path / "original.png")
    there.run("backup", "--to", str(place))
    assert original.name in drill(succeeds=False)
    (tmp_path / "original.png").rename(original)

    with closing(sqlite3.connect(there.home / "db.sqlite3")) as session:
        guards = session.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'accounts_auditentry'"
        )
        for (name,) in guards.fetchall():
            session.execute(f'DROP TRIGGER "{name}"')
        session.execute("UPDATE accounts_auditentry SET target_name = '别的' WHERE seq = 3")
        session.commit()
    there.run("backup", "--to", str(place))
    assert "审计链第 3 条" in drill(succeeds=False)
    measured(drills=6, damaged=3, found=3)


@pytest.mark.promise("operation", "一份大备份的速度、内存与增量", "恢复一 GiB ≤ 5 分钟；内存平稳")
def test_a_large_installation_is_backed_up_in_flat_memory(sqlite_home, tmp_path, size, measured, stopwatch):
    home = tmp_path / "home"
    shutil.copytree(sqlite_home.home, home)
    chance = random.Random(1)
    files, kilobytes = size(2_000, 100_000), 12
    for number in range(files):
        path = home / "store" / "sha256" / f"{number % 256:02x}" / f"{number:062x}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(chance.randbytes(kilobytes * 1024 // 8) * 8)
    with closing(sqlite3.connect(home / "db.sqlite3")) as session:
        session.execute("CREATE TABLE padding (body BLOB)")
        session.executemany(
            "INSERT INTO padding VALUES (?)", ((chance.randbytes(65536),) for _ in range(size(320, 16_384)))
        )
        session.commit()
    there, place = Installation(home), tmp_path / "place"

    little = _peak(sqlite_home, "backup", "--to", str(tmp_path / "little"))
    with stopwatch() as first:
        peak = _peak(there, "backup", "--to", str(place))
    with stopwatch() as second:
        there.run("backup", "--to", str(place))
    with stopwatch() as back:
        restore(snapshots(place)[0], into=tmp_path / "back", secret=read_key(home / "keys" / "backup.secret"))

    whole = sum(path.stat().st_size for path in Path(home).rglob("*") if path.is_file())
    measured(
        mib=whole >> 20,
        files=files,
        first_s=round(first(), 1),
        again_s=round(second(), 1),
        restore_s=round(back(), 1),
        peak_mib=peak,
        peak_of_a_small_one_mib=little,
    )
    assert back() / whole * 2**30 < 300
    assert peak < little + size(100, 300)


def _peak(there, *arguments):
    script = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=2); print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    command = [sys.executable, "-c", script, sys.executable, "-m", "jiyue", *arguments]
    done = subprocess.run(command, env=there.environment, capture_output=True, text=True, check=True)
    return int(done.stdout.split()[-1]) // 1024
