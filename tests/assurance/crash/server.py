"""``python -m tests.assurance.crash.server FOLDER``: Django imported once, then a fresh child for every point.

Reads one JSON request a line, answers one line. This process itself opens no database and no index: a child must not
inherit them. ``FOLDER/home`` is the installation, put back before each point from ``FOLDER/states/<name>``."""

import gc
import itertools
import json
import os
import random
import select
import shutil
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo


FOLDER = Path(sys.argv[1])
HOME = FOLDER / "home"
os.environ["JIYUE_HOME"] = str(HOME)
os.environ["JIYUE_AUDIT_ANCHOR"] = str(HOME / "elsewhere" / "audit.jsonl")
os.environ["DJANGO_SETTINGS_MODULE"] = "jiyue.settings"

import django  # noqa: E402
from django.conf import settings  # noqa: E402


plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # nothing is collected here
settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
django.setup()

from django.apps import apps  # noqa: E402
from django.core import signals  # noqa: E402
from django.core.cache import cache as kept  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402
from django.test import Client  # noqa: E402

from jiyue.accounts.anchors import anchor_head  # noqa: E402
from jiyue.common import outbox  # noqa: E402
from jiyue.common.locks import close_holder  # noqa: E402
from jiyue.common.room import is_no_room  # noqa: E402
from jiyue.content import actions as content  # noqa: E402
from jiyue.content import blueprints  # noqa: E402
from jiyue.library.models import Release  # noqa: E402
from jiyue.publishing import served  # noqa: E402
from jiyue.publishing.actions import publish_all  # noqa: E402
from jiyue.publishing.loops import Drainer, drain_consumers, recover, run_until_stopped  # noqa: E402
from jiyue.search import engine  # noqa: E402
from tests import factories  # noqa: E402
from tests.assurance.crash import city, databases, state  # noqa: E402
from tests.assurance.crash.eyes import changes  # noqa: E402
from tests.assurance.crash.fault import NAMES, Fault, Mode, shared_plan, watch  # noqa: E402


AT = datetime(2026, 9, 4, 16, tzinfo=ZoneInfo("Asia/Shanghai"))
PATIENCE = 60.0  # seconds; a child that takes longer hangs
IMMUTABLE = ("public", "store", "search", "static")  # files there are replaced, never changed: links do
os.sync = lambda: None  # a killed process loses nothing the kernel has; of power cuts see docs/adr/0019-crash-safety.md
THREADS = 4
COLUMNS = ("gzdt", "zwgk")  # a small website: each point reads all of it
plan = shared_plan()
begun: dict[str, tuple[factories.Cluster, dict[str, Any]]] = {}  # of a scenario: its people, and the database before it


def restore(name: str) -> None:
    """Touches only what differs: of what is linked, another file has another number."""
    state = FOLDER / "states" / name
    (wanted, folders), (present, others) = _wanted(name), _listed(HOME)
    for path in present.keys() - wanted.keys():
        (HOME / path).unlink()
    for folder in sorted(others - folders, reverse=True):
        (HOME / folder).rmdir()
    for folder in sorted(folders - others):
        (HOME / folder).mkdir()
    for path, number in wanted.items():
        if present.get(path) != number or not path.startswith(IMMUTABLE):
            (HOME / path).unlink(missing_ok=True)
            _bring(path, state, HOME)
    databases.restore(name)


def keep(name: str) -> None:
    target = FOLDER / "states" / name
    shutil.rmtree(target, ignore_errors=True)
    for path in _listed(HOME)[0]:
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        _bring(path, HOME, target)
    databases.keep(name)
    _wanted.cache_clear()


@cache
def _wanted(name: str) -> tuple[dict[str, int], set[str]]:
    return _listed(FOLDER / "states" / name)


def _listed(root: Path) -> tuple[dict[str, int], set[str]]:
    """Files and links with their number, and folders, all relative."""
    files, folders, waiting = {}, set(), [str(root)]
    cut = len(str(root)) + 1
    while waiting:
        for entry in os.scandir(waiting.pop()):
            if entry.is_dir(follow_symlinks=False):
                folders.add(entry.path[cut:])
                waiting.append(entry.path)
            else:
                files[entry.path[cut:]] = entry.inode()
    return files, folders


def _bring(path: str, source: Path, target: Path) -> None:
    if (source / path).is_symlink():
        (target / path).symlink_to((source / path).readlink())
    elif path.startswith(IMMUTABLE):
        os.link(source / path, target / path)
    else:
        shutil.copyfile(source / path, target / path)


def in_child(work: Callable[[], Any], patience: float = PATIENCE) -> dict[str, Any]:
    """What ``work`` answers, or how the child ended."""
    reader, writer = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(reader)
        os._exit(_child(work, writer))
    os.close(writer)
    text, deadline = b"", time.monotonic() + patience
    with os.fdopen(reader, "rb", buffering=0) as answers:
        while select.select([answers], [], [], max(deadline - time.monotonic(), 0))[0]:
            part = answers.read(1 << 20)
            if not part:
                break
            text += part
        else:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            return {"hangs": True}
    status = os.waitpid(pid, 0)[1]
    if os.WIFSIGNALED(status):
        return {"signal": os.WTERMSIG(status)}
    return json.loads(text) if text else {"ended": os.waitstatus_to_exitcode(status)}


def _child(work: Callable[[], Any], writer: int) -> int:
    try:
        answer = {"answer": work()}
    except BaseException:  # whatever it is, the parent has to learn of it
        answer = {"error": traceback.format_exc()[-3000:]}
    with os.fdopen(writer, "w") as out:
        json.dump(answer, out)
    return 0


def drain() -> None:
    while any(outbox.waiting(name) for name in outbox.consumers()):
        drain_consumers(AT)


def close() -> None:
    engine.search_index().close()
    connections.close_all()
    close_holder()
    served._close()


def build() -> None:
    call_command("migrate", run_syncdb=True, verbosity=0, interactive=False)
    blueprints.BLUEPRINTS["department"] = tuple(plan for plan in blueprints.DEPARTMENT if plan.code in COLUMNS)
    city.found(factories.cluster(at=AT))
    drain()
    publish_all(at=AT, workers=1)
    anchor_head(AT)
    close()


def prepare(name: str) -> None:
    city.SCENARIOS[name].prepare(factories.find_cluster(at=AT))
    drain()
    close()


def warm_up(name: str) -> None:
    """Once in this process, so that the children find modules loaded and templates compiled."""
    restore(name)
    scenario, cluster = city.SCENARIOS[name], factories.find_cluster(at=AT)
    scenario.change(cluster)
    drain()
    recover(AT)
    _look(name)
    close()
    engine._at.cache_clear()
    kept.clear()  # Wagtail remembers renditions that the next home does not have
    gc.collect()
    gc.freeze()
    deadline = time.monotonic() + 10
    while sum(1 for _ in Path("/proc/self/task").iterdir()) > 1 and time.monotonic() < deadline:
        time.sleep(0.01)  # Tantivy's threads are joined, yet take a moment to go


def remember(name: str) -> None:
    """Once in this process what each act would read again before it begins."""
    begun[name] = factories.find_cluster(at=AT), state.database()
    close()


def act(name: str, fault: Fault) -> dict[str, Any]:
    """The act under fault, then what a living process does: the person tries again, the worker goes on."""
    scenario = city.SCENARIOS[name]
    cluster, before = begun[name]
    plan.set(fault)
    watch(FOLDER / "fault.so", plan, HOME)
    errors = []
    try:
        scenario.change(cluster)
        drain()
        close()
    except Exception as error:  # any error is an answer, as long as it says what is the matter
        errors.append(f"{type(error).__name__}: {error}"[:200])
    numbers = plan.numbers[: plan.calls] if fault.mode is Mode.COUNT else []
    plan.mode = Mode.COUNT
    if errors:
        _heal(scenario, cluster, before)
    return {"numbers": numbers, "errors": errors, **_look(name)}


def _heal(scenario: city.Scenario, cluster: factories.Cluster, before: dict[str, Any]) -> None:
    """Space is back. Nothing is restarted."""
    if scenario.twice or state.database() == before:
        scenario.change(cluster)
    drain()
    recover(AT)
    drain()


def restart(name: str) -> dict[str, Any]:
    recover(AT)
    drain()
    if city.SCENARIOS[name].twice:
        city.SCENARIOS[name].change(factories.find_cluster(at=AT))
        drain()
    return _look(name)


def _look(name: str) -> dict[str, Any]:
    look = state.Look.take()
    shown = look.state()
    if not city.SCENARIOS[name].counted:
        del shown["counts"]
    return {"state": shown, "complaints": look.complaints(), "litter": state.litter()}


def fill_up(name: str, free: int) -> dict[str, Any]:
    """The act on a disk with so few bytes left; then there is room again."""
    (HOME / "static").mkdir(exist_ok=True)
    scenario, cluster = city.SCENARIOS[name], factories.find_cluster(at=AT)
    before = state.database()
    reader, stranger = (
        Client(headers={"host": "jyj.localhost"}),
        Client(headers={"host": "localhost"}, raise_request_exception=False),
    )
    errors: list[list[Any]] = []
    with filled(free):
        try:
            scenario.change(cluster)
            drain()
        except Exception as error:
            errors.append([f"{type(error).__name__}: {error}"[:200], is_no_room(error)])
        statuses = {
            "search": reader.get("/search", {"q": "开学"}).status_code,
            "page": 200 if (HOME / "public" / "jyj" / "index.html").read_bytes() else 0,
            "login page": stranger.get("/admin/login/").status_code,
        }
    began = time.perf_counter()
    if errors:
        _heal(scenario, cluster, before)
    return {"errors": errors, "statuses": statuses, "healed": time.perf_counter() - began, **_look(name)}


@contextmanager
def filled(free: int) -> Iterator[None]:
    filler = FOLDER / "filler"
    with filler.open("wb") as file:
        space = os.statvfs(FOLDER)
        os.posix_fallocate(file.fileno(), 0, max(space.f_bavail * space.f_frsize - free, 1))
        try:
            yield
        finally:
            filler.unlink()


def fail_for_writing(name: str) -> dict[str, Any]:
    """The kernel takes the disk away for writing and gives it back; the threads of a web process go on all the while."""
    scenario, (cluster, _) = city.SCENARIOS[name], begun[name]
    together = threading.Barrier(THREADS)

    def request(work: Callable[[], Any]) -> str:
        signals.request_started.send(sender=None)
        try:
            work()
        except Exception as error:
            return "507" if is_no_room(error) else f"{type(error).__name__}: {error}"
        finally:
            signals.request_finished.send(sender=None)
        return "200"

    def read() -> None:
        together.wait(PATIENCE)  # each thread has its connection, all at the same time
        Release.objects.count()
        together.wait(PATIENCE)

    os.waitpid(_forked(_read_and_die), 0)  # SQLite's files of a database in use are there
    with ThreadPoolExecutor(THREADS) as pool:
        _mount("ro")
        try:
            reading = list(pool.map(request, [read] * THREADS))
            refused = pool.submit(request, lambda: scenario.change(cluster)).result()
        finally:
            _mount("rw")
        written = pool.submit(request, lambda: scenario.change(cluster)).result()
        pool.submit(drain).result()
        for number in [pool.submit(close) for _ in range(THREADS)]:
            number.result()
    return {"reading": reading, "refused": refused, "written": written, **_look(name)}


def _read_and_die() -> None:
    Release.objects.count()
    os.kill(os.getpid(), signal.SIGKILL)


def _mount(how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", FOLDER.parent], check=True)


def kill_workers(times: int, seed: int) -> dict[str, Any]:
    """Kills the worker at random moments while an editor publishes and withdraws, then restarts it for good."""
    restore("founded")
    chance = random.Random(seed)
    editor = _forked(_edit)
    for _ in range(times):
        worker = _forked(lambda: run_until_stopped(Drainer(), every=0.02))
        time.sleep(chance.uniform(0.05, 0.8))
        os.kill(worker, signal.SIGKILL)
        os.waitpid(worker, 0)
    os.kill(editor, signal.SIGKILL)
    os.waitpid(editor, 0)
    return in_child(lambda: {**restart("draft"), "published": Release.objects.filter(title__startswith="第").count()})


def _forked(work: Callable[[], object]) -> int:
    pid = os.fork()
    if not pid:
        work()
        os._exit(0)
    return pid


def _edit() -> None:
    cluster = factories.find_cluster(at=AT)
    for number in itertools.count():
        release = cluster.published(f"第{number}条信息")
        if number % 3 == 0:
            content.withdraw(release.item, by=cluster.reviewer, at=AT, reason="内容有误")
        time.sleep(0.05)


def seen(name: str) -> dict[str, Any]:
    """The same act counted by us and by strace."""
    restore(name)
    reader, writer = os.pipe()
    pid = _forked(lambda: _act_when_told(name, reader))
    options = ["-f", "-y", "-qq", "-s", "0", "-e", "trace=%file,%desc", "-o", FOLDER / "trace", "-p", str(pid)]
    tracer = subprocess.Popen(["strace", *options], stderr=subprocess.DEVNULL)
    while "TracerPid:\t0" in Path(f"/proc/{pid}/status").read_text() and tracer.poll() is None:
        time.sleep(0.01)
    os.write(writer, b"go")
    os.waitpid(pid, 0)
    tracer.wait()
    with (FOLDER / "trace").open(errors="replace") as trace:
        theirs = changes(trace, str(HOME))
    return {"ours": Counter(NAMES[number] for number in plan.numbers[: plan.calls]), "theirs": theirs}


def _act_when_told(name: str, reader: int) -> None:
    """Before it is told it touches nothing: strace may be here already."""
    cluster, _ = begun[name]
    plan.set(Fault())
    os.read(reader, 1)
    watch(FOLDER / "fault.so", plan, HOME)
    city.SCENARIOS[name].change(cluster)
    drain()
    close()


def point(name: str, fault: Fault) -> dict[str, Any]:
    restore(name)
    began = time.perf_counter()
    first = in_child(lambda: act(name, fault))
    struck = {"path": plan.path.decode(errors="replace"), "number": plan.number, "calls": plan.calls}
    answer = in_child(lambda: restart(name)) if first.get("signal") == signal.SIGKILL else first
    return {"struck": struck, "killed": "signal" in first, "seconds": time.perf_counter() - began, **answer}


def reply(request: dict[str, Any]) -> dict[str, Any]:
    name = request.get("scenario", "")
    match request["do"]:
        case "build":
            shutil.rmtree(HOME, ignore_errors=True)
            HOME.mkdir(parents=True)
            databases.create()
            answer = in_child(build, 300)
            keep("founded")
        case "prepare":
            restore("founded")
            answer = in_child(lambda: prepare(name))
            keep(name)
        case "old":
            _wanted.cache_clear()  # another server may have prepared it anew
            warm_up(name)
            restore(name)
            remember(name)
            restore(name)
            answer = in_child(lambda: _look(name))
        case "point":
            answer = point(name, Fault(Mode(request["mode"]), request["error"], request["at"]))
        case "seen":
            answer = seen(name)
        case "fill up":
            restore(name)
            answer = in_child(lambda: fill_up(name, request["free"]))
        case "fail for writing":
            restore(name)
            answer = in_child(lambda: fail_for_writing(name))
        case "kill workers":
            answer = kill_workers(request["times"], request["seed"])
        case _:
            raise ValueError(request)
    return answer


def main() -> None:
    settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}  # as pytest's --no-migrations
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    for line in sys.stdin:
        sys.stdout.write(json.dumps(reply(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
