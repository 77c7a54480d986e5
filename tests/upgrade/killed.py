"""``python -m tests.upgrade.killed 6``: upgrades copies of the database of ``JIYUE_HOME``, killing each once on its way.

The first copy is upgraded undisturbed, which tells which statements that takes; the others are killed (SIGKILL) at points
spread over all of them, half of these just before a step is noted as done, and then upgraded again as an operator would.
Prints one JSON line for each: at which statement it was killed, and what the database holds in the end.
"""

import contextlib
import hashlib
import json
import os
import re
import shutil
import signal
import sqlite3
import sys
from datetime import UTC
from pathlib import Path

import psycopg
from psycopg import sql


def main():
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiyue.settings")
    django.setup()
    from django.db import connection

    from jiyue.common.clock import now

    copies = Sqlite if connection.vendor == "sqlite" else Postgresql
    with copies(connection.settings_dict, f"{now().astimezone(UTC):%Y-%m-%d %H:%M:%S}") as database:
        whole, notes = upgrade(database)
        tell(0, whole, database)
        for point in points(int(sys.argv[1]), whole, notes):
            database.renew()
            assert upgrade(database, kill_at=point) is None, f"not killed at {point}"
            upgrade(database)
            tell(point, whole, database)


def points(number, whole, notes):
    half = number // 2
    at_notes = {notes[turn * len(notes) // half] for turn in range(half)}
    spread = {notes[0] + (2 * turn + 1) * (whole - notes[0]) // (2 * half) for turn in range(half)}
    return sorted(at_notes | spread)


def upgrade(database, kill_at=0):
    """`jiyue migrate` in a process of its own; answers how many statements it took and which of them noted a step as done,
    or ``None`` if it was killed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        with contextlib.suppress(BaseException):
            os.write(writing, json.dumps(_migrate(database, kill_at)).encode())
            os._exit(0)
        os._exit(1)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        told = pipe.read()
    _pid, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return None
    assert status == 0, "the upgrade failed"
    return json.loads(told)


def _migrate(database, kill_at):
    from django.core.management import call_command
    from django.db import connection

    connection.settings_dict["NAME"] = database.name
    statements, notes = 0, []

    def count(execute, statement, *arguments):
        nonlocal statements
        statements += 1
        if statements == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        if statement.startswith('INSERT INTO "django_migrations"'):
            notes.append(statements)
        return execute(statement, *arguments)

    with connection.execute_wrapper(count):
        call_command("migrate", verbosity=0)
    return statements, notes


def tell(point, whole, database):
    sys.stdout.write(json.dumps({"point": point, "of": whole, **database.holds()}) + "\n")
    sys.stdout.flush()  # or the next child would say it again


MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?")


def digest(rows, began=""):
    """``began``: moments after it are those of the upgrade itself, and differ from run to run."""
    text = "\n".join(map(str, rows))
    if began:
        text = MOMENT.sub(lambda found: "now" if found[0] >= began else found[0], text)
    return hashlib.sha256(text.encode()).hexdigest()


class Sqlite:
    def __init__(self, told, began):
        self.began = began
        self.original = Path(told["NAME"])
        self.name = str(self.original.with_name("copy.sqlite3"))

    def __enter__(self):
        self.renew()
        return self

    def __exit__(self, *_):
        pass

    def renew(self):
        for suffix in ("-wal", "-shm", "-journal"):
            Path(self.name + suffix).unlink(missing_ok=True)
        shutil.copy(self.original, self.name)

    def holds(self):
        with contextlib.closing(sqlite3.connect(self.name)) as session:
            assert session.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert session.execute("PRAGMA foreign_key_check").fetchall() == []
            session.execute("UPDATE django_migrations SET applied = ''")
            lines = list(session.iterdump())
        data = [line for line in lines if line.startswith("INSERT")]
        schema = sorted(set(lines) - set(data))
        return {"schema": digest(schema), "rows": digest(data, self.began), "count": len(data)}


class Postgresql:
    def __init__(self, told, began):
        self.began = began
        named = {"host": told["HOST"], "port": told["PORT"], "user": told["USER"], "password": told["PASSWORD"]}
        self.server = {name: value for name, value in named.items() if value}
        self.original, self.name = told["NAME"], f"{told['NAME']}_copy"

    def __enter__(self):
        self.renew()
        return self

    def __exit__(self, *_):
        self._drop()

    def renew(self):
        self._drop()
        with psycopg.connect(**self.server, dbname="postgres", autocommit=True) as session:
            names = map(sql.Identifier, (self.name, self.original))
            session.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))

    def _drop(self):
        with psycopg.connect(**self.server, dbname="postgres", autocommit=True) as session:
            session.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(self.name)))

    def holds(self):
        with psycopg.connect(**self.server, dbname=self.name) as session:
            session.execute("SET TimeZone = 'UTC'")
            session.execute("UPDATE django_migrations SET applied = 'epoch'")
            tables = [name for (name,) in session.execute(TABLES)]
            rows = [f"{table} {row}" for table in tables for row in sorted(self._rows(session, table))]
            schema = [row for query in SCHEMA for row in session.execute(query)]
            session.rollback()
        return {"schema": digest(schema), "rows": digest(rows, self.began), "count": len(rows)}

    @staticmethod
    def _rows(session, table):
        return [row for (row,) in session.execute(sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(table)))]


TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
SCHEMA = (
    """SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns
    WHERE table_schema = 'public' ORDER BY 1, 2""",
    """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2""",
    "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2",
    "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2",
)


if __name__ == "__main__":
    main()
