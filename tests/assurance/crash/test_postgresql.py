"""The same acts with the database on PostgreSQL: the process is struck at its own writes, those of the public files, the
store, the index, the anchors and the backups. Files and database are then on two sides, which must agree again."""

import pytest

from tests.assurance.crash import sweep


SHARES = {"publish": 24, "withdraw": 18, "sign": 18, "import": 18, "audit": 12, "backup": 30}  # a review writes no file


@pytest.mark.parametrize("scenario", SHARES)
@pytest.mark.promise(
    "crash", "数据库在 PostgreSQL 上：任何一次写文件时断电、磁盘满、读写出错，恢复后数据库与文件、清单、检索、审计一致",
    "120 个故障点（完整：每一次写操作 × 6 种故障），0 处不一致",
)  # fmt: skip
def test_struck_at_a_write_database_and_files_agree(yard_on_postgresql, scenario, size, measured):
    done = yard_on_postgresql.sweep(scenario, size(sweep.spread(SHARES[scenario]), sweep.everything))

    measured(
        scenario=scenario,
        writes=done.calls,
        points=done.points,
        killed=done.killed,
        seconds_per_point=round(done.seconds / max(done.points, 1), 3),
        violations=len(done.violations),
    )
    assert not done.violations, "\n".join(done.violations[:20])
    assert done.points >= 0.9 * done.chosen > 0
