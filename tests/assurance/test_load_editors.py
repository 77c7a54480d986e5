"""Editors and reviewers working at once through real HTTP; the full size is bench/editors.py."""

import psycopg
import pytest
from redis import Redis, RedisError

from bench.editors import house_of, measure
from tests.assurance.office import ledger
from tests.assurance.office.house import PORT, SERVER


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request, built, tmp_path, size):
    if request.param == "postgresql":
        try:
            psycopg.connect(f"{SERVER}/postgres", connect_timeout=3).close()
            Redis(db=6).ping()
        except (psycopg.OperationalError, RedisError):
            pytest.skip("needs PostgreSQL at 127.0.0.1:5432 and Redis at 127.0.0.1:6379")
    house = house_of(request.param, tmp_path / "house", PORT)
    house.move_in(built(request.param), size(6, 148))
    house.start()
    yield house
    house.demolish()


@pytest.mark.promise(
    "load",
    "信息员、审核员、保密审查员同时通过 HTTP 工作：没有数据库锁错误，没有丢失的修改，没有串站",
    "0 locked，0 丢失，0 串站；两核每秒 ≥ 5 个完整流程为目标值",
)
def test_everybody_works_at_once_and_nothing_is_lost(house, size, measured):
    found = measure(house, size(10, 300))

    measured(**{name: value for name, value in found.items() if name != "first_faults"})
    assert found["first_faults"] == []
    assert found["locked"] == found["lost"] == found["elsewhere"] == 0
    assert ledger.contradictions(house) == []
    assert found["cycles"] >= found["editors"]
