"""Several web and worker processes on PostgreSQL and Redis, killed at random while people work."""

import random
import time

import psycopg
import pytest
from redis import Redis, RedisError

from tests.assurance.office import ledger
from tests.assurance.office.house import PORT, REDIS, SERVER, House
from tests.assurance.office.work import at_work


@pytest.fixture
def house(built, tmp_path, size):
    try:
        psycopg.connect(f"{SERVER}/postgres", connect_timeout=3).close()
        Redis(db=REDIS).ping()
    except (psycopg.OperationalError, RedisError):
        pytest.skip("needs PostgreSQL at 127.0.0.1:5432 and Redis at 127.0.0.1:6379")
    several = {"JIYUE_WEB_PROCESSES": "2", "JIYUE_WORKER_PROCESSES": "2"}
    house = House(tmp_path / "house", PORT, database="jiyue_kills", redis=REDIS, settings=several)
    house.move_in(built("postgresql"), size(4, 12))
    house.start()
    yield house
    house.demolish()


@pytest.mark.promise(
    "database",
    "两个网页进程、两组后台进程在 PostgreSQL 和 Redis 上随机被杀：已确认的操作一件不少，没有重复，队列排空",
    "0 丢失，0 重复",
)
def test_processes_killed_at_random_lose_nothing(house, size, measured):
    seconds, kills = size(25, 300), size(20, 200)
    killed = []

    def strike():
        time.sleep(3)
        for _blow in range(kills):
            time.sleep(random.uniform(0.5, 1.5) * (seconds - 4) / kills)
            while not (alive := house.children()):
                time.sleep(0.05)  # until the supervisor has started somebody again
            killed.append(random.choice(alive))
            house.kill(killed[-1])

    lines = at_work(house, seconds=seconds, meanwhile=strike)
    settled = ledger.wait_until_quiet(house, seconds=300)  # a task killed twice waits for two leases

    cycles = sum(len(line.approved) for line in lines)
    lost, doubled = ledger.forgotten(house, lines) + ledger.not_public(house, lines), ledger.doubled(house)
    measured(
        kills=len(killed), cycles=cycles, unanswered=sum(line.unanswered for line in lines),
        quiet_after=round(settled, 1), lost=len(lost), doubled=len(doubled),
    )  # fmt: skip
    assert [fault for line in lines for fault in line.faults] == []
    assert lost == doubled == []
    assert ledger.contradictions(house) == []
    assert len(killed) == kills
    assert cycles >= len(lines)  # whoever has begun comes to an end
    house.stop()
    assert "已恢复" not in house.run("-m", "jiyue", "publish", "--verify")
