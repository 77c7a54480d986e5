"""What the long-running processes do over and over until they are told to stop."""

import logging
import signal
import threading
from collections.abc import Callable
from datetime import datetime
from types import FrameType

from django.db import InterfaceError, OperationalError, close_old_connections, connections

from jiyue.common import clock, outbox
from jiyue.common.locks import lock
from jiyue.common.schedule import run_due
from jiyue.publishing.verify import remove_leftovers, verify


logger = logging.getLogger(__name__)

DRAIN_EVERY = 0.2  # seconds; what is approved stands as files well within a second
SCHEDULE_EVERY = 1.0
PAUSE = 1.0  # after a round that failed


def recover(at: datetime) -> None:
    """Finishes what a crash or a power cut has left undone, before the work goes on."""
    remove_leftovers()
    verify(at=at)


def drain_consumers(at: datetime) -> None:
    """One round over every consumer of the outbox."""
    for name in outbox.consumers():
        _drain(name, at)


class Drainer:
    """The same where several processes do so: each consumer is drained by one of them, which keeps it until it ends.
    The others stand by; whoever takes over publishing recovers first."""

    def __init__(self) -> None:
        self.leases = {name: lock(f"consumer-{name}") for name in outbox.consumers()}
        self.ours: set[str] = set()

    def __call__(self, at: datetime) -> None:
        for name in outbox.consumers():
            if self._is_ours(name, at):
                _drain(name, at)

    def _is_ours(self, name: str, at: datetime) -> bool:
        if not self.leases[name].is_held():
            if name in self.ours:
                self.ours.remove(name)
                outbox.let_go(name)
            if not self.leases[name].acquire(wait=False):
                return False
        if name not in self.ours:
            if name == "publishing":
                recover(at)
            self.ours.add(name)
        return True


def _drain(name: str, at: datetime) -> None:
    handled = outbox.drain(name, at=at)
    if handled:
        logger.info("%s: %d", name, handled)


def run_jobs(at: datetime) -> None:
    for name in run_due(at):
        logger.info("%s", name)


def run_until_stopped(work: Callable[[datetime], None], *, every: float) -> None:
    """Calls ``work`` until SIGTERM or SIGINT; a round that has begun is finished first."""
    stop = threading.Event()

    def stop_soon(number: int, frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop_soon)
    while not stop.is_set():
        stop.wait(every if _goes_well(work) else PAUSE)


def _goes_well(work: Callable[[datetime], None]) -> bool:
    """A full disk or a database that is away ends no process: as soon as they are back, so are we."""
    try:
        close_old_connections()
        work(clock.now())
    except (OSError, OperationalError, InterfaceError):
        logger.exception("a round failed and is tried again")
        _let_go_of_databases()
        return False
    return True


def _let_go_of_databases() -> None:
    """A connection opened while the disk failed may be one that can only read, and would stay so."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()
