import datetime as dt
from zoneinfo import ZoneInfo

import hypothesis
import pytest

from jiyue.websites.models import Website
from tests import factories


hypothesis.settings.register_profile("house", deadline=None)  # how long an example takes says more of the machine
hypothesis.settings.load_profile("house")

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


FRIDAY = dt.datetime(2026, 9, 4, 16, tzinfo=CHINA)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The cast is built once in a process; each test changes it in a transaction that is rolled back."""
    with django_db_blocker.unblock():
        factories.cluster(at=FRIDAY)


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
