"""A small disk runs full in earnest, at ever another moment; and workers are killed while people work."""

import os
import subprocess

import pytest

from tests.assurance.crash.fault import why_not
from tests.assurance.crash.sweep import Yard


KIB = 1024


@pytest.fixture(scope="module")
def small_disk(tmp_path_factory):
    """An installation on a disk of its own, 96 MiB in memory."""
    if reason := why_not():
        pytest.skip(f"NO FULL DISK: {reason}")
    folder = tmp_path_factory.mktemp("disk")
    mounting = ["mount", "-t", "tmpfs", "-o", "size=96m", "jiyue-crash", str(folder)]
    if os.geteuid() or subprocess.run(mounting, check=False, capture_output=True).returncode:
        pytest.skip("NO FULL DISK: this account may not mount a tmpfs")
    yard = Yard(folder, workers=1)
    try:
        yield yard.servers[0]
    finally:
        yard.end()
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.promise(
    "crash", "磁盘写满时网站照常可读，操作被明确拒绝，有空间后 10 秒内自行恢复", "每一阶段写满，≤ 10 秒恢复"
)
def test_on_a_full_disk_reading_goes_on_and_writing_heals(small_disk, size, measured):
    small_disk.ask("prepare", scenario="publish")
    small_disk.ask("old", scenario="publish")
    steps = size(20, 200)
    wrong, refused, slowest = [], 0, 0.0
    for step in range(steps):
        free = step * 1024 * KIB // steps
        told = small_disk.ask("fill up", scenario="publish", free=free)
        if "answer" not in told:
            wrong.append(f"{free} bytes free: {told}")
            continue
        answer = told["answer"]
        refused += bool(answer["errors"])
        slowest = max(slowest, answer["healed"])
        wrong += [f"{free} bytes free: {complaint}" for complaint in answer["complaints"]]
        wrong += [f"{free} bytes free: {error}" for error, is_plain in answer["errors"] if not is_plain]
        wrong += [f"{free} bytes free: {name} {code}" for name, code in answer["statuses"].items() if code != 200]

    measured(times=steps, refused=refused, slowest_healing_seconds=round(slowest, 2), wrong=len(wrong))
    assert not wrong, "\n".join(wrong[:20])
    assert refused > steps / 4
    assert slowest <= 10


@pytest.mark.promise(
    "crash", "磁盘变为只读后网站和后台照常可读；恢复可写后网页进程不必重启即可保存", "4 个线程同时读，0 处失败"
)
def test_a_disk_that_was_read_only_for_a_while_can_be_written_again(small_disk, measured):
    small_disk.ask("prepare", scenario="draft")
    small_disk.ask("old", scenario="draft")

    told = small_disk.ask("fail for writing", scenario="draft")

    answer = told["answer"]
    measured(reading=len(answer["reading"]), refused=answer["refused"], written=answer["written"])
    assert set(answer["reading"]) == {"200"}
    assert (answer["refused"], answer["written"]) == ("507", "200")
    assert answer["complaints"] == []


@pytest.mark.promise("crash", "工作进程在忙碌中被随机杀死，重启后不丢不重", "20 次（完整 500 次），0 处不一致")
def test_workers_killed_at_random_lose_nothing(yard, size, measured):
    answer = yard.servers[0].ask("kill workers", times=size(20, 500), seed=20261122)

    measured(kills=size(20, 500), published=answer["answer"]["published"], wrong=len(answer["answer"]["complaints"]))
    assert answer["answer"]["complaints"] == []
    assert answer["answer"]["published"] > 3
