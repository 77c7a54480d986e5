import datetime as dt
from zoneinfo import ZoneInfo

import hypothesis
import pytest
from django.test import TransactionTestCase

from jiyue.common.locks import close_holder
from jiyue.websites.models import Website
from tests import append_only, factories


hypothesis.settings.register_profile("house", deadline=None)  # how long an example takes says more of the machine
hypothesis.settings.load_profile("house")


_flush = TransactionTestCase._fixture_teardown


def _flush_everything(case):
    """Tests that commit are followed by an empty database, append-only tables included."""
    with append_only.lifted():
        _flush(case)


TransactionTestCase._fixture_teardown = _flush_everything


def pytest_addoption(parser):
    parser.addoption("--long", action="store_true", help="the long set of tests/assurance")
    parser.addoption("--part", default="1/1", help="of a long attack of tests/assurance only this part, e.g. 3/20")
    parser.addoption("--record", help="write the figures of tests/assurance to this file, one JSON line each")


CHINA = ZoneInfo("Asia/Shanghai")


@pytest.fixture(autouse=True)
def _test_settings(settings):
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.ADMIN_HOST = "testserver"
    settings.ALLOWED_HOSTS = ["*"]
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.SECOND_FACTOR = "off"  # tests of login switch on what they are about
    settings.PASSWORD_MAX_DAYS = 0  # the cast got its passwords on a Friday long ago


FRIDAY = dt.datetime(2026, 9, 4, 16, tzinfo=CHINA)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The cast is built once in a process; each test changes it in a transaction that is rolled back."""
    with django_db_blocker.unblock():
        factories.cluster(at=FRIDAY)
    yield
    close_holder()


@pytest.fixture
def friday():
    return FRIDAY


@pytest.fixture
def cluster(db, friday):
    """The known cast: a portal, a bureau with all its people, and an outsider from another bureau."""
    return factories.find_cluster(at=friday) if Website.objects.exists() else factories.cluster(at=friday)


@pytest.fixture
def picture(cluster):
    """A small picture of the bureau's."""
    return factories.a_picture(cluster.bureau)
