"""Starts the processes of one installation, starts again what dies, and leaves none behind."""

import ctypes
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import FrameType


LOOK_EVERY = 0.2
GRACE = 12.0  # seconds between asking a process to stop and stopping it
CALM = 30.0  # a process that lived this long may be started again at once
LONGEST_PAUSE = 15.0
PR_SET_PDEATHSIG = 1

Log = Callable[[str], None]


@dataclass(slots=True)
class Child:
    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    start_after: float = 0.0

    def start(self, now: float) -> None:
        # In a session of its own, so that Ctrl+C reaches the supervisor only; if that is killed, the kernel stops us.
        self.process = subprocess.Popen(self.command, start_new_session=True, preexec_fn=_end_with_parent)
        self.started = now

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def note_end(self, now: float) -> None:
        """Decides when to start again: at once after a calm life, ever later after quick deaths."""
        self.failures = 0 if now - self.started > CALM else self.failures + 1
        self.start_after = now + min(0.2 * 2**self.failures, LONGEST_PAUSE)
        self.process = None


class Supervisor:
    def __init__(self, commands: dict[str, Sequence[str]], *, log: Log) -> None:
        self.children = [Child(name, command) for name, command in commands.items()]
        self.log = log
        self.stopping = threading.Event()

    def run(self) -> None:
        """Returns after SIGINT or SIGTERM, once every process has ended."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        try:
            while not self.stopping.is_set():
                self.look_after(time.monotonic())
                self.stopping.wait(LOOK_EVERY)
        finally:
            self.end()

    def look_after(self, now: float) -> None:
        for child in self.children:
            if child.process is not None and not child.is_running():
                self.log(f"{child.name}: {child.process.returncode}")
                child.note_end(now)
            if child.process is None and now >= child.start_after:
                child.start(now)

    def end(self) -> None:
        running = [child.process for child in self.children if child.process is not None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + GRACE
        for process in running:
            try:
                process.wait(max(deadline - time.monotonic(), 0))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping.set()


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
