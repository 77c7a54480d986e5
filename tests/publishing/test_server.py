import gzip
import http.client
import json
import os
import subprocess
import sys
import time

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from jiyue.publishing.bridge import Bridge
from jiyue.publishing.headers import security_headers
from jiyue.publishing.server import PublicServer
from jiyue.publishing.tree import compress
from tests.publishing.rsgi import ask
from tests.publishing.test_nginx import free_port, wait_for


TEXT = "<p>文</p>".encode()


@pytest.fixture
def tree(home):
    """A published tree without its database: one website, one that is offline, one closed."""
    public = home / "public"
    for name, body in {
        "jtj/index.html": TEXT,
        "jtj/x/index.html": TEXT,
        "jtj/404.html": b"missing",
        "jtj/.gone/w.html": b"withdrawn",
        "jtj/a/0123/site.css": b"p{}",
        "jtj/m/ab/film.mp4": bytes(range(256)) * 8192,
        ".offline/503.html": b"offline",
        ".closed/410.html": b"closed",
        ".unknown/421.html": b"unknown",
    }.items():
        file = public / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)
    (public / "jtj/index.html.gz").write_bytes(compress(TEXT))
    hosts = {"jtj.localhost": "jtj", "off.localhost": ".offline", "old.localhost": ".closed"}
    (public / "hosts.json").write_text(json.dumps(hosts))
    return public / "jtj"


@pytest.fixture
def server(tree):
    return PublicServer(None)


def test_a_page_is_answered_with_its_headers(server):
    answer = ask(server, "/")

    assert (answer.status, answer.body) == (200, TEXT)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers.items() >= dict(security_headers()).items()


def test_whoever_accepts_gzip_gets_the_variant(server):
    answer = ask(server, "/", accept_encoding="br, gzip")

    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["vary"] == "accept-encoding"
    assert gzip.decompress(answer.body) == TEXT


@pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0", "gzip; q=0"])
def test_whoever_does_not_gets_the_page(server, accepted):
    assert ask(server, "/", accept_encoding=accepted).body == TEXT


def test_a_page_the_reader_has_is_not_sent_again(server):
    etag = ask(server, "/").headers["etag"]

    again = ask(server, "/", if_none_match=f'"other", {etag}')

    assert (again.status, again.body) == (304, b"")


def test_a_replaced_file_is_seen_at_once(server, tree):
    before = ask(server, "/")
    (tree / "new").write_bytes(b"new")
    (tree / "new").replace(tree / "index.html")

    after = ask(server, "/")

    assert after.body == b"new"
    assert after.headers["etag"] != before.headers["etag"]


def test_a_variant_older_than_its_page_is_not_used(server, tree):
    (tree / "index.html").write_bytes(b"new")
    os.utime(tree / "index.html.gz", (1, 1))

    assert gzip.decompress(ask(server, "/", accept_encoding="gzip").body) == b"new"


def test_a_removed_file_is_missing_at_once(server, tree):
    ask(server, "/")
    (tree / "index.html").unlink()

    assert ask(server, "/").status == 404


def test_the_address_of_a_folder_without_its_slash_is_redirected(server):
    answer = ask(server, "/x", query="a=1")

    assert (answer.status, answer.headers["location"]) == (301, "/x/?a=1")


def test_a_missing_page_is_answered_by_the_website_s_own(server):
    answer = ask(server, "/nix.html")

    assert (answer.status, answer.body) == (404, b"missing")


def test_a_withdrawn_page_is_gone(server):
    answer = ask(server, "/w.html")

    assert (answer.status, answer.body) == (410, b"withdrawn")


def test_what_carries_its_digest_in_its_name_may_be_kept_for_ever(server):
    assert ask(server, "/a/0123/site.css").headers["cache-control"].endswith("immutable")


@pytest.mark.parametrize(
    ("host", "status", "body"),
    [
        ("JTJ.localhost:8000", 200, TEXT),
        ("off.localhost", 503, b"offline"),
        ("old.localhost", 410, b"closed"),
        ("evil.example", 421, b"unknown"),
        ("jtj", 421, b"unknown"),
        (".offline", 400, b""),
        ("../jtj", 400, b""),
        ("jtj.localhost/x", 400, b""),
        ("jtj.localhost@evil.example", 400, b""),
        ("jtj.localhost:80:80", 400, b""),
        ("a b", 400, b""),
        ("", 400, b""),
    ],
)
def test_the_host_alone_decides_whose_pages_these_are(server, host, status, body):
    answer = ask(server, "/", host=host)

    assert (answer.status, answer.body) == (status, body)


def nobody_home(environ, start_response):
    start_response("200 OK", [("content-type", "text/plain")])
    return [environ["PATH_INFO"].encode()]


@pytest.mark.parametrize("host", ["jtj.localhost", "off.localhost", "evil.example", "192.0.2.7:8000"])
def test_probes_are_answered_whatever_the_host(tree, host):
    server = PublicServer(Bridge(nobody_home, threads=1, limit=1000))

    assert ask(server, "/-/healthz", host=host).body == b"/-/healthz"


def test_an_offline_website_says_when_to_come_back(server):
    assert ask(server, "/x/", host="off.localhost").headers["retry-after"] == "3600"


@pytest.mark.parametrize(
    "path",
    [
        "/../hosts.json",
        "/x/../../hosts.json",
        "//evil.example/",
        "/.gone/w.html",
        "/x\\..\\..",
        "/\0",
        "/.staging/1",
        "x",
    ],
)
def test_nothing_outside_the_tree_is_served(server, path):
    assert ask(server, path).body in (b"missing", b"")


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(alphabet="/.x\\%\0jt", max_size=20))
def test_no_address_leads_out_of_the_tree_or_to_an_error(server, path):
    answer = ask(server, f"/{path}")

    assert answer.status in (200, 301, 404)
    assert answer.body in (TEXT, b"missing", b"")


@pytest.mark.parametrize("link", ["leak.html", "d"])
def test_links_are_not_followed(server, tree, home, link):
    outside = home / "outside"
    outside.mkdir()
    (outside / "index.html").write_text("secret")
    (tree / "leak.html").symlink_to(outside / "index.html")
    (tree / "d").symlink_to(outside)

    assert ask(server, f"/{link}").body == b"missing"
    assert ask(server, f"/{link}/index.html").body == b"missing"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"])
def test_files_can_only_be_read(server, method):
    answer = ask(server, "/", method=method)

    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    ("header", "status", "expected"),
    [
        ("bytes=0-9", 206, bytes(range(10))),
        ("bytes=10-", 206, None),
        ("bytes=-3", 206, b"\xfd\xfe\xff"),
        ("bytes=99999999-", 416, b""),
        ("bytes=5-2", 416, b""),
        ("bytes=0-1,5-6", 200, None),
        ("bytes=-", 200, None),
    ],
)
def test_a_film_is_answered_in_parts(server, tree, header, status, expected):
    film = (tree / "m/ab/film.mp4").read_bytes()

    answer = ask(server, "/m/ab/film.mp4", range=header)

    assert answer.status == status
    assert answer.body == (expected if expected is not None else film[10:] if status == 206 else film)


def test_the_memory_for_pages_is_bounded(tree):
    server = PublicServer(None)
    server.public.memory = 100
    for number in range(20):
        (tree / f"{number}.txt").write_bytes(b"x" * 30)
        ask(server, f"/{number}.txt")

    assert server.public.used <= 100
    assert server.public.used == sum(page.cost for page in server.public.cache.values())


@pytest.mark.enable_socket
def test_server_under_granian(tree, home):
    """The same answers from the real server, over a socket."""
    port = free_port()
    command = [sys.executable, "-m", "jiyue", "serve", "--files-only", "--port", str(port)]
    process = subprocess.Popen(command, env=os.environ | {"JIYUE_HOME": str(home)})
    try:
        wait_for(port)
        assert get(port, "/")[:2] == (200, TEXT)
        assert get(port, "/%E4%B8%AD")[:2] == (404, b"missing")
        assert get(port, "/m/ab/film.mp4", range="bytes=0-9")[:2] == (206, bytes(range(10)))
        assert get(port, "/", method="HEAD")[1:] == (b"", str(len(TEXT)))
    finally:
        began = time.monotonic()
        process.terminate()
        process.wait(15)
    assert time.monotonic() - began < 10


def get(port, path, method="GET", **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, headers={"Host": "jtj.localhost", **headers})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body, answer.headers["content-length"]
