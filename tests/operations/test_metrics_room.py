"""Counting requests needs room, and must not cost the process its life."""

import errno

from jiyue.operations import metrics


def test_on_a_full_disk_nothing_is_counted_and_nobody_is_killed(tmp_path, monkeypatch):
    """Memory mapped over a file without space behind it ends the process."""

    def no_space(*_):
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    monkeypatch.setattr(metrics, "_counting", set())
    monkeypatch.setattr(metrics.os, "posix_fallocate", no_space)
    assert not metrics._has_room()
    assert list(tmp_path.iterdir()) == []

    monkeypatch.undo()
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    monkeypatch.setattr(metrics, "_counting", set())
    assert metrics._has_room()
    assert {path.stat().st_blocks * 512 for path in tmp_path.iterdir()} == {metrics.ROOM}
