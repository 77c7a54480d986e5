"""Background tasks: run again after the death of a worker, retried with pauses, given up in the end."""

from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django_tasks import task
from django_tasks_db.models import DBTaskResult
from redis import Redis, RedisError

from jiyue.common import queue
from jiyue.common.clock import now
from jiyue.notices.models import Alarm


pytestmark = pytest.mark.django_db
done: list[str] = []


@task()
def write_down(word):
    done.append(word)


@task()
def stumble():
    raise ValueError("kein Ort")


@pytest.fixture(autouse=True)
def nothing_done():
    done.clear()
    DBTaskResult.objects.all().delete()


def run_next(at=None):
    row = queue.claim("me", at=at or now())
    if row is not None:
        queue.run(row)
        row.refresh_from_db()
    return row


def at_the_end_of_its_pause(row):
    DBTaskResult.objects.filter(pk=row.pk).update(run_after=now() - timedelta(seconds=1))


def test_a_task_is_run_once():
    write_down.enqueue("a")

    assert run_next().status == "SUCCESSFUL"
    assert run_next() is None
    assert done == ["a"]


def test_the_task_of_a_dead_worker_is_run_again():
    write_down.enqueue("a")
    row = queue.claim("killed", at=now())

    assert queue.reap(at=now()) == 0
    assert queue.reap(at=now() + queue.LEASE + timedelta(seconds=1)) == 1
    at_the_end_of_its_pause(row)

    assert run_next().status == "SUCCESSFUL"
    assert done == ["a"]


def test_a_worker_that_was_only_slow_leaves_the_row_to_its_successor():
    write_down.enqueue("a")
    slow = queue.claim("slow", at=now() - timedelta(minutes=2))
    queue.reap(at=now())
    at_the_end_of_its_pause(slow)
    successor = queue.claim("successor", at=now())

    queue.run(slow)

    successor.refresh_from_db()
    assert successor.status == "RUNNING"


def test_what_fails_is_tried_again_after_ever_longer_pauses_and_given_up_in_the_end():
    given_up = []
    queue.task_given_up.connect(listener := lambda row, **kwargs: given_up.append(row), weak=False)
    stumble.enqueue()
    pauses = []

    for _attempt in range(queue.ATTEMPTS):
        row = run_next()
        pauses.append(row.run_after - row.started_at)
        at_the_end_of_its_pause(row)

    queue.task_given_up.disconnect(listener)
    assert row.status == "FAILED"
    assert pauses[:4] == sorted(pauses[:4])
    assert [each.pk for each in given_up] == [row.pk]
    assert "kein Ort" in row.traceback
    assert run_next() is None


def test_what_was_given_up_can_be_started_anew():
    stumble.enqueue()
    DBTaskResult.objects.update(status="FAILED", worker_ids=["x"] * queue.ATTEMPTS)

    assert queue.retry(DBTaskResult.objects.all(), at=now()) == 1
    assert run_next().status == "READY"


def test_what_is_done_is_forgotten_after_a_day():
    write_down.enqueue("a")
    run_next()

    assert queue.prune(now()) == 0
    assert queue.prune(now() + timedelta(days=2)) == 1


def test_the_bell_wakes_a_waiting_worker(settings, redis_url, django_capture_on_commit_callbacks):
    settings.QUEUE_URL = redis_url
    settings.TASKS = {"default": {"BACKEND": "jiyue.common.queue.RedisBackend"}}
    with django_capture_on_commit_callbacks(execute=True):
        write_down.using(backend="default").enqueue("a")

    queue.wait_for_ring(20)

    assert run_next().status == "SUCCESSFUL"


def test_without_redis_the_task_is_there_all_the_same(settings, django_capture_on_commit_callbacks):
    queue._redis.cache_clear()
    settings.QUEUE_URL = "redis://127.0.0.1:1/0"
    settings.TASKS = {"default": {"BACKEND": "jiyue.common.queue.RedisBackend"}}
    with django_capture_on_commit_callbacks(execute=True):
        write_down.enqueue("a")
    queue._redis.cache_clear()

    assert run_next().status == "SUCCESSFUL"


@pytest.fixture
def redis_url():
    queue._redis.cache_clear()
    url = "redis://127.0.0.1:6379/9"
    try:
        Redis.from_url(url).delete(queue.BELL)
    except RedisError:
        pytest.skip("needs a Redis at 127.0.0.1:6379")
    yield url
    queue._redis().delete(queue.BELL)
    queue._redis.cache_clear()


def test_a_queue_of_redis_is_chosen_by_the_environment():
    assert django_settings.TASKS["default"]["BACKEND"] == "django_tasks_db.DatabaseBackend"


def test_what_was_given_up_raises_an_alarm():
    stumble.enqueue()
    DBTaskResult.objects.update(worker_ids=["x"] * (queue.ATTEMPTS - 1))

    row = run_next()

    assert row.status == "FAILED"
    assert str(row.pk) in Alarm.objects.get(code="operations.task_given_up").text
