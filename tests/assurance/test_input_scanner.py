"""Uploads under a real ClamAV daemon with a signature database of our own."""

import hashlib
import shutil
import socket
import subprocess
import time

import pytest
import pytest_socket

from jiyue.common.clamd import virus_in
from jiyue.common.errors import Refused
from jiyue.library.uploads import checked_attachment, checked_picture
from tests.library.hostile_files import HARMLESS, archive, picture


CLAMD = shutil.which("clamd") or "/usr/sbin/clamd"
BAD = b"JIYUE-TEST-VIRUS-" + b"7f3a" * 8
LARGEST = 4 * 1024 * 1024


@pytest.fixture(scope="module")
def clamd(tmp_path_factory):
    """Address of a daemon that knows two signatures: bytes anywhere in a file, and the digest of one file."""
    if shutil.which(CLAMD) is None:
        pytest.skip("!!! NO clamd (apt: clamav-daemon): uploads were NOT scanned by the real one")
    pytest_socket.enable_socket()
    home = tmp_path_factory.mktemp("clamd")
    home.chmod(0o755)
    (home / "jiyue.ndb").write_text(f"Jiyue.Test.Bytes:0:*:{BAD.hex()}\n")
    (home / "jiyue.hdb").write_text(f"{hashlib.md5(b'one bad file').hexdigest()}:12:Jiyue.Test.Digest\n")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (home / "clamd.conf").write_text(
        f"DatabaseDirectory {home}\nTCPSocket {port}\nTCPAddr 127.0.0.1\nForeground yes\nUser root\n"
        f"StreamMaxLength {LARGEST}\nTemporaryDirectory {home}\n"
    )
    process = subprocess.Popen([CLAMD, "-c", home / "clamd.conf"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    address = f"127.0.0.1:{port}"
    try:
        _wait(address, process)
        yield address
    finally:
        process.terminate()
        process.communicate(timeout=20)


def _wait(address, process):
    host, port = address.split(":")
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection((host, int(port)), 1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    process.terminate()
    raise AssertionError(process.communicate()[0].decode())


@pytest.mark.promise(
    "input",
    "设置查毒服务后，每个上传都先查毒；服务没有应答时一律拒绝",
    "真实 clamd：带毒全部拒绝、无毒全部通过、停机全部拒绝",
)
def test_a_real_scanner_finds_what_it_knows_and_its_silence_refuses_everything(clamd, settings, measured, stopwatch):
    infected = {
        "a.txt": b"x" * 1000 + BAD + b"x" * 1000,
        "b.txt": b"one bad file",
        "c.zip": archive({"a.txt": BAD}),
        "d.zip": archive({"a/b/c.csv": b"x" * 100 + BAD}),
    }
    settings.CLAMD = clamd
    with stopwatch() as took:
        for name, data in HARMLESS.items():
            assert checked_attachment(data, name=name) == data
        assert checked_picture(picture(), name="a.png").size == (64, 36)
    for name, data in infected.items():
        with pytest.raises(Refused, match=r"Jiyue\.Test"):
            checked_attachment(data, name=name)
    with pytest.raises(Refused, match=r"Jiyue\.Test"):
        checked_picture(picture() + BAD, name="a.png")
    with pytest.raises(Refused, match="查毒服务没有应答"):  # larger than the daemon takes: not scanned, not taken
        checked_attachment(b"x" * (LARGEST + 1), name="large.txt")

    settings.CLAMD = "127.0.0.1:1"
    refused = 0
    for name, data in HARMLESS.items():
        with pytest.raises(Refused, match="查毒服务没有应答"):
            checked_attachment(data, name=name)
        refused += 1
    measured(带毒拒绝=len(infected) + 1, 无毒通过=len(HARMLESS) + 1, 停机拒绝=refused, 秒=round(took(), 2))


@pytest.mark.promise("input", "查毒的速度够用", "20 MB/s 以上（单连接）")
def test_scanning_is_fast_enough(clamd, measured, stopwatch):
    data = b"0123456789abcdef" * (3 * 1024 * 1024 // 16)
    with stopwatch() as took:
        for _ in range(10):
            assert virus_in(data, address=clamd) == ""
    measured(每秒MB=round(30 / took(), 1))

    assert 30 / took() > 5
