"""Our configuration in the real nginx: what it accepts, and what readers get through it."""

import http.client
import shutil
import socket
import subprocess
import time

import pytest

from jiyue.publishing.actions import publish_all, publish_keys
from jiyue.publishing.headers import security_headers
from jiyue.publishing.nginx import configuration
from jiyue.websites.models import Website
from tests.publishing.conftest import AT, LATER, website_called


NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
pytestmark = [
    pytest.mark.skipif(NGINX is None, reason="NGINX IS NOT INSTALLED: its configuration stays unproven here"),
    pytest.mark.enable_socket,
]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Reader:
    def __init__(self, port):
        self.port = port

    def get(self, path, host="jtj.localhost", **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        connection.request("GET", path, headers={"Host": host, **headers})
        answer = connection.getresponse()
        answer.body = answer.read()
        connection.close()
        return answer


@pytest.fixture
def reader(world, website, home, settings):
    """Two websites published and served by nginx; ``old`` was taken offline, one page was withdrawn."""
    settings.ADMIN_HOST = "office.localhost"
    old = website_called("old")
    world.texts[website.pk] = {
        "/": "首页",
        "/404.html": "没有",
        "/x/": "栏目",
        "/x/2026/11/9.html": "文",
        "/w.html": "撤回",
        "/a/0123/site.css": "css",
    }
    world.withdrawn.add("/w.html")
    world.write(old, home="旧")
    publish_all(at=AT, workers=1)
    Website.objects.filter(pk=old.pk).update(state=Website.State.OFFLINE)
    publish_keys([f"site:{old.pk}"], at=LATER)
    (home / "static").mkdir()
    (home / "static" / "app.css").write_text("p{}")
    yield from serve(home)


def serve(home):
    run = home / "nginx"
    run.mkdir()
    port = free_port()
    file = run / "nginx.conf"
    file.write_text(configuration(port=port, application=f"127.0.0.1:{free_port()}", run=run, workers="1"))
    tested = subprocess.run(
        [NGINX, "-t", "-c", file, "-e", run / "error.log"], capture_output=True, text=True, check=False
    )
    assert "test is successful" in tested.stderr
    assert "warn" not in tested.stderr
    # As root nginx would hand its workers to another user, who may not look into the test's directory.
    process = subprocess.Popen([NGINX, "-c", file, "-e", run / "error.log", "-g", "daemon off; user root;"])
    try:
        wait_for(port)
        yield Reader(port)
    finally:
        process.terminate()
        process.wait(10)


def wait_for(port):
    for _ in range(1200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(port)


def test_nginx_serves_what_was_published(reader):
    home_page = reader.get("/")
    assert (home_page.status, home_page.body.decode()) == (200, "<p>首页</p>")
    assert home_page.headers["content-type"] == "text/html; charset=utf-8"
    assert home_page.headers["cache-control"] == "no-cache"
    for name, value in security_headers():
        assert home_page.headers.get_all(name) == [value]

    assert reader.get("/x/2026/11/9.html").body.decode() == "<p>文</p>"
    assert reader.get("/a/0123/site.css").headers["cache-control"].endswith("immutable")


def test_nginx_sends_the_variant_made_at_publication(reader, public):
    answer = reader.get("/", **{"Accept-Encoding": "gzip"})

    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.body == public("index.html.gz")


def test_nginx_leads_to_the_folder(reader):
    answer = reader.get("/x?a=1")

    assert (answer.status, answer.headers["location"]) == (301, "/x/?a=1")


def test_nginx_answers_missing_and_withdrawn_pages_with_their_status(reader):
    for path in ("/nix.html", "/x/2026/", "/.gone/w.html", "/hosts.json", "/.staging/"):
        missing = reader.get(path)
        assert (path, missing.status, missing.body.decode()) == (path, 404, "<p>没有</p>")

    gone = reader.get("/w.html")
    assert (gone.status, gone.body.decode()) == (410, "<p>撤回</p>")
    assert gone.headers["content-security-policy"]


def test_nginx_answers_for_known_hosts_only(reader):
    offline = reader.get("/x/2026/11/9.html", host="old.localhost")
    assert (offline.status, offline.headers["retry-after"]) == (503, "3600")
    assert "网站暂停服务" in offline.body.decode()

    unknown = reader.get("/", host="evil.example")
    assert unknown.status == 421
    assert "evil" not in unknown.body.decode()


def test_nginx_does_not_follow_links_out_of_the_tree(reader, home):
    (home / "public" / "jtj" / "leak.html").symlink_to(home / "nginx" / "nginx.conf")

    assert reader.get("/leak.html").status == 404


def test_the_files_stay_online_while_the_application_is_down(reader):
    assert reader.get("/").status == 200
    assert reader.get("/static/app.css").body == b"p{}"

    search = reader.get("/search?q=1")
    assert search.status == 503
    assert "网站暂停服务" in search.body.decode()


def test_probes_are_passed_on_whatever_the_host(reader):
    for host in ("evil.example", "old.localhost", "192.0.2.7"):
        assert reader.get("/-/healthz", host=host).status == 503  # from the application, which is down here
    assert reader.get("/search", host="evil.example").status == 421


def test_the_back_office_is_reached_on_its_own_host_only(reader):
    assert reader.get("/admin/", host="jtj.localhost").status == 404
    assert reader.get("/admin/", host="office.localhost").status == 503  # its host, but the application is down
