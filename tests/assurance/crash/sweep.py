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
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any
from uuid import uuid4

from tests.assurance.crash import databases
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
LONG_RUN, EACH = 200, 8


class Server:
    def __init__(self, folder: Path, **variables: str) -> None:
        self.folder = folder
        clean = {name: value for name, value in os.environ.items() if not name.startswith("JIYUE_")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.assurance.crash.server", folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=clean | variables,
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
        self.process.stdout.close()


@dataclass
class Sweep:
    """What became of all points of one scenario."""

    scenario: str
    calls: int
    chosen: int = 0
    points: int = 0  # struck; an act may make a few writes fewer than the undisturbed one
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

    def __init__(self, folder: Path | None = None, workers: int = 2, *, postgresql: bool = False) -> None:
        self.name = uuid4().hex[:8] if postgresql else ""  # of its databases
        base = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.folder = folder or Path(tempfile.mkdtemp(prefix="jiyue-crash-", dir=base))
        library = compiled(self.folder)
        folders = [self.folder / str(number) for number in range(workers)]
        for folder in folders:
            folder.mkdir()
            shutil.copy(library, folder)
        self.servers = [Server(folder, **self._variables(number)) for number, folder in enumerate(folders)]
        self.servers[0].ask("build")

    def _variables(self, number: int) -> dict[str, str]:
        return {databases.VARIABLE: databases.address(self.name, number)} if self.name else {}

    def sweep(self, scenario: str, choose: "Choice") -> Sweep:
        """Struck at what is chosen of the writes an undisturbed act makes."""
        self.servers[0].ask("prepare", scenario=scenario)
        for server in self.servers[1:]:
            states = [each.folder / "states" / scenario for each in (self.servers[0], server)]
            shutil.rmtree(states[1], ignore_errors=True)
            shutil.copytree(*states, symlinks=True)
        together = _together(self.servers, lambda server: _begin(server, scenario))
        _, old, new = together[0]
        numbers = max((numbers for numbers, _, _ in together), key=len)
        sweep = Sweep(scenario, len(numbers))
        points: SimpleQueue[Fault] = SimpleQueue()
        for fault in choose(numbers):
            points.put(fault)
            sweep.chosen += 1
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
        if self.name:
            databases.remove(self.name)
        shutil.rmtree(self.folder, ignore_errors=True)


Choice = Callable[[list[int]], list[Fault]]  # of the system calls in their order


def everything(numbers: list[int]) -> list[Fault]:
    return [Fault(*kind, at=at) for at in range(1, len(numbers) + 1) for kind in KINDS]


def spread(count: int, kinds: Sequence[tuple[Mode, int]] = KINDS) -> Choice:
    """So many points evenly over the writes, the kinds of fault in turn."""

    def choose(numbers: list[int]) -> list[Fault]:
        most = min(count, len(numbers) * len(kinds))
        return [Fault(*kinds[n % len(kinds)], at=1 + n * len(numbers) // most) for n in range(most)]

    return choose


def every_kill(others: int) -> Choice:
    """Killed at each write; so many points of the other kinds evenly. Of a very long run of the same call, the pages of a
    database poured into its copy, each eighth and the last."""

    def choose(numbers: list[int]) -> list[Fault]:
        return [Fault(Mode.KILL, at=at) for at in _telling(numbers)] + spread(others, KINDS[1:])(numbers)

    return choose


def _telling(numbers: list[int]) -> list[int]:
    chosen, at = [], 1
    for _, run in groupby(numbers):
        end = at + len(list(run))
        chosen += [*range(at, end, EACH if end - at > LONG_RUN else 1)]
        chosen += [end - 1] if chosen[-1] != end - 1 else []
        at = end
    return chosen


def _begin(server: Server, scenario: str) -> tuple[list[int], dict[str, Any], dict[str, Any]]:
    old = server.ask("old", scenario=scenario)["answer"]
    undisturbed = server.ask("point", scenario=scenario, mode=Mode.COUNT, error=0, at=0)
    if "answer" not in undisturbed:
        raise RuntimeError(f"{scenario} does not even work undisturbed: {undisturbed}")
    new = undisturbed["answer"]
    if new["complaints"] or new["errors"]:  # the old state may be one that is to be mended
        raise RuntimeError(f"not sound when undisturbed: {new['complaints']} {new['errors']}")
    return new["numbers"], old["state"], new["state"]


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
