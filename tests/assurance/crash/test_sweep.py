"""The process is killed, the disk is full, input and output fail: at every write of every act.

After a restart (or, where the process lived on, after it went on) the installation is as before the act or as after
it, and everything that must be true of it is. docs/adr/0019-crash-safety.md says what is struck and what is compared."""

import shutil

import pytest

from tests.assurance.crash import sweep


# How many of CI's points go to a scenario: what publishes has the most to lose. 1,110 at 0.3 s take 6 to 7 minutes
# of two quiet cores.
SHARES = {
    "publish": 220,
    "withdraw": 110,
    "schedule": 80,
    "media": 80,
    "sign": 60,
    "review": 50,
    "draft": 50,
    "import": 60,
    "audit": 60,
    "offline": 50,
    "online": 60,
    "rebuild": 40,
    "restore": 40,
    "guard": 30,
    "backup": 50,
    "unpack": 30,
    "reindex": 40,
}
GOAL = "约 1 100 个故障点（完整：每一次写操作 × 6 种故障），0 处不一致"


@pytest.mark.parametrize("scenario", SHARES)
@pytest.mark.promise("crash", "任何一次写操作时断电、磁盘满、读写出错，恢复后要么是原样，要么全部完成", GOAL)
def test_struck_at_every_write_everything_is_old_or_new(yard, scenario, size, measured):
    done = yard.sweep(scenario, size(SHARES[scenario], None))

    measured(
        scenario=scenario,
        writes=done.calls,
        points=done.points,
        killed=done.killed,
        seconds_per_point=round(done.seconds / max(done.points, 1), 3),
        violations=len(done.violations),
    )
    assert not done.violations, "\n".join(done.violations[:20])
    assert done.points >= 0.8 * min(SHARES[scenario], len(sweep.chosen(done.calls, None)))


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
