"""From the data of every released state to this version by the real `jiyue migrate`, and back as far as it goes.

``released_*.json.gz`` hold the rows an installation of that state had: the known cast with published, submitted and
drafted items. (Made there by exporting every table but Django's own; see ``STATES`` for the schema they belong to.)
"""

import gzip
import json
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing, suppress
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests.assurance.installation import ROOT, Installation, is_postgresql_there, postgresql_database


pytestmark = [pytest.mark.migrations, pytest.mark.enable_socket]
HERE = Path(__file__).parent
KILLS = 6
# The last migrations of each released state. Everything not named came later.
STATES = {
    "released_2026_11_21": {
        "accounts": "0001", "common": "0001", "content": "0001", "library": "0006", "onboarding": "0001",
        "organisations": "0001", "publishing": "0001", "search": "0001", "websites": "0001",
    }
}  # fmt: skip
# How far back an upgrade can be taken with its data; older steps are taken back by restoring the backup made before.
REVERSIBLE = {"released_2026_11_21": ("operations", "websites", "publishing", "notices", "common")}


def rows_of(state):
    return json.loads(gzip.decompress((HERE / f"{state}.json.gz").read_bytes()))


def value(cell):
    return bytes.fromhex(cell["hex"]) if isinstance(cell, dict) and "hex" in cell else cell


class Sqlite:
    def __init__(self, there):
        self.path = there.home / "db.sqlite3"

    def load(self, tables):
        with closing(sqlite3.connect(self.path)) as session:
            session.execute("PRAGMA foreign_keys=OFF")
            types = self._content_types(session)
            for name, told in tables.items():
                session.execute(f'DELETE FROM "{name}"')
                marks = ", ".join("?" for _ in told["columns"])
                columns = ", ".join(f'"{column}"' for column in told["columns"])
                rows = [[value(cell) for cell in row] for row in translated(told, types)]
                session.executemany(f'INSERT INTO "{name}" ({columns}) VALUES ({marks})', rows)
            session.commit()

    def _content_types(self, session):
        return {
            f"{app}.{model}": pk
            for pk, app, model in session.execute("SELECT id, app_label, model FROM django_content_type")
        }

    def rows(self, name, columns):
        """In these columns, those of them that still exist, as text; and which those are."""
        with closing(sqlite3.connect(self.path)) as session:
            there = {row[1] for row in session.execute(f'PRAGMA table_info("{name}")')}
            kept = [column for column in columns if column in there]
            listed = ", ".join(f'"{column}"' for column in kept)
            return kept, session.execute(f'SELECT {listed} FROM "{name}"').fetchall()


class Postgresql:
    def __init__(self, there):
        self.address = there.database

    def load(self, tables):
        with psycopg.connect(self.address) as session:
            session.execute("SET session_replication_role = replica")
            found = session.execute("SELECT id, app_label, model FROM django_content_type").fetchall()
            types = {f"{app}.{model}": pk for pk, app, model in found}
            for name, told in tables.items():
                self._load(session, name, told, types)

    def _load(self, session, name, told, types):
        kinds = dict(
            session.execute(
                "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s", [name]
            )
        )
        session.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
        insert = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
            sql.Identifier(name),
            sql.SQL(", ").join(map(sql.Identifier, told["columns"])),
            sql.SQL(", ").join(sql.SQL("%s") for _ in told["columns"]),
        )
        boolean = [kinds[column] == "boolean" for column in told["columns"]]
        for row in translated(told, types):
            cells = [
                bool(cell) if flag and cell is not None else value(cell)
                for cell, flag in zip(row, boolean, strict=True)
            ]
            session.execute(insert, cells)
        if "id" in told["columns"]:
            reset = "SELECT setval(pg_get_serial_sequence(%s, 'id'), (SELECT max(id) FROM {})) WHERE pg_get_serial_sequence(%s, 'id') IS NOT NULL"
            session.execute(sql.SQL(reset).format(sql.Identifier(name)), [f'"{name}"', f'"{name}"'])

    def rows(self, name, columns):
        known = "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s"
        with psycopg.connect(self.address) as session:
            there = {column for (column,) in session.execute(known, [name])}
            kept = [column for column in columns if column in there]
            listed = sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(column)) for column in kept)
            return kept, session.execute(sql.SQL("SELECT {} FROM {}").format(listed, sql.Identifier(name))).fetchall()


def translated(told, types):
    """Numbers of content types differ between databases; the rows name them."""
    places = [place for place, column in enumerate(told["columns"]) if column.endswith("content_type_id")]
    for row in told["rows"]:
        yield [types[cell] if place in places and isinstance(cell, str) else cell for place, cell in enumerate(row)]


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request, tmp_path):
    if request.param == "sqlite":
        there = Installation(tmp_path / "home")
        there.home.mkdir()
        yield there, Sqlite(there)
        return
    if not is_postgresql_there():
        pytest.skip("NO POSTGRESQL ANSWERS: the upgrade stays unproven on it")
    with postgresql_database("jiyue_upgrade") as address:
        there = Installation(tmp_path / "home", address)
        there.home.mkdir()
        yield there, Postgresql(there)


def load(there, database, state):
    """The installation as it was in that state; answers what every table held."""
    walk(there, *([app, last] for app, last in STATES[state].items()), fresh=True)
    tables = rows_of(state)
    database.load(tables)
    return {name: database.rows(name, told["columns"]) for name, told in tables.items()}


def lost(database, before):
    """What is no longer as it was: rows of each table that are gone or have another value in a column that still exists."""
    found = {}
    for name, (columns, rows) in before.items():
        kept, now = database.rows(name, columns)
        places = [columns.index(column) for column in kept]
        then = Counter(tuple(meaning(row[place]) for place in places) for row in rows)
        found[name] = then - Counter(tuple(map(meaning, row)) for row in now)
    return {name: rows.most_common(2) for name, rows in found.items() if rows}


def meaning(cell):
    """JSON may be written in another order, and is now."""
    if isinstance(cell, str) and cell[:1] in {"{", "["}:
        with suppress(ValueError):
            return json.dumps(json.loads(cell), sort_keys=True)
    return cell


@pytest.mark.parametrize("state", STATES)
def test_an_upgrade_keeps_every_row_and_goes_back(engine, state):
    there, database = engine
    before = load(there, database, state)
    assert sum(len(rows) for _columns, rows in before.values()) > 1_000

    walk(there, [])

    assert lost(database, before) == {}
    there.run("audit", "--verify")

    walk(there, *([app, STATES[state].get(app, "zero")] for app in REVERSIBLE[state]))
    assert lost(database, before) == {}
    walk(there, [])
    assert lost(database, before) == {}


@pytest.mark.parametrize("state", STATES)
def test_an_upgrade_that_is_killed_is_finished_by_the_next(engine, state):
    """Wherever `jiyue migrate` dies, running it again ends with the same tables and rows as if it had not died."""
    there, database = engine
    load(there, database, state)

    command = [sys.executable, "-m", "tests.upgrade.killed", str(KILLS)]
    done = subprocess.run(command, env=there.environment, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    undisturbed, *ends = map(json.loads, done.stdout.splitlines())
    assert undisturbed["count"] > 1_000
    assert undisturbed["of"] > KILLS
    assert len({end["point"] for end in ends}) > KILLS // 2
    for end in ends:
        assert (end["schema"], end["rows"]) == (undisturbed["schema"], undisturbed["rows"]), end


def walk(there, *steps, fresh=False):
    command = [sys.executable, "-m", "tests.upgrade.walk", *(["--fresh"] if fresh else []), json.dumps(steps)]
    done = subprocess.run(command, env=there.environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
