"""The same act at the same moment from several processes, on SQLite and on PostgreSQL."""

import json

import psycopg
import pytest

from tests.assurance.office import ledger
from tests.assurance.office.house import PORT, SERVER, House


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def played(request, built, tmp_path_factory):
    """The house and what became of every race in it."""
    if request.param == "postgresql":
        try:
            psycopg.connect(f"{SERVER}/postgres", connect_timeout=3).close()
        except psycopg.OperationalError:
            pytest.skip("needs PostgreSQL at 127.0.0.1:5432")
    database = "jiyue_races" if request.param == "postgresql" else ""
    house = House(tmp_path_factory.mktemp("races") / "house", PORT, database=database)
    house.move_in(built(request.param), 1)
    yield house, json.loads(house.run("-m", "tests.assurance.office.race"))
    house.demolish()


@pytest.mark.promise("database", "两位审核员同时办理同一件：恰一人办成，另一人得到明确答复", "1 成 1 拒")
def test_of_two_reviewers_one_decides(played):
    first, second = played[1]["two_reviewers_decide"]["answers"]

    assert first == "ok"
    assert second.startswith("refused: ")


@pytest.mark.promise("database", "几个定时进程同时到点：一条信息只发布一次", "1 次")
def test_what_is_due_is_published_once(played):
    found = played[1]["the_clock_strikes_twice"]

    assert found == {"answers": ["ok"] * 4, "published": 1}


@pytest.mark.promise("database", "同一网站同时发布多条：索引号不重不漏", "0 重号，0 死锁")
def test_index_numbers_are_never_given_twice(played, measured):
    found = played[1]["many_publish_on_one_website"]

    measured(numbers=found["numbers"], different=found["different"])
    assert set(found["answers"]) == {"ok"}
    assert found["numbers"] == found["different"] == found["last"]


@pytest.mark.promise("database", "两位信息员同时保存同一稿：后者得到提示，所写内容还在页面上，不覆盖前者", "0 丢失")
def test_who_saves_second_is_told_and_loses_nothing(played):
    found = played[1]["two_editors_save_one_draft"]

    assert [answer for answer in found["answers"] if "saved" not in answer] == ["ok told=True kept=True"]
    assert found["latest_is_the_winners"]
    assert found["revisions"] == 2


@pytest.mark.promise("database", "起草、送审、发布、撤下、恢复在同一网站交错进行：没有死锁，审计链不分叉", "0 错误")
def test_crossing_acts_do_not_lock_each_other_out(played):
    house, found = played

    assert set(found["everything_on_one_website"]["answers"]) == {"ok"}
    assert ledger.contradictions(house) == []
