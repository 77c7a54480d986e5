"""Notices of emergencies as files, and the built-in server in front of them (nginx: tests/assurance)."""

import pytest
from django.core.management import call_command

from jiyue.publishing.actions import publish_all
from jiyue.publishing.hosts import write_hosts
from jiyue.publishing.suspensions import (
    catch_up,
    find_suspension,
    pending,
    resume_cluster_by_file,
    suspend_cluster_by_file,
    tend,
    write_suspensions,
)
from jiyue.websites.emergency import resume, suspend
from jiyue.websites.models import Suspension
from tests.publishing.conftest import AT, LATER


@pytest.fixture
def covered(home):
    return lambda path, folder="jtj": find_suspension(folder, path)


def test_a_page_is_covered_and_its_neighbour_is_not(website, covered, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        suspend(website, path="/x/", reason="差错", by=None, at=AT)

    assert covered("/x/") == covered("/x/index.html") == "jtj/x/index.html"
    assert covered("/x/index.html.gz") == "jtj/x/index.html.gz"
    assert covered("/y/") is None

    with django_capture_on_commit_callbacks(execute=True):
        resume(website, path="/x/", by=None, at=LATER)
    assert covered("/x/") is None


def test_a_website_is_covered_as_a_whole_and_the_others_are_not(website, covered):
    suspend(website, reason="差错", by=None, at=AT)
    write_hosts()

    assert covered("/anything") == "jtj.html"
    assert covered("/anything", folder="other") is None


def test_the_notice_says_what_readers_were_to_be_told_and_nothing_else(website, home):
    suspend(website, reason="内部原因", text="系统<维护>", by=None, at=AT)
    write_suspensions()

    notice = (home / "suspended" / "jtj.html").read_text()
    assert "系统&lt;维护&gt;" in notice
    assert website.name in notice
    assert "内部原因" not in notice


def test_what_others_write_among_the_notices_is_put_right(website, home, covered):
    suspend(website, reason="差错", by=None, at=AT)
    write_suspensions()
    (home / "suspended" / "jtj.html").write_text("黑页")
    (home / "suspended" / "portal.html").write_text("黑页")

    tend(LATER)

    assert "黑页" not in (home / "suspended" / "jtj.html").read_text()
    assert covered("/", folder="portal") is None


def test_the_cluster_is_suspended_without_the_database_and_recorded_later(website, covered):
    suspend_cluster_by_file(AT, reason="攻击", text="")
    assert covered("/") == ".cluster.html"
    write_suspensions()
    assert covered("/") == ".cluster.html"

    assert catch_up() == 1
    assert pending() == []
    row = Suspension.objects.active().get()
    assert (row.website, row.reason, row.since) == (None, "攻击", AT)

    resume_cluster_by_file(LATER, reason="")
    assert covered("/") is None
    tend(LATER)
    assert not Suspension.objects.active().exists()
    assert covered("/") is None


def test_the_command_takes_a_page_to_a_notice_and_back(website, covered, capsys, django_capture_on_commit_callbacks):
    publish_all(at=AT, workers=1)
    with django_capture_on_commit_callbacks(execute=True):
        call_command("emergency", "on", "--page", "http://jtj.localhost/y.html", "--reason", "差错")
    assert covered("/y.html")

    call_command("emergency", "status")
    assert "/y.html" in capsys.readouterr().out

    with django_capture_on_commit_callbacks(execute=True):
        call_command("emergency", "off", "--page", "http://jtj.localhost/y.html")
    assert covered("/y.html") is None
