"""The disk is full: a clear answer with what was typed, not a bare error page."""

import errno
import sqlite3
import time

import pytest
from django.db import ConnectionHandler, OperationalError
from django.urls import get_resolver

from jiyue.common import room


FULL = OSError(errno.ENOSPC, "No space left on device")
DATABASE = OperationalError("database or disk is full")


def answer_to(request, error):
    try:
        raise error
    except Exception:
        return get_resolver().resolve_error_handler(500)(request)


def test_what_was_typed_comes_back_in_the_answer(rf):
    for error in (FULL, DATABASE):
        answer = answer_to(rf.post("/admin/pages/1/edit/?a=1", {"title": "开学<通知>", "tags": ["甲", "乙"]}), error)

        text = answer.content.decode()
        assert answer.status_code == 507
        assert "存储空间已满" in text
        assert 'action="/admin/pages/1/edit/?a=1"' in text
        assert 'name="title" value="开学&lt;通知&gt;"' in text
        assert text.count('name="tags"') == 2


def test_a_password_does_not_come_back(rf):
    answer = answer_to(rf.post("/admin/login/", {"username": "li", "new_password1": "hunter2-hunter2"}), FULL)

    assert answer.status_code == 507
    assert "hunter2" not in answer.content.decode()


def test_a_script_gets_the_words_only(rf):
    answer = answer_to(rf.post("/", {"title": "开学"}, headers={"x-requested-with": "XMLHttpRequest"}), FULL)

    assert answer["Content-Type"].startswith("text/plain")
    assert "没有保存" in answer.content.decode()


@pytest.mark.parametrize(
    "error", [KeyError("a bug"), OperationalError("database is locked"), OSError(errno.EPERM, "no")]
)
def test_another_error_stays_what_it_is(rf, error):
    assert answer_to(rf.post("/"), error).status_code == 500


def test_no_room_is_found_below_other_errors():
    below = ValueError("cannot save")
    below.__cause__ = FULL

    assert room.is_no_room(below)


@pytest.mark.django_db
@pytest.mark.parametrize(("mode", "kept"), [("rw", True), ("ro", False)])
def test_a_connection_good_for_reading_only_ends_with_its_request(tmp_path, mode, kept):
    file = tmp_path / "db.sqlite3"
    made = sqlite3.connect(file)
    made.execute("CREATE TABLE django_content_type (id)")
    made.close()
    named = {"ENGINE": "django.db.backends.sqlite3", "NAME": f"file:{file}?mode={mode}", "CONN_MAX_AGE": 600}
    connection = ConnectionHandler({"default": named | {"OPTIONS": {"timeout": 7}}})["default"]

    connection.connect()

    assert (connection.close_at > time.monotonic()) is kept
    assert connection.connection.execute("PRAGMA busy_timeout").fetchone() == (7000,)
    connection.close()
