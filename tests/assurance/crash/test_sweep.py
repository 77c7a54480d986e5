"""The process is killed, the disk is full, input and output fail: at every write of every act.

After a restart (or, where the process lived on, after it went on) the installation is as before the act or as after
it, and everything that must be true of it is. docs/adr/0019-crash-safety.md says what is struck and what is compared."""

import shutil

import pytest

from tests.assurance.crash import sweep


# Killed at every write; beside that so many points of the other five kinds.
KILLED = {"publish": 100, "withdraw": 60, "review": 50, "import": 60, "audit": 50, "backup": 60}
# So many points of all six kinds, evenly over the writes.
SPREAD = {
    "sign": 60, "schedule": 60, "media": 60, "draft": 50, "offline": 40, "online": 40, "rebuild": 40, "restore": 40,
    "guard": 40, "unpack": 40, "reindex": 40,
}  # fmt: skip
GOAL = "≥ 2 000 个故障点（完整：每一次写操作 × 6 种故障），0 处不一致"


@pytest.mark.parametrize("scenario", [*KILLED, *SPREAD])
@pytest.mark.promise("crash", "任何一次写操作时断电、磁盘满、读写出错，恢复后要么是原样，要么全部完成", GOAL)
def test_struck_at_every_write_everything_is_old_or_new(yard, scenario, size, measured):
    few = sweep.every_kill(KILLED[scenario]) if scenario in KILLED else sweep.spread(SPREAD[scenario])

    done = yard.sweep(scenario, size(few, sweep.everything))

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


@pytest.mark.promise("crash", "故障注入看得到每一次写操作，包括绕过 C 库的系统调用", "与 strace 所见逐项相等")
def test_the_injector_sees_what_strace_sees(yard, measured):
    if not shutil.which("strace"):
        pytest.skip("strace is missing: the injector's eyes are not checked")
    server = yard.servers[0]
    server.ask("prepare", scenario="withdraw")
    server.ask("old", scenario="withdraw")

    seen = server.ask("seen", scenario="withdraw")

    measured(calls=sum(seen["ours"].values()), by_strace=sum(seen["theirs"].values()))
    assert seen["ours"] == seen["theirs"]
    assert sum(seen["ours"].values()) > 100
