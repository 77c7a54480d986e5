"""What the long-running processes do over and over until they are told to stop."""

import logging
import signal
import threading
from collections.abc import Callable
from datetime import datetime
from types import FrameType

from django.db import close_old_connections

from jiyue.common import clock, outbox
from jiyue.common.schedule import run_due


logger = logging.getLogger(__name__)

DRAIN_EVERY = 0.2  # seconds; what is approved stands as files well within a second
SCHEDULE_EVERY = 1.0


def drain_consumers(at: datetime) -> None:
    """One round over every consumer of the outbox."""
    for name in outbox.consumers():
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
        close_old_connections()
        work(clock.now())
        stop.wait(every)
