import pytest

from tests.assurance.crash import databases
from tests.assurance.crash.fault import why_not
from tests.assurance.crash.sweep import Yard


@pytest.fixture(scope="session")
def yard():
    """The servers that strike, over one prepared city."""
    if reason := why_not():
        pytest.skip(f"NO CRASH SWEEP: {reason}")
    yard = Yard()
    yield yard
    yard.end()


@pytest.fixture(scope="module")
def yard_on_postgresql():
    """The same with the database on the local PostgreSQL."""
    if reason := why_not() or databases.why_not():
        pytest.skip(f"NO CRASH SWEEP ON POSTGRESQL: {reason}")
    yard = Yard(postgresql=True)
    yield yard
    yard.end()
