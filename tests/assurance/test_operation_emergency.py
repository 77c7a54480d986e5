"""紧急停用 within seconds, through real servers; and what readers get when everything but nginx is stopped."""

import http.client
import re
import shutil
import signal
import socket
import subprocess
import time

import pytest

from tests.assurance.installation import Installation


NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
pytestmark = [
    pytest.mark.enable_socket,
    pytest.mark.skipif(NGINX is None, reason="NGINX IS NOT INSTALLED: emergencies stay unproven here"),
]
HOSTS = ("localhost", "jyj.localhost", "slj.localhost")
LIMIT = 5.0  # seconds


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def get(port, path, host, method="GET"):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path, headers={"Host": host})
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


def wait_until(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def answers(port, path="/", host="localhost"):
    try:
        return get(port, path, host)[0]
    except OSError:
        return 0


class Running:
    """An installation with its built-in server, and nginx in front of it."""

    def __init__(self, there, application, front):
        self.there, self.application, self.front = there, application, front

    def __iter__(self):
        return iter((self.application, self.front))


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    home = tmp_path_factory.mktemp("emergency") / "home"
    application, front = free_port(), free_port()
    there = Installation(
        home,
        JIYUE_PORT=str(application),
        JIYUE_ADMIN_HOST="office.localhost",
        JIYUE_ALLOWED_HOSTS=".localhost,localhost,127.0.0.1",
        JIYUE_SECOND_FACTOR="off",
    )
    there.build()
    configuration = home / "nginx.conf"
    there.run(
        "nginx", "--output", str(configuration), "--port", str(front),
        "--application", f"127.0.0.1:{application}", "--run", str(home / "nginx"),
    )  # fmt: skip
    there.run("collectstatic", "--no-input")
    there.server = there.start("serve", "--port", str(application))
    nginx = subprocess.Popen(
        [NGINX, "-c", configuration, "-e", home / "nginx" / "error.log", "-g", "daemon off; user root;"]
    )
    try:
        wait_until(lambda: answers(application) == 200 and answers(front) == 200)
        yield Running(there, application, front)
    finally:
        for process in (nginx, there.server):
            process.terminate()
            process.wait(30)


def switched(running, path, host, status):
    """Seconds from now until both servers answer with this status."""
    begun = time.monotonic()
    wait_until(lambda: all(answers(port, path, host) == status for port in running), seconds=20)
    return time.monotonic() - begun


def page_of(running):
    public = running.there.home / "public" / "jyj"
    page = next(path for path in public.rglob("*.html") if re.search(r"/\d{4}/\d{2}/\d+\.html$", str(path)))
    return f"/{page.relative_to(public)}"


@pytest.mark.promise(
    "operation", "一个命令把网页、网站、全部网站切换到公告，再切回来（内置服务器和 nginx 同时）", "每次 ≤ 5 秒，有审计"
)
@pytest.mark.parametrize("scope", ["page", "site", "cluster"])
def test_an_emergency_is_seen_within_seconds_both_ways(running, scope, measured):
    """Almost all of it is Python loading the platform. A machine busy with something else gets a second and a third
    try, and the record says which one it was."""
    attempts = []
    while len(attempts) < 3 and (not attempts or max(attempts[-1]) >= LIMIT):
        attempts.append(there_and_back(running, scope))

    off, on = attempts[-1]
    measured(seconds_to_notice=round(off, 2), seconds_back=round(on, 2), attempt=len(attempts))
    assert max(off, on) < LIMIT


def there_and_back(running, scope):
    """Seconds from the keystroke to the notice, and back."""
    page = page_of(running)
    named = {"page": ["--page", f"http://jyj.localhost{page}"], "site": ["--site", "jyj"], "cluster": ["--cluster"]}[
        scope
    ]
    untouched = {"page": ("/", "jyj.localhost"), "site": ("/", "slj.localhost"), "cluster": None}[scope]
    # Both servers have the page in memory when it happens.
    assert [answers(port, page, "jyj.localhost") for port in running] == [200, 200]

    begun = time.monotonic()
    command = running.there.start("emergency", "on", *named, "--reason", "演练", "--text", "正在核查，请稍后访问。")
    switched(running, page, "jyj.localhost", 503)
    off = time.monotonic() - begun
    assert command.wait(30) == 0

    for port in running:
        status, headers, body = get(port, page, "jyj.localhost")
        headers = {name.lower(): value for name, value in headers.items()}
        assert (status, headers["retry-after"], headers["cache-control"]) == (503, "600", "no-store")
        assert headers["content-security-policy"]
        assert "正在核查，请稍后访问。" in body.decode()
        assert "演练" not in body.decode()
        for other in (f"{page}.gz", page.replace("/", "//", 1)):
            assert answers(port, other, "jyj.localhost") != 200
        if untouched:
            assert answers(port, *untouched) == 200
        else:
            assert answers(port, "/", "slj.localhost") == 503
            assert answers(port, "/search", "localhost") == 503
        assert answers(port, "/admin/login/", "office.localhost") == 200
        assert answers(port, "/-/healthz", "jyj.localhost") == 200

    begun = time.monotonic()
    command = running.there.start("emergency", "off", *named)
    switched(running, page, "jyj.localhost", 200)
    on = time.monotonic() - begun
    assert command.wait(30) == 0

    return off, on


@pytest.mark.promise("operation", "数据库不通时也能停用全部网站，恢复后补记", "公告立即出现，事后有审计")
def test_the_cluster_goes_to_a_notice_while_the_database_is_gone(running, measured):
    there = running.there
    database, away = there.home / "db.sqlite3", there.home / "away.sqlite3"
    broken = Installation(there.home, "postgresql://nobody@127.0.0.1:1/nothing", **there.settings)

    begun = time.monotonic()
    broken.run("emergency", "on", "--cluster", "--reason", "数据库故障")
    took = time.monotonic() - begun
    seen = switched(running, "/", "jyj.localhost", 503)
    there.run("emergency", "off", "--cluster")
    back = switched(running, "/", "jyj.localhost", 200)

    exported = there.home / "trail.jsonl"
    there.run("audit", "--export", str(exported))
    trail = exported.read_text()
    assert "websites.suspend" in trail
    assert "数据库故障" in trail
    assert database.exists()
    assert not away.exists()
    measured(command_s=round(took, 1), seconds_to_notice=round(seen, 2), seconds_back=round(back, 2))


@pytest.mark.promise(
    "operation", "除 nginx 外全部停止，读者照常访问所有网页，动态地址得到公告", "0 个网页失败，动态地址一律 503 公告"
)
def test_readers_are_served_while_everything_but_nginx_is_stopped(running, size, measured):
    there = running.there
    there.server.send_signal(signal.SIGTERM)
    there.server.wait(30)
    database = there.home / "db.sqlite3"
    database.rename(there.home / "db.gone")
    codes = {"localhost": "yunzhou", "jyj.localhost": "jyj", "slj.localhost": "slj"}
    addresses = [
        (f"/{path.relative_to(there.home / 'public' / code)}", host)
        for host, code in codes.items()
        for path in (there.home / "public" / code).rglob("*")
        if path.is_file() and path.suffix != ".gz" and ".gone" not in path.parts
    ]
    rounds = size(2_000, 100_000)
    wrong = []
    try:
        for number in range(rounds):
            path, host = addresses[number % len(addresses)]
            status, _headers, body = get(running.front, path, host)
            if status != 200 or not body:
                wrong.append((path, host, status))
        notices = [get(running.front, path, host) for path, host in DYNAMIC]
    finally:
        (there.home / "db.gone").rename(database)
        there.server = there.start("serve", "--port", str(running.application))

    assert wrong == []
    for status, headers, body in notices:
        assert status == 503
        assert "Retry-After" in headers or "retry-after" in headers
        assert "网站暂停服务" in body.decode()
        assert "nginx" not in body.decode()
    measured(requests=rounds, addresses=len(addresses), wrong=len(wrong), dynamic=len(notices))


DYNAMIC = [
    ("/search?q=x", "jyj.localhost"),
    ("/search.json?q=x", "localhost"),
    ("/admin/", "office.localhost"),
    ("/admin/login/", "office.localhost"),
    ("/documents/1/x.pdf", "office.localhost"),
    ("/-/readyz", "jyj.localhost"),
]
