"""The processes of one installation: built once, started as ``jiyue up``, killed one by one."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from redis import Redis

from jiyue.publishing.ports import is_open


ROOT = Path(__file__).parents[3]
FIRST = 20_000 + os.getpid() % 10_000  # below the ports the kernel gives away by itself; two runs begin at two places
REDIS = 8 + os.getpid() % 8  # of its sixteen databases
SERVER = "postgresql://postgres@127.0.0.1:5432"


def _free_port() -> int:
    for port in range(FIRST, FIRST + 500):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError(f"no free port from {FIRST} on")


PORT = _free_port()


@dataclass
class House:
    """``database``: a name of ours, to which this run's own number is added."""

    home: Path
    port: int
    database: str = ""  # of the PostgreSQL server; empty: SQLite
    redis: int | None = None
    settings: dict[str, str] = field(default_factory=dict)
    drafts: list[dict] = field(default_factory=list)
    up: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        if self.database:
            self.database += f"_{os.getpid()}"

    @property
    def environment(self) -> dict[str, str]:
        own = {
            "DJANGO_SETTINGS_MODULE": "tests.assurance.office.settings",
            "JIYUE_HOME": str(self.home),
            "JIYUE_PORT": str(self.port),
            "PYTHONWARNINGS": "ignore",
        }
        if self.database:
            own["JIYUE_DATABASE_URL"] = f"{SERVER}/{self.database}"
        if self.redis is not None:
            own |= {f"JIYUE_{name}_URL": f"redis://127.0.0.1:6379/{self.redis}" for name in ("CACHE", "QUEUE")}
        clean = {name: value for name, value in os.environ.items() if not name.startswith("JIYUE_")}
        return clean | own | self.settings

    def build(self, sites: int, reviewers: int) -> None:
        self.demolish()
        self.home.mkdir(parents=True)
        if self.database:
            with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as server:
                server.execute(f'CREATE DATABASE "{self.database}"')
        if self.redis is not None:
            Redis(db=self.redis).flushdb()
        self.drafts = json.loads(self.run("-m", "tests.assurance.office.build", str(sites), str(reviewers)))

    def move_in(self, other: "House", sites: int) -> None:
        """Into a copy of another house, in which nobody works, with so many of its websites' drafts."""
        self.demolish()
        subprocess.run(["cp", "-a", str(other.home), str(self.home)], check=True)
        if self.database:
            with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as server:
                server.execute(f'CREATE DATABASE "{self.database}" TEMPLATE "{other.database}"')
        if self.redis is not None:
            Redis(db=self.redis).flushdb()
        self.drafts = other.drafts[:sites]

    def demolish(self) -> None:
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)
        if self.database:
            with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as server:
                server.execute(f'DROP DATABASE IF EXISTS "{self.database}" WITH (FORCE)')

    def run(self, *command: str, seconds: float = 600) -> str:
        done = subprocess.run(
            [sys.executable, *command],
            env=self.environment, cwd=ROOT, capture_output=True, text=True, check=False, timeout=seconds,
        )  # fmt: skip
        if done.returncode:
            raise AssertionError(done.stderr[-3000:])
        return done.stdout

    def start(self) -> None:
        with (self.home / "up.log").open("ab") as log:
            self.up = subprocess.Popen(
                [sys.executable, "-m", "jiyue", "up", "--port", str(self.port)],
                env=self.environment, cwd=ROOT, stdout=log, stderr=log,
            )  # fmt: skip
        deadline = time.monotonic() + 180
        while not is_open("127.0.0.1", self.port):
            assert self.up.poll() is None, self.log()[-3000:]
            assert time.monotonic() < deadline, self.log()[-3000:]
            time.sleep(0.1)

    def children(self) -> list[int]:
        assert self.up is not None
        listed = Path(f"/proc/{self.up.pid}/task/{self.up.pid}/children").read_text()
        return [int(pid) for pid in listed.split()]

    def kill(self, pid: int) -> None:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return

    def stop(self) -> None:
        if self.up is not None:
            self.up.terminate()
            try:
                self.up.wait(30)
            except subprocess.TimeoutExpired:
                self.up.kill()
                self.up.wait()
            self.up = None

    def log(self) -> str:
        return (self.home / "up.log").read_text(errors="replace")

    def public(self, site: str, address: str) -> str:
        file = self.home / "public" / site / address.lstrip("/")
        try:
            return file.read_text()
        except FileNotFoundError:
            return ""
