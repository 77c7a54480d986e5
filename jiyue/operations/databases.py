"""Copies of the database as it is at one moment, taken while others write, and put back elsewhere."""

import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import psycopg
from django.db import connection
from django.db.transaction import TransactionManagementError
from django.utils.translation import gettext as _
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from jiyue.common.errors import Refused


SQLITE_FILE = "db.sqlite3"
POSTGRESQL_FILE = "database.pgdump"
FILES = {"sqlite": SQLITE_FILE, "postgresql": POSTGRESQL_FILE}
_VARIABLES = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}


@dataclass(frozen=True, slots=True)
class Dump:
    body: IO[bytes]
    rows: dict[str, int]


@contextmanager
def dump(work: Path) -> Iterator[Dump]:
    """The database of this installation at one moment. ``work`` is a private folder on the same disk."""
    with _dump_postgresql() if connection.vendor == "postgresql" else _dump_sqlite(work) as copy:
        yield copy


@contextmanager
def _dump_sqlite(work: Path) -> Iterator[Dump]:
    if connection.in_atomic_block:  # SQLite would wait for our own transaction, forever
        raise TransactionManagementError("a backup is never made inside a transaction")
    path = work / SQLITE_FILE
    path.touch(mode=0o600)
    connection.ensure_connection()
    with closing(sqlite3.connect(path)) as copy:
        connection.connection.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        rows = count_sqlite(copy)
    with path.open("rb") as body:
        yield Dump(body, rows)


def count_sqlite(database: sqlite3.Connection) -> dict[str, int]:
    """Rows of each table. Raises ``Refused`` where SQLite finds the file itself unsound."""
    verdict = database.execute("PRAGMA quick_check(1)").fetchone()[0]
    if verdict != "ok":
        raise Refused(_("数据库文件已损坏：%s") % verdict)
    tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'")
    names = [name for (name,) in tables if not name.startswith("sqlite_")]
    return {name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}  # noqa: S608 -- names of our own tables


@contextmanager
def _dump_postgresql() -> Iterator[Dump]:
    with psycopg.connect(own_address(), autocommit=True) as session, session.transaction():
        session.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        moment = _one(session, "SELECT pg_export_snapshot()")
        program = _program("pg_dump", session.info.server_version // 10000)
        rows = count_postgresql(session)
        command = [program, "-Fc", "-Z0", "--no-owner", "--no-privileges", f"--snapshot={moment}"]
        process = subprocess.Popen(command, env=_environment(own_address()), stdout=subprocess.PIPE)  # noqa: S603
        assert process.stdout is not None
        try:
            yield Dump(process.stdout, rows)
            if process.wait() != 0:
                raise Refused(_("pg_dump 没有完成（退出码 %d），没有作成备份。") % process.returncode)
        finally:
            process.stdout.close()
            process.kill()
            process.wait()


def count_postgresql(session: psycopg.Connection[Any]) -> dict[str, int]:
    tables = session.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
    count = sql.SQL("SELECT count(*) FROM {}")
    return {name: _one(session, count.format(sql.Identifier(name))) for (name,) in tables}


def own_address() -> str:
    told = connection.settings_dict
    named = {"host": told["HOST"], "port": told["PORT"], "user": told["USER"], "password": told["PASSWORD"]}
    return make_conninfo(dbname=told["NAME"], **{name: value for name, value in named.items() if value})


def require_empty_database(address: str) -> None:
    try:
        with psycopg.connect(address) as session:
            tables = _one(session, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
            _program("pg_restore", session.info.server_version // 10000)
    except psycopg.OperationalError as error:
        raise Refused(_("连不上数据库：%s") % str(error).strip()) from None
    if tables:
        raise Refused(_("目标数据库中已有 %d 张表，没有改动。请新建一个空数据库再恢复。") % tables)


def load_postgresql(address: str, pieces: Iterator[bytes]) -> None:
    """All or nothing: one transaction."""
    with psycopg.connect(address) as session:
        program = _program("pg_restore", session.info.server_version // 10000)
    name = conninfo_to_dict(address)["dbname"]
    command = [program, "--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges", "-d", str(name)]
    process = subprocess.Popen(command, env=_environment(address), stdin=subprocess.PIPE)  # noqa: S603
    assert process.stdin is not None
    try:
        for piece in pieces:
            process.stdin.write(piece)
        process.stdin.close()
    except BrokenPipeError:
        pass  # its exit status says the rest
    except BaseException:
        process.kill()  # with half a dump nothing is committed
        raise
    finally:
        status = process.wait()
    if status != 0:
        raise Refused(_("pg_restore 没有完成（退出码 %d），目标数据库没有改动。") % status)


@contextmanager
def temporary_database() -> Iterator[str]:
    """An empty PostgreSQL database beside ours, dropped afterwards."""
    name = f"jiyue_drill_{os.getpid()}"
    with psycopg.connect(own_address(), autocommit=True) as session:
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        session.execute(drop)
        try:
            session.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        except psycopg.errors.InsufficientPrivilege:
            raise Refused(_("演练需要建立临时数据库的权限：ALTER ROLE … CREATEDB。")) from None
        try:
            yield make_conninfo(own_address(), dbname=name)
        finally:
            session.execute(drop)


def as_conninfo(address: str) -> str:
    """Checks and normalises an address given by a person; empty stays empty."""
    try:
        return make_conninfo(address) if address else ""
    except psycopg.ProgrammingError as error:
        raise Refused(_("数据库地址不对：%s") % error) from None


def url_of(address: str) -> str:
    """The same address as JIYUE_DATABASE_URL is written."""
    told = {name: quote(str(value), safe="") for name, value in conninfo_to_dict(address).items()}
    person = told.get("user", "") + (f":{told['password']}" if "password" in told else "")
    port = f":{told['port']}" if "port" in told else ""
    return f"postgresql://{person}@{told.get('host', '')}{port}/{told['dbname']}"


def _program(name: str, major: int) -> str:
    """The server's own version of a PostgreSQL program: an older one refuses, a newer one writes what ours cannot read."""
    beside = Path(f"/usr/lib/postgresql/{major}/bin/{name}")
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        raise Refused(_("没有找到 %s。请安装 postgresql-client-%d。") % (name, major))
    told = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603
    match = re.search(r"\) (\d+)", told)
    if match is None or int(match[1]) != major:
        raise Refused(_("%s 的版本与数据库（%d）不同。请安装 postgresql-client-%d。") % (name, major, major))
    return found


def _environment(address: str) -> dict[str, str]:
    """Where the server is, by variables: a command line is everybody's to read."""
    told = conninfo_to_dict(address)
    named = {variable: str(told[name]) for name, variable in _VARIABLES.items() if told.get(name)}
    return {**os.environ, **named}


def _one(session: psycopg.Connection[Any], query: Any) -> Any:
    row = session.execute(query).fetchone()
    assert row is not None
    return row[0]
