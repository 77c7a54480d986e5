"""Background tasks that outlive whoever runs them.

A task is a row of the database, written in the transaction that asks for it: committed with it or lost with it. With
``JIYUE_QUEUE_URL`` Redis brings workers the news of a row, so that they need not ask the database over and over; a
Redis that is down or has forgotten everything delays tasks, it loses none.

Who runs a task holds a lease on it and renews it. The lease of a worker that was killed ends by itself and the task
runs again, so every task may run twice without harm. What fails is tried again after ever longer pauses; what failed
``ATTEMPTS`` times stays as it is, for people to look at.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from traceback import format_exception
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection, transaction
from django.dispatch import Signal
from django_tasks import TaskResultStatus
from django_tasks_db.backend import DatabaseBackend
from django_tasks_db.models import DBTaskResult, DBTaskResultQuerySet

from jiyue.common.clock import now


if TYPE_CHECKING:
    from redis import Redis


logger = logging.getLogger(__name__)

ATTEMPTS = 5
PAUSES = [timedelta(seconds=seconds) for seconds in (2, 15, 120, 900)]  # after the first attempt, the second ...
LEASE = timedelta(seconds=30)
RENEWED_EVERY = 10.0  # seconds
KEPT = timedelta(days=1)  # what was done without a fault
BELL = "jiyue:tasks"

Row = DBTaskResult[..., Any]
task_given_up = Signal()  # row=


class LostWorker(Exception):  # noqa: N818 -- says what happened
    """The worker ended in the middle of the task."""


class RedisBackend(DatabaseBackend):
    """Rows like its parent's, and a ring of the bell once they are committed."""

    def enqueue(self, task: Any, args: Any, kwargs: Any) -> Any:
        result: Any = super().enqueue(task, args, kwargs)
        transaction.on_commit(lambda: ring(str(result.id)))
        return result


def ring(name: str) -> None:
    from redis import RedisError

    try:
        with _redis().pipeline() as pipe:
            pipe.lpush(BELL, name)
            pipe.ltrim(BELL, 0, 999)
            pipe.execute()
    except RedisError as error:
        logger.warning("queue: %s", error)  # workers look for themselves every few seconds


def wait_for_ring(seconds: float) -> None:
    """Returns early when there is something to do. Without Redis it simply waits."""
    if settings.QUEUE_URL:
        from redis import RedisError

        try:
            _redis().blpop([BELL], timeout=seconds)
        except RedisError as error:
            logger.warning("queue: %s", error)
        else:
            return
    threading.Event().wait(seconds)


def claim(worker: str, *, at: datetime) -> Row | None:
    """Takes the next task, if there is one."""
    if not DBTaskResult.objects.ready().exists():  # asking costs no lock
        return None
    with transaction.atomic():
        row = DBTaskResult.objects.ready().get_locked()
        if row is not None:
            row.status, row.started_at, row.run_after = TaskResultStatus.RUNNING, at, at + LEASE
            row.worker_ids = [*row.worker_ids, worker]
            row.save(update_fields=["status", "started_at", "run_after", "worker_ids"])
    return row


def run(row: Row) -> None:
    with _renewed(row):
        try:
            value = row.task.call(*row.args_kwargs["args"], **row.args_kwargs["kwargs"])
        except Exception as error:  # whatever it is, it is written down and the next task has its turn
            logger.exception("task %s", row.task_path)
            fail(row, error, at=now())
        else:
            _held(row).update(status=TaskResultStatus.SUCCESSFUL, finished_at=now(), return_value=value)


def fail(row: Row, error: Exception, *, at: datetime) -> None:
    """Tries again later, or gives up."""
    attempts = len(row.worker_ids)
    reason = {
        "exception_class_path": f"{type(error).__module__}.{type(error).__qualname__}",
        "traceback": "".join(format_exception(error)),
    }
    if attempts < ATTEMPTS:
        pause = PAUSES[attempts - 1]
        _held(row).update(status=TaskResultStatus.READY, run_after=at + pause, **reason)
    elif _held(row).update(status=TaskResultStatus.FAILED, finished_at=at, **reason):
        row.refresh_from_db()
        task_given_up.send(DBTaskResult, row=row)


def reap(*, at: datetime) -> int:
    """Hands on what dead workers held; answers how many tasks."""
    lost = list(DBTaskResult.objects.running().filter(run_after__lt=at))
    for row in lost:
        fail(row, LostWorker(row.worker_ids[-1]), at=at)
    return len(lost)


def retry(rows: DBTaskResultQuerySet, *, at: datetime) -> int:
    """Starts anew what had been given up."""
    return rows.failed().update(
        status=TaskResultStatus.READY, run_after=at, worker_ids=[], finished_at=None, exception_class_path=""
    )


def prune(at: datetime) -> int:
    return DBTaskResult.objects.successful().filter(finished_at__lt=at - KEPT).delete()[0]


def _held(row: Row) -> DBTaskResultQuerySet:
    """The row as long as it is still ours: after a pause of the machine somebody else may have it."""
    return DBTaskResult.objects.running().filter(pk=row.pk, started_at=row.started_at)


@contextmanager
def _renewed(row: Row) -> Iterator[None]:
    done = threading.Event()
    keeper = threading.Thread(target=_keep, args=[row, done], daemon=True)
    keeper.start()
    try:
        yield
    finally:
        done.set()
        keeper.join()


def _keep(row: Row, done: threading.Event) -> None:
    while not done.wait(RENEWED_EVERY):
        _held(row).update(run_after=now() + LEASE)
    connection.close()


@cache
def _redis() -> "Redis":
    from redis import Redis  # most of a second; who has none does not wait for it
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    return Redis.from_url(settings.QUEUE_URL, socket_timeout=30, socket_connect_timeout=2, retry=Retry(NoBackoff(), 1))
