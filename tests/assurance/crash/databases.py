"""States of a database that is no file of the home: on PostgreSQL each is a database of its own, copied from a template.

The server's files are its own affair; what is struck are the writes of the platform, and what is asked is whether both
sides agree afterwards."""

import os

import psycopg
from psycopg.sql import SQL, Identifier


SERVER = "postgresql://postgres@127.0.0.1:5432"
PREFIX = "jiyue_crash_"
VARIABLE = "JIYUE_DATABASE_URL"


def why_not() -> str:
    try:
        psycopg.connect(f"{SERVER}/postgres", connect_timeout=3).close()
    except psycopg.OperationalError as error:
        return f"no PostgreSQL at 127.0.0.1:5432: {error}"
    return ""


def address(yard: str, number: int) -> str:
    """Of the database server number ``number`` works on; all servers of a yard share the states."""
    return f"{SERVER}/{PREFIX}{yard}_{number}"


def create() -> None:
    if VARIABLE in os.environ:
        _run(_dropped(_own()), SQL("CREATE DATABASE {}").format(Identifier(_own())))


def keep(name: str) -> None:
    if VARIABLE in os.environ:
        _copy(_own(), _state(name))


def restore(name: str) -> None:
    if VARIABLE in os.environ:
        _copy(_state(name), _own())


def remove(yard: str) -> None:
    """Every database of a yard that has ended."""
    with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as server:
        names = server.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [f"{PREFIX}{yard}_"])
        for (name,) in names.fetchall():
            server.execute(_dropped(name))


def _copy(source: str, target: str) -> None:
    _run(_dropped(target), SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(target), Identifier(source)))


def _run(*statements: SQL) -> None:
    with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as server:
        for statement in statements:
            server.execute(statement)


def _dropped(name: str) -> SQL:
    return SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name))


def _own() -> str:
    return os.environ[VARIABLE].rpartition("/")[2]


def _state(name: str) -> str:
    return f"{_own().rpartition('_')[0]}_{name}"
