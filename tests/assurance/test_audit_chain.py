"""Attacks on the trail: its hash chain, its anchors, its writers."""

import json
import random
import re
import time
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from jiyue.accounts import anchors, audit, exports, verification
from jiyue.accounts.chain import EPOCH, canonical, visible
from jiyue.accounts.models import AuditEntry
from jiyue.common.clock import now
from tests import append_only
from tests.assurance.audit import (
    COLUMNS,
    chance,
    execute,
    installation,
    put,
    renumber,
    rows_of,
    sealed,
    stored,
    write,
)


WRITERS = 16
GROW = """
import sys, django; django.setup()
from datetime import timedelta
from itertools import islice
from django.db import connection, transaction
from jiyue.accounts import anchors
from jiyue.accounts.chain import EPOCH
from jiyue.common.clock import now
from tests.assurance.audit import COLUMNS, rows_of
rows = rows_of(int(sys.argv[1]))
statement = f"INSERT INTO accounts_auditentry ({', '.join(COLUMNS)}) VALUES ({', '.join(['%s'] * len(COLUMNS))})"
moment = lambda micro: EPOCH + timedelta(microseconds=micro)
with transaction.atomic(), connection.cursor() as cursor:
    while part := [(*row[:2], str(moment(row[2])).removesuffix("+00:00") if connection.vendor == "sqlite" else moment(row[2]), *row[3:]) for row in islice(rows, 20000)]:
        cursor.executemany(statement, part)
        anchors.anchor(part[-1][0], part[-1][-1], now())
"""
VERIFY = """
import json, time, django; django.setup()
from jiyue.accounts.verification import verify
from jiyue.common.clock import now
begun = time.process_time()
check = verify(at=now())
print(json.dumps({"fault": check.fault, "last": check.last_seq, "seconds": check.seconds, "anchors": check.anchors,
                  "cpu": time.process_time() - begun}))
"""
WRITE = """
import itertools, os, random, signal, sys, time, django; django.setup()
from django.db import connections, transaction
from jiyue.accounts import audit
from jiyue.common.clock import now
from jiyue.organisations.models import Unit
writers, each = int(sys.argv[1]), int(sys.argv[2])
unit = Unit(pk=1, name="x")
KILLED = 2
class Changed(Exception): pass
def work(number):
    chance = random.Random(number)
    for turn in itertools.count() if number < KILLED else range(each):  # the first ones write until they are killed
        try:
            with transaction.atomic():
                audit.record(unit, "accounts.establish_unit", by=None, at=now(), parent=f"{number} {turn}")
                if chance.random() < .1:
                    audit.note("accounts.reinstate", by=None, at=now(), name="zweimal")
                if chance.random() < .1:
                    raise Changed
        except Changed:
            pass
connections.close_all()
children = []
begun = time.monotonic()
for number in range(writers):
    child = os.fork()
    if not child:
        try:
            work(number)
        except BaseException as error:
            print(repr(error), file=sys.stderr)
            os._exit(1)
        os._exit(0)
    children.append(child)
time.sleep(.15)
for child in children[:KILLED]:
    os.kill(child, signal.SIGKILL)
states = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
print(sum(state == 0 for state in states), sum(state == 1 for state in states), time.monotonic() - begun)
"""


@pytest.mark.promise("audit", "一百万条审计记录逐条核对得完，且与锚点相符", "1,000,000 条 ≤ 20 秒（短测按比例）")
def test_a_million_entries_are_verified_in_seconds(tmp_path, size, measured):
    rows = size(50_000, 1_000_000)
    with installation(tmp_path, "sqlite") as home:
        home.run(GROW, rows)
        found = json.loads(home.run(VERIFY).stdout)

    measured(rows=rows, seconds=found["seconds"], cpu=found["cpu"], per_second=int(rows / found["seconds"]))
    assert (found["fault"], found["last"]) == ("", rows)
    assert found["cpu"] <= 20 * rows / 1_000_000


@pytest.mark.parametrize("vendor", ["sqlite", "postgresql"])
@pytest.mark.promise("audit", "十六个进程同时写、随机回滚、随机被杀，仍是一条不分叉、不缺号的链", "0 处分叉，0 个缺号")
def test_sixteen_writers_make_one_chain(tmp_path, size, measured, vendor):
    with installation(tmp_path, vendor) as home:
        done = home.run(WRITE, WRITERS, size(20, 1000))
        finished, failed, seconds = done.stdout.split()
        found = json.loads(home.run(VERIFY).stdout)

    measured(entries=found["last"], per_second=int(found["last"] / float(seconds)))
    assert (finished, failed, done.stderr) == (str(WRITERS - 2), "0", "")
    assert found["fault"] == ""
    assert found["last"] > size(20, 1000) * (WRITERS - 2) * 0.8


@pytest.mark.django_db
@pytest.mark.promise("audit", "写一条审计记录几乎不占时间", "处理器 ≤ 1 毫秒")
def test_an_entry_costs_little(cluster, size, measured, stopwatch):
    entries = size(2_000, 20_000)
    begun = time.process_time()
    with transaction.atomic(), stopwatch() as took:
        for number in range(entries):
            audit.record(cluster.site, "websites.amend", by=cluster.supervisor, at=cluster.at, fields=[number])
    spent = (time.process_time() - begun) / entries

    measured(entries=entries, microseconds_each=int(took() / entries * 1e6), cpu_microseconds=int(spent * 1e6))
    assert spent < 0.001


LENGTH = 300
ANCHORED = 40


@pytest.fixture
def chain(cluster, settings, tmp_path):
    """A chain of the tests' own, anchored every forty entries and at its end, in the hands of an intruder."""
    settings.HOME = tmp_path
    with append_only.lifted():
        execute("DELETE FROM accounts_auditentry")
        for row in rows_of(LENGTH):
            put([*row[:2], EPOCH + timedelta(microseconds=row[2]), *row[3:]])
            if row[0] % ANCHORED == 0 or row[0] == LENGTH:
                anchors.anchor(row[0], row[13], cluster.at)
        yield cluster


def edit(chance, at):
    """Any column of any entry."""
    seq, column = chance.randint(1, LENGTH), chance.choice(COLUMNS[1:])
    row = stored(seq)
    new = {
        "at": lambda: AuditEntry.objects.get(seq=seq).at + timedelta(microseconds=chance.choice([-1, 1, 10**6])),
        "user_id": lambda: AuditEntry.objects.get(seq=seq).user_id or chance.choice(people()),
        "unit_id": lambda: chance.choice(units()),
        "data": lambda: row[12].replace("同意", "不同意"),
    }
    value = new[column]() if column in new else f"{row[COLUMNS.index(column)]}"[:-1] + "_"
    execute(f"UPDATE accounts_auditentry SET {column} = %s WHERE seq = %s", value, seq)
    return seq


def forge(chance, at):
    """An edit by somebody who knows how the digest is made."""
    seq = chance.randint(1, LENGTH)
    execute("UPDATE accounts_auditentry SET target_name = 'x' WHERE seq = %s", seq)
    sealed(seq)
    return seq


def delete(chance, at):
    seq = chance.randint(1, LENGTH)
    execute("DELETE FROM accounts_auditentry WHERE seq = %s", seq)
    return seq


def delete_and_close_the_gap(chance, at):
    seq = delete(chance, at)
    renumber(seq + 1, -1)
    return seq


def insert(chance, at):
    seq = chance.randint(1, LENGTH)
    row = stored(seq)
    renumber(seq, 1)
    put([seq, f"{chance.getrandbits(256):064x}", *row[2:4], "另一人", *row[5:13], f"{chance.getrandbits(256):064x}"])
    if chance.random() < 0.5:
        sealed(seq)
    return seq


def swap(chance, at):
    first, second = sorted(chance.sample(range(1, LENGTH + 1), 2))
    if chance.random() < 0.3:
        second = min(first + 1, LENGTH)
    if first == second:
        first -= 1
    one, other = stored(first), stored(second)
    write(second, [second, "0", *other[2:]])
    write(first, [first, *other[1:]])
    write(second, [second, *one[1:]])
    return first


def truncate(chance, at):
    kept = chance.randint(0, LENGTH - 1)
    execute("DELETE FROM accounts_auditentry WHERE seq > %s", kept)
    return kept + 1


def roll_back(chance, at):
    """An old backup in place of the database, and people who go on working."""
    gone = truncate(chance, at)
    for number in range(chance.randint(1, LENGTH)):
        audit.note("accounts.reinstate", by=None, at=at, name=f"{number}")
    return gone


def people():
    return list(AuditEntry._meta.get_field("user").related_model.objects.values_list("pk", flat=True))


def units():
    return list(AuditEntry._meta.get_field("unit").related_model.objects.values_list("pk", flat=True))


MUTATIONS = (edit, edit, edit, forge, delete, delete_and_close_the_gap, insert, swap, truncate, roll_back)


@pytest.mark.promise(
    "audit", "改、删、插、换、截断、退回旧备份：每一次都被发现并指出位置", "10,000 次随机破坏，0 次漏过（短测 500）"
)
def test_every_mutation_is_found_and_located(chain, size, measured):
    missed, exact, count = [], 0, size(500, 10_000)
    assert verification.verified().fault == ""
    for number in range(count):
        luck = chance(number)
        mutation = MUTATIONS[number % len(MUTATIONS)]
        point = transaction.savepoint()
        wrong = mutation(luck, chain.at)
        found = verification.verified()
        transaction.savepoint_rollback(point)
        exact += found.wrong_seq == wrong
        if not is_located(found, wrong):
            missed.append((number, mutation.__name__, wrong, found.fault, found.wrong_seq, found.detail))

    measured(mutations=count, missed=len(missed), exactly=exact, between_two_anchors=count - exact - len(missed))
    assert missed == []
    assert verification.verified().fault == ""


def is_located(found, wrong):
    """At its entry; or, where the chain was written anew consistently, between two anchors."""
    between = re.fullmatch(r"(\d+)-(\d+)", found.detail)
    return bool(found.fault) and (
        found.wrong_seq == wrong or (between is not None and int(between[1]) <= wrong <= int(between[2]))
    )


@pytest.mark.promise("audit", "任何文字都不能在日志、终端或导出文件里动手脚", "10,000 段恶意文字，0 个控制字符流出")
def test_no_text_acts_in_an_export(chain, size, measured):
    luck, count = random.Random(1), size(1_000, 10_000)
    pool = "甲乙a,;=+@\"'\\<>" + "".join(
        map(chr, [*range(32), *range(127, 160), *range(0x200B, 0x2010), *range(0x202A, 0x202F)])
    )
    pool += "\u2028\u2029\ufeff\u2066\U000e0041\ud800"
    for number in range(count):
        text = "".join(luck.choices(pool, k=luck.randint(1, 40)))
        shown = visible(text) + canonical({"reason": text})
        assert shown.isprintable(), (number, shown)
        assert json.loads(canonical({"reason": text}))["reason"] == text

    entry = audit.note("accounts.suspend", by=None, at=chain.at, name=pool, reason=pool)
    lines = b"".join(exports.json_lines(AuditEntry.objects.filter(pk=entry.pk), whole=False, at=chain.at)).decode()
    measured(texts=count)
    assert all(line.isprintable() for line in lines.split("\n"))


@pytest.mark.promise("audit", "数据库本身拒绝修改和删除审计记录", "每一列的 UPDATE、DELETE 都被拒绝")
def test_the_database_refuses_every_column_and_row(cluster, measured):
    audit.note("accounts.reinstate", by=None, at=now(), name="今天的一条")
    newest = AuditEntry.objects.first().seq
    statements = [f"UPDATE accounts_auditentry SET {column} = {column}" for column in COLUMNS]
    statements += [f"DELETE FROM accounts_auditentry WHERE seq = {newest}", "DELETE FROM accounts_auditentry"]
    for statement in statements:
        with pytest.raises(IntegrityError, match="audit_is_append_only"), transaction.atomic():
            execute(statement)

    measured(statements=len(statements), refused=len(statements))
