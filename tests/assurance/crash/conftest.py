import pytest

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
