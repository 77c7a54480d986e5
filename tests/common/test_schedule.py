import errno
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from jiyue.common import schedule
from jiyue.common.models import ScheduledJob
from jiyue.common.schedule import label_of, register_job, run_due


pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 21, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
ONE = NOON + timedelta(hours=1)


@pytest.fixture
def runs(monkeypatch):
    """The moments at which the job ``hourly`` ran; it is declared at noon and due at one."""
    monkeypatch.setattr(schedule, "_jobs", {})
    moments = []
    register_job("hourly", "0 * * * *", moments.append)
    run_due(NOON)
    return moments


def test_a_job_waits_for_its_moment(runs):
    assert run_due(ONE - timedelta(seconds=1)) == []
    assert runs == []


def test_a_due_job_runs_once_whoever_asks(runs):
    assert run_due(ONE) == ["hourly"]
    assert run_due(ONE) == []
    assert run_due(ONE + timedelta(minutes=59)) == []
    assert runs == [ONE]


def test_a_job_somebody_is_running_is_left_alone(runs, monkeypatch):
    asked_meanwhile = []
    register_job("hourly", "0 * * * *", lambda at: asked_meanwhile.append(run_due(at)))

    run_due(ONE)

    assert asked_meanwhile == [[]]


def failing_with(error):
    def fail(at):
        raise error

    return fail


def test_the_job_of_a_runner_that_died_runs_again_at_once(runs):
    register_job("hourly", "0 * * * *", failing_with(SystemExit()), lease=timedelta(minutes=5))
    with pytest.raises(SystemExit):
        run_due(ONE)
    register_job("hourly", "0 * * * *", runs.append)

    assert run_due(ONE + timedelta(seconds=1)) == ["hourly"]


def test_a_job_that_failed_waits_until_its_lease_ends(runs):
    register_job("hourly", "0 * * * *", failing_with(KeyError("a bug")), lease=timedelta(minutes=5))
    with pytest.raises(KeyError):
        run_due(ONE)
    register_job("hourly", "0 * * * *", runs.append)

    assert run_due(ONE + timedelta(minutes=4)) == []
    assert run_due(ONE + timedelta(minutes=6)) == ["hourly"]


def test_a_full_disk_postpones_nothing(runs):
    register_job("hourly", "0 * * * *", failing_with(OSError(errno.ENOSPC, "no space left")))
    with pytest.raises(OSError, match="no space"):
        run_due(ONE)
    register_job("hourly", "0 * * * *", runs.append)

    assert run_due(ONE + timedelta(seconds=1)) == ["hourly"]


def test_moments_missed_are_made_up_for_once(runs):
    assert run_due(NOON + timedelta(days=3)) == ["hourly"]
    assert run_due(NOON + timedelta(days=3, minutes=1)) == []


def test_expressions_are_in_local_time(runs):
    register_job("daily", "30 2 * * *", runs.append)

    run_due(NOON)

    assert ScheduledJob.objects.get(name="daily").next_at == datetime(2026, 11, 22, 2, 30, tzinfo=NOON.tzinfo)


def test_every_job_of_ours_has_a_name_people_understand():
    ours = [name for name in schedule._jobs if name.split(".")[0] in {"accounts", "content", "notices", "publishing"}]

    assert len(ours) > 5
    assert [name for name in ours if label_of(name) == name] == []
