"""Strikes at every write of a scenario, with as many servers as there are cores, and judges what is left."""

import errno
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from tests.assurance.crash.fault import Fault, Mode, compiled


KINDS = (
    (Mode.KILL, 0),
    (Mode.TEAR, 0),
    (Mode.FAIL_ONCE, errno.ENOSPC),
    (Mode.FAIL_ON, errno.ENOSPC),
    (Mode.FAIL_ONCE, errno.EIO),
    (Mode.FAIL_ON, errno.EIO),
)
ROOT = Path(__file__).parents[3]


class Server:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.assurance.crash.server", folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )

    def ask(self, do: str, **values: Any) -> dict[str, Any]:
        self.process.stdin.write(json.dumps({"do": do, **values}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        answer = json.loads(line) if line else {"error": f"the server ended: {self.process.wait()}"}
        if "error" in answer and do != "point":
            raise RuntimeError(answer["error"])
        return answer

    def end(self) -> None:
        self.process.stdin.close()
        self.process.wait()


@dataclass
class Sweep:
    """What became of all points of one scenario."""

    scenario: str
    calls: int
    points: int = 0
    killed: int = 0
    refused: int = 0
    seconds: float = 0.0
    litter: int = 0
    violations: list[str] = field(default_factory=list)
    told: Counter[str] = field(default_factory=Counter)

    def judge(self, fault: Fault, answer: dict[str, Any], old: dict[str, Any], new: dict[str, Any]) -> None:
        struck = answer.get("struck", {})
        if not struck.get("number"):
            return  # the act had fewer writes this time
        self.points += 1
        self.killed += answer["killed"]
        for wrong in _wrongs(fault, answer, old, new):
            self.violations.append(f"{self.scenario} {fault} at {struck['path']}: {wrong}")
        found = answer.get("answer") or {}
        self.litter += found.get("litter", 0) > 0
        self.told.update(found.get("errors", []))


def _wrongs(fault: Fault, answer: dict[str, Any], old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    if "answer" not in answer:
        return [f"no answer: {answer.get('error') or {key: answer[key] for key in answer if key != 'struck'}}"]
    found = answer["answer"]
    wrong = list(found["complaints"])
    if found["state"] != new and not (fault.kills and found["state"] == old):
        half = [
            _difference(name, found["state"], new) for name in new if found["state"][name] not in (old[name], new[name])
        ]
        wrong.append(
            f"neither old nor new: {half}" if half else f"half: {_old_parts(found['state'], old, new)} are old"
        )
    return wrong


def _difference(name: str, state: dict[str, Any], new: dict[str, Any]) -> str:
    if not isinstance(new[name], dict):
        return name
    keys = [key for key in state[name].keys() | new[name].keys() if state[name].get(key) != new[name].get(key)]
    return f"{name} {sorted(keys)[:5]}"


def _old_parts(state: dict[str, Any], old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    return [name for name in new if state[name] != new[name] and state[name] == old[name]]


class Yard:
    """Two servers over the same prepared states, in memory where the machine offers it: a point writes 500 files."""

    def __init__(self, folder: Path | None = None, workers: int = 2) -> None:
        base = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.folder = folder or Path(tempfile.mkdtemp(prefix="jiyue-crash-", dir=base))
        library = compiled(self.folder)
        folders = [self.folder / str(number) for number in range(workers)]
        for folder in folders:
            folder.mkdir()
            shutil.copy(library, folder)
        self.servers = [Server(folder) for folder in folders]
        self.servers[0].ask("build")

    def sweep(self, scenario: str, most: int | None = None) -> Sweep:
        """Every write and every kind of fault; with ``most`` that many points, evenly spread."""
        self.servers[0].ask("prepare", scenario=scenario)
        for server in self.servers[1:]:
            states = [each.folder / "states" / scenario for each in (self.servers[0], server)]
            shutil.copytree(*states, symlinks=True, dirs_exist_ok=True)
        together = _together(self.servers, lambda server: _begin(server, scenario))
        _, old, new = together[0]
        calls = max(calls for calls, _, _ in together)
        sweep = Sweep(scenario, calls)
        points: SimpleQueue[Fault] = SimpleQueue()
        for fault in chosen(calls, most):
            points.put(fault)
        lock = threading.Lock()

        def strike(server: Server) -> None:
            while True:
                try:
                    fault = points.get_nowait()
                except Empty:
                    return
                answer = server.ask("point", scenario=scenario, mode=fault.mode, error=fault.error, at=fault.at)
                with lock:
                    sweep.judge(fault, answer, old, new)

        began = time.perf_counter()
        _together(self.servers, strike)
        sweep.seconds = time.perf_counter() - began
        return sweep

    def end(self) -> None:
        for server in self.servers:
            server.end()
        shutil.rmtree(self.folder, ignore_errors=True)


def chosen(calls: int, most: int | None) -> list[Fault]:
    """Evenly spread over the calls, the kinds of fault in turn."""
    count = min(most or calls * len(KINDS), calls * len(KINDS))
    return [Fault(*KINDS[number % len(KINDS)], at=1 + number * calls // count) for number in range(count)]


def _begin(server: Server, scenario: str) -> tuple[int, dict[str, Any], dict[str, Any]]:
    old = server.ask("old", scenario=scenario)["answer"]
    undisturbed = server.ask("point", scenario=scenario, mode=Mode.COUNT, error=0, at=0)
    if "answer" not in undisturbed:
        raise RuntimeError(f"{scenario} does not even work undisturbed: {undisturbed}")
    new = undisturbed["answer"]
    if new["complaints"] or new["errors"]:  # the old state may be one that is to be mended
        raise RuntimeError(f"not sound when undisturbed: {new['complaints']} {new['errors']}")
    return new["calls"], old["state"], new["state"]


def _together(servers: list[Server], work: Any) -> list[Any]:
    answers: list[Any] = [None] * len(servers)

    def one(number: int) -> None:
        answers[number] = work(servers[number])

    threads = [threading.Thread(target=one, args=[number]) for number in range(len(servers))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if None in answers and work.__name__ != "strike":
        raise RuntimeError("a server could not begin")
    return answers
