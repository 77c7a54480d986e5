"""How often something asks the database."""

from django.db import connection
from django.test.utils import CaptureQueriesContext


def queries_of(act) -> int:
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)
