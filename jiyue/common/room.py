"""When the disk is full or fails: whoever sent something is told so in plain words and can send the same again.

Nothing was stored then (the transaction was rolled back), and reading goes on. What was typed travels in the answer
itself, because there is no other place left to keep it."""

import errno
import sqlite3
import sys
import time
from collections.abc import Iterator
from typing import Any

from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException, UnreadablePostError
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.defaults import server_error as other_error


INSUFFICIENT_STORAGE = 507
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS})
DATABASE_SAYS = ("disk is full", "disk I/O error", "unable to open database file", "readonly database")
POSTGRESQL_SAYS = ("53100", "58030")  # disk_full, io_error
SECRET = ("password", "otp", "secret")


def server_error(request: HttpRequest) -> HttpResponse:
    """The handler of what no view has caught."""
    if not is_no_room(sys.exc_info()[1]):
        return other_error(request)
    if not request.accepts("text/html") or request.headers.get("x-requested-with"):
        return HttpResponse(_message(), status=INSUFFICIENT_STORAGE, content_type="text/plain; charset=utf-8")
    context = {"message": _message(), "fields": list(_typed(request)), "address": request.get_full_path()}
    return HttpResponse(render_to_string("common/no_room.html", context), status=INSUFFICIENT_STORAGE)


def keep_for_one_request_only(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Receives each new connection. One that SQLite could open for reading only, because the disk failed just then, stays
    so, and so do the others of its process as long as one of them is open: it serves this request and is closed."""
    if connection.vendor == "sqlite" and not _can_write(connection.connection):
        connection.close_at = time.monotonic()


def _can_write(connection: sqlite3.Connection) -> bool:
    """Changes nothing, and does not wait for who is writing."""
    patience = connection.execute("PRAGMA busy_timeout").fetchone()[0]
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        connection.execute("DELETE FROM django_content_type WHERE 0")
    except sqlite3.OperationalError as error:
        return "readonly" not in str(error)
    finally:
        connection.execute(f"PRAGMA busy_timeout = {patience:d}")
    return True


def is_no_room(error: BaseException | None) -> bool:
    """Whether the disk is at the bottom of an error."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in NO_ROOM:
            return True
        if isinstance(error, OperationalError) and _is_the_databases(error):
            return True
        error = error.__cause__ or error.__context__
    return False


def _is_the_databases(error: OperationalError) -> bool:
    state = getattr(error.__cause__, "sqlstate", None)
    return state in POSTGRESQL_SAYS or any(words in str(error) for words in DATABASE_SAYS)


def _message() -> str:
    return _("服务器的存储空间已满或出现故障，刚才的操作没有完成，内容没有保存。请联系系统管理员。")


def _typed(request: HttpRequest) -> Iterator[tuple[str, str]]:
    """The fields of the form; none where one is a secret, which no page may show."""
    try:
        posted = request.POST
    except (OSError, RawPostDataException, UnreadablePostError):
        return
    if not any(word in name for name in posted for word in SECRET):
        for name, values in posted.lists():
            yield from ((name, value) for value in values)
