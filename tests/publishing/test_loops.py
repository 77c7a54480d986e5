"""The long-running processes outlive a full disk."""

import errno
import os
import signal
from types import SimpleNamespace

from django.db import OperationalError

from jiyue.publishing import loops


def test_a_round_that_fails_for_want_of_space_is_tried_again(db, monkeypatch):
    monkeypatch.setattr(loops, "PAUSE", 0.01)
    rounds = []

    def work(at):
        rounds.append(at)
        if len(rounds) < 3:
            raise OSError(errno.ENOSPC, "no space left")
        os.kill(os.getpid(), signal.SIGTERM)

    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    loops.run_until_stopped(work, every=10)
    for number, handler in before.items():
        signal.signal(number, handler)

    assert len(rounds) == 3


def test_who_could_not_recover_recovers_before_the_next_round(db, home, friday, monkeypatch):
    begun = []

    def recover(at):
        begun.append(at)
        if len(begun) == 1:
            raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(loops, "recover", recover)
    monkeypatch.setattr(loops, "_drain", lambda name, at: None)
    drainer = loops.Drainer()

    for _ in range(3):
        loops._goes_well(drainer)
    for lease in drainer.leases.values():
        lease.release()

    assert len(begun) == 2


def test_a_round_that_failed_goes_on_with_a_new_connection(monkeypatch):
    """SQLite keeps for reading only what it could not open for writing while the disk failed."""
    closed = []
    idle = SimpleNamespace(in_atomic_block=False, close=lambda: closed.append("idle"))
    busy = SimpleNamespace(in_atomic_block=True, close=lambda: closed.append("busy"))
    monkeypatch.setattr(loops, "close_old_connections", lambda: None)
    monkeypatch.setattr(loops, "connections", SimpleNamespace(all=lambda *, initialized_only: [idle, busy]))

    def work(at):
        raise OperationalError("attempt to write a readonly database")

    assert not loops._goes_well(work)
    assert closed == ["idle"]
