import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from tests import factories


CHINA = ZoneInfo("Asia/Shanghai")


@pytest.fixture(autouse=True)
def _plain_static_files(settings):
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def friday():
    return dt.datetime(2026, 9, 4, 16, tzinfo=CHINA)


@pytest.fixture
def cluster(db, friday):
    """The known cast: a portal, a bureau with all its people, and an outsider from another bureau."""
    return factories.cluster(at=friday)


@pytest.fixture
def picture(cluster):
    """A small picture of the bureau's."""
    return factories.a_picture(cluster.bureau)
