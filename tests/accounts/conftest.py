import pytest
from django.contrib.auth.hashers import make_password

from jiyue.accounts.models import PastPassword, User
from tests.accounts.kit import PASSWORD, Clock


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


@pytest.fixture
def cluster(cluster):
    """The cast was built with the slow hasher of production, before any fixture: here they sign in with the quick one."""
    encoded = make_password(PASSWORD)
    User.objects.update(password=encoded)
    PastPassword.objects.update(encoded=encoded)
    for person in cluster.people.values():
        person.password = encoded
    return cluster
