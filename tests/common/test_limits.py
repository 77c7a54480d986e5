import datetime as dt
import os
import threading

import pytest
from django.db import connection
from django.test import RequestFactory
from django.urls import reverse
from redis import RedisError

from jiyue.common import limits
from jiyue.common.models import Bucket
from tests.queries import queries_of


MINUTE = dt.timedelta(minutes=1)
REDIS = os.environ.get("JIYUE_TEST_REDIS_URL", "redis://127.0.0.1:6379/9")


@pytest.fixture(autouse=True)
def _restarted():
    limits.memory.clear()


def take(times, at, *, key="a", rate=5, ask=limits.allow):
    return [ask("test", key, rate=rate, per=MINUTE, at=at) for _ in range(times)]


@pytest.mark.parametrize("ask", [limits.allow, limits.allow_cheaply])
def test_a_bucket_is_empty_after_its_count(db, friday, ask):
    assert take(7, friday, ask=ask) == [True] * 5 + [False] * 2


@pytest.mark.parametrize("ask", [limits.allow, limits.allow_cheaply])
def test_tokens_come_back_one_by_one(db, friday, ask):
    take(5, friday, ask=ask)

    assert take(3, friday + dt.timedelta(seconds=25), ask=ask) == [True, True, False]
    assert take(6, friday + 3 * MINUTE, ask=ask) == [True] * 5 + [False]


@pytest.mark.parametrize("ask", [limits.allow, limits.allow_cheaply])
def test_a_restart_does_not_fill_the_bucket(db, friday, ask):
    take(5, friday, ask=ask)
    limits.memory.clear()

    assert take(2, friday, ask=ask)[-1] is False


def test_everybody_has_a_bucket_of_their_own(db, friday):
    take(5, friday)

    assert take(1, friday, key="b") == [True]


def test_no_rate_is_no_limit(db, friday):
    assert all(take(50, friday, rate=0))
    assert not Bucket.objects.exists()


def test_no_address_is_kept(db, friday):
    take(1, friday, key="203.0.113.77")

    assert "203" not in Bucket.objects.get().name


def test_what_the_public_does_all_the_time_writes_nothing(db, friday):
    take(1, friday, ask=limits.allow_cheaply, rate=100)

    assert queries_of(lambda: take(40, friday, ask=limits.allow_cheaply, rate=100)) == 0


def test_full_buckets_are_forgotten(db, friday):
    take(1, friday)
    limits.forget(friday + MINUTE)

    assert not Bucket.objects.exists()


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("fe80::1%eth0", "fe80::"),
        ("", "?"),
    ],
)
def test_a_client_is_its_network(address, client):
    assert limits.client_of(RequestFactory().get("/", REMOTE_ADDR=address, HTTP_X_FORWARDED_FOR="8.8.8.8")) == client


@pytest.mark.skipif(
    connection.vendor != "postgresql",
    reason="the in-memory SQLite of the tests is one database of several threads, which locks tables instead of waiting",
)
@pytest.mark.django_db(transaction=True)
def test_threads_never_share_a_token(friday):
    taken = []

    def ask():
        taken.extend(take(10, friday, rate=20))
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(6)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert sum(taken) == 20


def test_whoever_searches_too_often_is_told_to_wait(cluster, client, settings):
    settings.RATES = {"search": (2, 60)}
    here = {"HTTP_HOST": "jyj.localhost", "REMOTE_ADDR": "203.0.113.9"}
    answers = [client.get("/search", {"q": "开学"}, **here) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert (answers[2]["Retry-After"], answers[2]["Cache-Control"]) == ("30", "no-store")
    assert "操作过于频繁" in answers[2].content.decode()
    assert client.get("/search.json", {"q": "开学"}, **here).json()["error"]
    assert (
        client.get("/search", {"q": "开学"}, HTTP_HOST="jyj.localhost", REMOTE_ADDR="203.0.113.10").status_code == 200
    )


def test_a_link_for_a_password_cannot_be_guessed_at_will(db, client, settings):
    settings.RATES = {"first_password": (2, 60)}
    address = reverse("accounts_first", args=["MQ", "guess"])
    answers = [client.get(address, REMOTE_ADDR="203.0.113.9") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [410, 410, 429]


@pytest.fixture
def redis_cache(settings):
    client = limits._redis(REDIS)
    try:
        client.flushdb()
    except RedisError:
        pytest.skip(f"!!! no Redis answers at {REDIS}: limits were not tested on it")
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS}}
    return client


@pytest.mark.parametrize("ask", [limits.allow, limits.allow_cheaply])
def test_the_same_in_redis(redis_cache, db, friday, ask):
    assert take(7, friday, ask=ask) == [True] * 5 + [False] * 2
    assert take(3, friday + dt.timedelta(seconds=25), ask=ask) == [True, True, False]
    assert not Bucket.objects.exists()
    assert redis_cache.pttl(redis_cache.keys("jiyue:limit:*")[0]) > 0


def test_the_database_stands_in_for_a_redis_that_does_not_answer(db, friday, settings):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    }

    assert take(6, friday) == [True] * 5 + [False]
