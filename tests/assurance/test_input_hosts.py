"""Host names as attackers write them: against the real server over raw sockets, and against the application."""

import json
import os
import random
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
import pytest_socket
from django.core import mail
from django.test import Client

from jiyue.common.hosts import AllowedHosts
from tests.publishing.test_nginx import free_port, wait_for


EVIL = "evil.example"
SITES = [f"bm{number:03d}.localhost" for number in range(150)]
PATHS = ["/", "/x/", "/x", "/404", "/search?q=a", "/search.json?q=a", "/admin/", "/admin/login/", "/admin/password_reset/", "/static/", "/-/healthz", "//evil.example/", "/%2f%2fevil.example"]  # fmt: skip


def hosts(chance: random.Random) -> str:
    good = chance.choice(SITES)
    return chance.choice(
        [
            EVIL, f"{EVIL}:80", f"{good}.{EVIL}", f"{EVIL}.{good}", f"{good}@{EVIL}", f"{EVIL}@{good}", f"{good}:80@{EVIL}",
            f"{good}/{EVIL}", f"{good}#{EVIL}", f"{good}?{EVIL}", f"{good},{EVIL}", f"{good} {EVIL}", f"{good}\t{EVIL}",
            f"{good}:{EVIL}", f"{good}:80:{EVIL}", f"{good}:99999{EVIL}", f".{EVIL}", f"{EVIL}.", f"[{EVIL}]", f"[::1].{EVIL}",
            f"{good}\\{EVIL}", f"<script>{EVIL}", f"\"{EVIL}", f"{good}%0d%0a{EVIL}", f"../{EVIL}", f"*.{EVIL}", EVIL.upper(),
            f"{good}.localhost.{EVIL}", f"127.0.0.1.{EVIL}", f"xn--{EVIL}", f"{'a' * 300}.{EVIL}", good, f"{good}:80", good.upper(),
        ]
    )  # fmt: skip


FORWARDED = (
    "X-Forwarded-Host",
    "Forwarded",
    "X-Host",
    "X-Forwarded-Server",
    "X-Original-URL",
    "X-Rewrite-URL",
    "X_Forwarded_Host",
)


def forwarded(chance: random.Random) -> dict[str, str]:
    names = chance.sample(FORWARDED, chance.randint(0, 3))
    return {name: f"host={EVIL};proto=https" if name == "Forwarded" else EVIL for name in names}


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The real server with 150 websites, on a free port."""
    pytest_socket.enable_socket()
    home = tmp_path_factory.mktemp("hosts")
    public = home / "public"
    for folder, name in ((".unknown", "421.html"), *((site.split(".")[0], "index.html") for site in SITES)):
        (public / folder / "x").mkdir(parents=True)
        (public / folder / name).write_text(f"page of {folder}")
        (public / folder / "x" / "index.html").write_text(f"x of {folder}")
    (public / "hosts.json").write_text(json.dumps({site: site.split(".")[0] for site in SITES}))
    port = free_port()
    environment = os.environ | {"JIYUE_HOME": str(home), "JIYUE_DEMO": "1"}
    command = [sys.executable, "-m", "jiyue", "serve", "--port", str(port), "--files-only"]
    with (home / "log").open("w") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def raw(port: int, seed: int) -> str:
    """What the server answered to one hostile request, empty when it closed the connection."""
    chance = random.Random(seed)
    host, path = hosts(chance), chance.choice(PATHS)
    lines = [f"{name}: {value}" for name, value in forwarded(chance).items()]
    target = f"http://{hosts(chance)}{path}" if chance.random() < 0.2 else path
    lines.insert(chance.randint(0, len(lines)), f"Host: {host}")
    if chance.random() < 0.1:
        lines.append(f"Host: {EVIL}")
    if chance.random() < 0.05:
        lines = [line for line in lines if not line.startswith("Host")]
    request = f"GET {target} HTTP/1.1\r\n" + "\r\n".join([*lines, "Connection: close"]) + "\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        connection.sendall(request.encode("latin-1", "replace"))
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    return answer.decode("latin-1")


@pytest.mark.promise(
    "input",
    "150 个域名上的任何主机头都不被写进页面、跳转和缓存",
    "长测 10,000 组（短测 2,000），0 次回显，陌生域名得到 400 或 421",
)
def test_the_real_server_repeats_no_foreign_host(served, size, measured):
    count = size(2_000, 10_000)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda seed: raw(served, seed), range(count)))
    repeated = [answer for answer in answers if EVIL in answer.lower()]
    states = [answer[9:12] for answer in answers]
    measured(
        请求=count,
        回显=len(repeated),
        **{f"状态{state or '断开'}": states.count(state) for state in sorted(set(states))},
    )

    assert repeated == []
    assert "421" in states
    assert "200" in states
    assert not any(state.startswith("5") for state in states)


@pytest.mark.promise("input", "应用程序只应答登记过的域名，登记变了立即跟上", "陌生域名一律 400，登记的域名不用重启")
def test_the_application_answers_registered_hosts_only(cluster, settings, tmp_path, size, measured):
    file = tmp_path / "hosts.json"
    file.write_text(json.dumps(dict.fromkeys(SITES, "x")))
    settings.ALLOWED_HOSTS = AllowedHosts(["testserver"], file)
    client = Client(raise_request_exception=False)
    refused = repeated = served = 0
    for seed in range(size(1_000, 10_000)):
        chance = random.Random(seed)
        host, path = hosts(chance), chance.choice(PATHS)
        headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in forwarded(chance).items()}
        answer = client.get(path, HTTP_HOST=host, **headers)
        text = answer.getvalue().decode("utf-8", "replace") + str(dict(answer.headers))
        repeated += EVIL in text.lower().replace("//evil.example/", "", path.count(EVIL))
        refused += answer.status_code == 400
        served += answer.status_code in {200, 301, 302, 404, 405, 429}
    measured(请求=refused + served, 拒绝=refused, 回显=repeated)

    assert (repeated, mail.outbox) == (0, [])
    assert refused > 100
    file.write_text(json.dumps({"new.localhost": "x"}))
    assert (
        client.get("/search?q=a", HTTP_HOST="new.localhost").status_code == 404
    )  # known, but no website of the database
    assert client.get("/search?q=a", HTTP_HOST=SITES[0]).status_code == 400
