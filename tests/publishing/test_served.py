"""The built-in server answers what was published, and nothing else, whatever lies in the folder."""

import gzip
import os
import sqlite3

import pytest

from jiyue.publishing import served
from jiyue.publishing.actions import publish_all, publish_keys
from jiyue.publishing.server import PublicServer
from jiyue.publishing.verify import verify
from tests.publishing.conftest import AT, LATER
from tests.publishing.rsgi import ask


@pytest.fixture
def root(world, website, home):
    world.texts[website.pk] = {"/": "首页", "/a.html": "甲", "/w.html": "撤"}
    publish_all(at=AT, workers=1)
    verify(at=AT)
    return home / "public" / "jtj"


@pytest.fixture
def server(root):
    return PublicServer(None)


def body(server, path="/a.html", **headers):
    answer = ask(server, path, **headers)
    return answer.status, answer.body.decode()


RIGHT = (200, "<p>甲</p>")


@pytest.mark.parametrize("warm", [True, False])
@pytest.mark.parametrize("change", ["edit", "same", "delete", "link", "folder"])
def test_tampered_bytes_are_not_answered(server, root, home, warm, change):
    if warm:
        body(server)
    file = root / "a.html"
    status = file.stat()
    if change == "edit":
        file.write_text("<script>evil</script>")
    elif change == "same":
        file.write_bytes(file.read_bytes().replace("甲".encode(), "乙".encode()))
        os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    else:
        file.unlink()
        if change == "link":
            (home / "evil.html").write_text("evil")
            file.symlink_to(home / "evil.html")
        if change == "folder":
            file.mkdir()

    assert body(server) == RIGHT
    assert body(server) == RIGHT


def test_a_tampered_variant_is_not_answered(server, root):
    (root / "a.html.gz").write_bytes(gzip.compress(b"evil"))

    assert gzip.decompress(ask(server, "/a.html", accept_encoding="gzip").body).decode() == RIGHT[1]


@pytest.mark.parametrize("name", ["shell.php", "b.html", "a.html.bak"])
def test_strangers_do_not_exist(server, root, name):
    (root / name).write_text("evil")

    assert body(server, f"/{name}")[0] == 404


def test_the_page_of_another_address_is_a_stranger_here(server, root):
    (root / "a.html").write_bytes((root / "w.html").read_bytes())

    assert body(server) == RIGHT


def test_what_was_withdrawn_does_not_come_back(server, root, world, website):
    old = (root / "w.html").read_bytes()
    body(server, "/w.html")
    world.withdrawn.add("/w.html")
    publish_keys(["text:/w.html"], at=LATER)
    (root / "w.html").write_bytes(old)

    assert body(server, "/w.html")[0] == 410


def test_what_was_removed_does_not_come_back(server, root, world, website):
    old = (root / "a.html").read_bytes()
    del world.texts[website.pk]["/a.html"]
    publish_keys(["text:/a.html"], at=LATER)
    (root / "a.html").write_bytes(old)

    assert body(server)[0] == 404


def test_a_new_text_is_answered_at_once(server, root, world, website):
    body(server)
    world.write(website, a="乙")
    publish_keys(["text:/a.html"], at=LATER)

    assert body(server) == (200, "<p>乙</p>")


def test_a_large_file_is_streamed_as_published_or_taken_from_the_store(server, root, world, website):
    world.write(website, film="影" * 700_000)
    publish_keys(["text:/film.html"], at=LATER)
    right = (root / "film.html").read_bytes()
    assert ask(server, "/film.html").body == right

    with (root / "film.html").open("r+b") as file:
        file.write(b"evil")

    assert ask(server, "/film.html").body == right


def test_a_forged_table_of_hosts_leads_nowhere(server, root, home):
    (home / "public" / "hosts.json").write_text('{"jtj.localhost": ".unknown"}')

    assert body(server) == RIGHT


def test_the_list_follows_the_manifest_after_a_crash(root, home):
    with sqlite3.connect(home / "served.sqlite3") as connection:
        connection.execute("DELETE FROM served WHERE name = 'jtj/a.html'")
        connection.execute("INSERT INTO served VALUES ('jtj/evil.html', 'sha256:0', 1)")
    connection.close()

    verify(at=LATER)

    assert served.lookup("jtj/a.html").size == len("<p>甲</p>".encode())
    assert served.lookup("jtj/evil.html") is None


def test_before_the_list_is_complete_files_are_answered_as_they_are(world, website, home):
    (home / "public" / "jtj").mkdir(parents=True)
    (home / "public" / "jtj" / "a.html").write_text("alt")
    (home / "public" / "hosts.json").write_text('{"jtj.localhost": "jtj"}')

    assert body(PublicServer(None)) == (200, "alt")


def test_a_connection_that_may_only_read_is_closed_before_the_next_one_is_opened(root):
    """SQLite shares what it could open for reading only with every later connection of the process."""
    failing = served._connection()
    failing.execute("PRAGMA query_only=ON")

    served.note({"jtj/b.html": served.Right("sm3:b", 1)})

    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        failing.execute("SELECT 1")
    assert served.lookup("jtj/b.html") == ("sm3:b", 1)


def test_who_reads_with_a_connection_that_cannot_write_does_not_stand_in_the_way(root, home):
    served._close()
    served._local.connection = sqlite3.connect(f"file:{home}/served.sqlite3?mode=ro", uri=True)
    served._local.key = os.getpid(), served._file()
    assert served.is_complete("jtj")

    served.note({"jtj/b.html": served.Right("sm3:b", 1)})

    assert served.lookup("jtj/b.html") == ("sm3:b", 1)
