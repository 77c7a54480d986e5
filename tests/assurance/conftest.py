"""Attacks on what the platform promises, in two sizes, with their figures written down.

``make assure-short`` (CI, at most 15 minutes) and ``make assure`` (long) run everything in this folder. A test says
what it attacks with ``@pytest.mark.promise(section, promise, goal)`` in Chinese, takes its numbers from ``size(short,
long)`` and hands what it found to ``measured(...)``. With ``--record FILE`` each result becomes one JSON line, from
which tools/assurance.py writes docs/reference/assurance.md.
"""

import json
import time
from pathlib import Path

import pytest

from tests.assurance.office.house import PORT, House


SECTIONS = (
    "isolation",
    "chain",
    "audit",
    "crash",
    "tamper",
    "login",
    "input",
    "database",
    "operation",
    "supply",
    "load",
)
figures_key = pytest.StashKey[dict]()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.assurance)
            marker = item.get_closest_marker("promise")
            if marker is None or len(marker.args) != 3 or marker.args[0] not in SECTIONS:
                raise pytest.UsageError(f"{item.nodeid} does not say which promise it attacks")


@pytest.fixture
def size(request):
    """``size(2_000, 10_000)``: the first in CI, the second with ``--long``."""
    return lambda short, long: long if request.config.getoption("--long") else short


@pytest.fixture
def part(request):
    """``part(range(10_000))``: all of it, or with ``--part 3/20`` the third twentieth."""
    number, of = map(int, request.config.getoption("--part").split("/"))

    def cut(all_):
        return all_[len(all_) * (number - 1) // of : len(all_) * number // of]

    return cut


@pytest.fixture(scope="session")
def built(request, tmp_path_factory):
    """``built("sqlite")``: a house to move into copies of; each kind is built once."""
    sites, reviewers = (148, 30) if request.config.getoption("--long") else (6, 4)
    houses = {}

    def house(kind):
        if kind not in houses:
            database = "jiyue_built" if kind == "postgresql" else ""
            houses[kind] = House(tmp_path_factory.mktemp("built") / kind, PORT, database=database)
            houses[kind].build(sites, reviewers)
        return houses[kind]

    yield house
    for each in houses.values():
        each.demolish()


@pytest.fixture
def measured(request):
    """``measured(rows=1_000_000, seconds=13.2)``: figures for the record."""
    request.node.stash[figures_key] = {}
    return request.node.stash[figures_key].update


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    path = item.config.getoption("--record")
    if path and (report.when == "call" or (report.when == "setup" and report.skipped)):
        section, promise, goal = item.get_closest_marker("promise").args
        line = {
            "section": section,
            "promise": promise,
            "goal": goal,
            "test": item.nodeid,
            "size": "long" if item.config.getoption("--long") else "short",
            "outcome": report.outcome,
            "figures": item.stash.get(figures_key, {}),
            "seconds": round(call.duration, 1),
            "on": time.strftime("%Y-%m-%d"),  # a test may have its own clock
        }
        with Path(path).open("a") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
    return report


@pytest.fixture
def stopwatch():
    """``with stopwatch() as took: ...`` then ``took()`` in seconds."""

    class Watch:
        def __enter__(self):
            self.start, self.end = time.perf_counter(), None
            return lambda: (self.end or time.perf_counter()) - self.start

        def __exit__(self, *args):
            self.end = time.perf_counter()

    return Watch
