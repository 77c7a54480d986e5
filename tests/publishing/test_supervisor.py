import os
import signal
import threading
import time

import pytest

from jiyue.publishing import supervisor as module
from jiyue.publishing.supervisor import Supervisor


@pytest.fixture
def run():
    """A supervisor of one process that writes down each start and then waits; ended after the test."""
    log = []
    made = []

    def start(main):
        made.append(Supervisor({"p": main}, log=log.append))
        made[0].look_after(0.0)
        return made[0], made[0].children[0]

    yield start
    made[0].end()


def wait_for_end(child):
    child.process.join(10)
    assert not child.process.is_alive()


def test_what_dies_after_a_calm_life_is_started_again_at_once(run):
    supervisor, child = run(lambda: time.sleep(60))
    first = child.process.pid
    os.kill(first, signal.SIGKILL)
    wait_for_end(child)

    supervisor.look_after(module.CALM + 1)

    assert child.process.is_alive()
    assert child.process.pid != first


def test_what_dies_again_and_again_is_started_ever_later(run):
    supervisor, child = run(lambda: os._exit(1))
    pauses, now = [], 0.0
    for _ in range(4):
        wait_for_end(child)
        supervisor.look_after(now)
        pauses.append(round(child.start_after - now, 3))
        now = child.start_after
        supervisor.look_after(now)

    assert pauses == sorted(set(pauses))


def test_ending_leaves_no_process(run):
    supervisor, child = run(lambda: time.sleep(60))
    process = child.process

    supervisor.end()

    assert not process.is_alive()


def test_a_process_that_does_not_listen_is_killed(run, monkeypatch):
    monkeypatch.setattr(module, "GRACE", 0.5)

    def deaf():
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(60)

    supervisor, child = run(deaf)
    process = child.process
    time.sleep(0.3)

    supervisor.end()

    assert process.exitcode == -signal.SIGKILL


def test_a_signal_stops_everything(monkeypatch):
    supervisor = Supervisor({"p": lambda: time.sleep(60)}, log=print)
    threading.Timer(0.5, os.kill, [os.getpid(), signal.SIGTERM]).start()
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        supervisor.run(each_round=lambda: None)
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)

    assert not supervisor.children[0].process.is_alive()
