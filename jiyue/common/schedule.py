"""Periodic jobs: declared once by the app they belong to, run by whoever's ``run_due`` comes first.

A job is a plain function of the moment and may run twice without harm. A runner takes a lease on it; the lease of a
runner that died ends by itself and the job runs again. A moment missed while everything was down is made up for once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cronsim import CronSim
from django.db.models import Q
from django.utils import timezone

from jiyue.common.models import ScheduledJob


@dataclass(frozen=True, slots=True)
class Job:
    name: str
    cron: str
    run: Callable[[datetime], object]
    lease: timedelta

    def next_after(self, at: datetime) -> datetime:
        return next(CronSim(self.cron, timezone.localtime(at)))


_jobs: dict[str, Job] = {}


def register_job(
    name: str, cron: str, run: Callable[[datetime], object], *, lease: timedelta = timedelta(minutes=10)
) -> None:
    """Called from ``AppConfig.ready()``. ``cron`` has five fields, in local time; ``lease`` is longer than any run."""
    _jobs[name] = Job(name, cron, run, lease)


def run_due(at: datetime) -> list[str]:
    """Runs what is due at this moment and nobody else is running; answers the names. A job's error is not caught: its
    lease stays, so that it is tried again when the lease ends."""
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
    free = Q(leased_until=None) | Q(leased_until__lt=at)
    row = ScheduledJob.objects.filter(free, name=job.name, next_at__lte=at)
    if not row.update(leased_until=at + job.lease, started_at=at):
        return False
    job.run(at)
    ours = ScheduledJob.objects.filter(name=job.name, started_at=at)
    ours.update(leased_until=None, next_at=job.next_after(at))
    return True
