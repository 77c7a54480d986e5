"""A sample city served as anybody would serve it: ``jiyue demo`` in a process of its own, with a home of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


START_WITHIN = 240  # seconds; a busy machine included


@contextmanager
def running(home: Path, *, sites: int) -> Iterator[str]:
    """Yields the portal's base address. The whole process group is gone afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"JIYUE_HOME": str(home), "JIYUE_DEMO": "1", "JIYUE_PORT": str(port)}
    log = home / "demo.log"
    command = [sys.executable, "-m", "jiyue", "demo", "--sites", str(sites), "--port", str(port)]
    with log.open("w") as out:
        process = subprocess.Popen(command, env=environment, stdout=out, stderr=out, start_new_session=True)
    try:
        _wait(f"http://localhost:{port}/", process, log)
        yield f"http://localhost:{port}"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def _wait(address: str, process: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + START_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=2).close()
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.5)
        else:
            return
    raise AssertionError(f"the sample city did not start:\n{log.read_text()[-3000:]}")
