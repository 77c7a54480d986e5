"""Periodic jobs: declared once by the app they belong to, run by whoever's ``run_due`` comes first.

A job is a plain function of the moment and may run twice without harm. A runner holds a lock on it, which ends with the
runner however that dies, and the job runs again; a job that failed waits until its lease ends. A moment missed while
everything was down is made up for once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cronsim import CronSim
from django.db.models import Q
from django.utils import timezone

from jiyue.common.locks import lock
from jiyue.common.models import ScheduledJob
from jiyue.common.room import is_no_room


@dataclass(frozen=True, slots=True)
class Job:
    name: str
    cron: str
    run: Callable[[datetime], object]
    lease: timedelta
    label: Any = ""  # what people call it

    def next_after(self, at: datetime) -> datetime:
        return next(CronSim(self.cron, timezone.localtime(at)))


_jobs: dict[str, Job] = {}


def register_job(
    name: str,
    cron: str,
    run: Callable[[datetime], object],
    *,
    label: Any = "",
    lease: timedelta = timedelta(minutes=10),
) -> None:
    """Called from ``AppConfig.ready()``. ``cron`` has five fields, in local time; ``lease`` is longer than any run."""
    _jobs[name] = Job(name, cron, run, lease, label)


def label_of(name: str) -> str:
    job = _jobs.get(name)
    return str(job.label or name) if job else name


def run_due(at: datetime) -> list[str]:
    """Runs what is due at this moment and nobody else is running; answers the names. A job's error is not caught: its
    lease stays, so that it is tried again when the lease ends; where only the disk was full, at once."""
    _declare(at)
    due = ScheduledJob.objects.filter(name__in=_jobs, next_at__lte=at).values_list("name", flat=True)
    return [name for name in due if _run(_jobs[name], at)]


def _declare(at: datetime) -> None:
    missing = _jobs.keys() - set(ScheduledJob.objects.values_list("name", flat=True))
    ScheduledJob.objects.bulk_create(
        [ScheduledJob(name=name, next_at=_jobs[name].next_after(at)) for name in sorted(missing)],
        ignore_conflicts=True,
    )


def _run(job: Job, at: datetime) -> bool:
    held = lock(f"job-{job.name}")
    if not held.acquire(wait=False):
        return False
    try:
        return _run_alone(job, at)
    finally:
        held.release()


def _run_alone(job: Job, at: datetime) -> bool:
    row = ScheduledJob.objects.filter(name=job.name, next_at__lte=at)
    died = Q(started_at__isnull=False)  # its runner, or we would not hold the lock
    if not row.filter(died | Q(leased_until=None) | Q(leased_until__lt=at)).update(
        leased_until=at + job.lease, started_at=at
    ):
        return False
    try:
        job.run(at)
    except Exception as error:
        if not is_no_room(error):
            row.update(started_at=None)
        raise
    row.update(started_at=None, leased_until=None, next_at=job.next_after(at))
    return True
