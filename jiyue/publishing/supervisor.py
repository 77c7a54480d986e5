"""Starts the processes of one installation, starts again what dies, and leaves none behind.

The processes are forked from this one: they start in an instant and share its memory. So it must hold no database
connection and run no other thread.
"""

import ctypes
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing.context import ForkProcess
from types import FrameType


LOOK_EVERY = 0.2  # seconds
GRACE = 12.0  # between asking a process to stop and stopping it
CALM = 30.0  # a process that lived this long is started again at once
LONGEST_PAUSE = 5.0  # what a full disk stopped goes on within 10 seconds of there being room again
PR_SET_PDEATHSIG = 1

_fork = multiprocessing.get_context("fork")


@dataclass(slots=True)
class Child:
    name: str
    main: Callable[[], object]
    process: ForkProcess | None = None
    started: float = 0.0
    failures: int = 0
    start_after: float = 0.0

    def start(self, now: float) -> None:
        self.process = _fork.Process(target=_begin, args=[self.main, os.getpid()], name=self.name)
        self.process.start()
        self.started = now

    def note_end(self, now: float) -> None:
        """Decides when to start again: at once after a calm life, ever later after quick deaths."""
        self.failures = 0 if now - self.started > CALM else self.failures + 1
        self.start_after = now + (min(0.1 * 2**self.failures, LONGEST_PAUSE) if self.failures else 0)
        self.process = None


class Supervisor:
    def __init__(self, mains: Mapping[str, Callable[[], object]], *, log: Callable[[str], object]) -> None:
        self.children = [Child(name, main) for name, main in mains.items()]
        self.log = log
        self.stopping = threading.Event()

    def run(self, *, each_round: Callable[[], None]) -> None:
        """Returns after SIGINT or SIGTERM, once every process has ended."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        try:
            while not self.stopping.is_set():
                self.look_after(time.monotonic())
                each_round()
                self.stopping.wait(LOOK_EVERY)
        finally:
            self.end()

    def look_after(self, now: float) -> None:
        for child in self.children:
            if child.process is not None and not child.process.is_alive():
                self.log(f"{child.name} ✗ {child.process.exitcode}")
                child.note_end(now)
            if child.process is None and now >= child.start_after:
                child.start(now)

    def end(self) -> None:
        running = [child.process for child in self.children if child.process is not None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + GRACE
        for process in running:
            process.join(max(deadline - time.monotonic(), 0))
            if process.is_alive():
                process.kill()
                process.join()

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping.set()


def _begin(main: Callable[[], object], parent: int) -> None:
    os.setsid()  # so that Ctrl+C reaches the supervisor only, which then stops us in order
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)  # if it is killed, the kernel stops us
    if os.getppid() == parent:
        main()
