"""From the data of every released state to this version by the real `jiyue migrate`, and back as far as it goes.

``released_*.json.gz`` hold the rows an installation of that state had: the known cast with published, submitted and
drafted items. (Made there by exporting every table but Django's own; see ``STATES`` for the schema they belong to.)
"""

import gzip
import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests.assurance.installation import ROOT, Installation, is_postgresql_there, postgresql_database


pytestmark = [pytest.mark.migrations, pytest.mark.enable_socket]
HERE = Path(__file__).parent
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

    def count(self, name):
        with closing(sqlite3.connect(self.path)) as session:
            return session.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]


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

    def count(self, name):
        with psycopg.connect(self.address) as session:
            return session.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))).fetchone()[0]


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


@pytest.mark.parametrize("state", STATES)
def test_an_upgrade_keeps_every_row_and_goes_back(engine, state):
    there, database = engine
    tables = rows_of(state)
    before = [[app, last] for app, last in STATES[state].items()]
    walk(there, *before, fresh=True)
    database.load(tables)

    walk(there, [])

    counts = {name: database.count(name) for name in tables}
    assert {name: counts[name] for name in tables if counts[name] < len(tables[name]["rows"])} == {}
    there.run("audit", "--verify")

    walk(there, *([app, STATES[state].get(app, "zero")] for app in REVERSIBLE[state]))
    kept = {name: database.count(name) for name in tables}
    assert {name: kept[name] for name in tables if kept[name] < len(tables[name]["rows"])} == {}
    walk(there, [])


def walk(there, *steps, fresh=False):
    command = [sys.executable, "-m", "tests.upgrade.walk", *(["--fresh"] if fresh else []), json.dumps(steps)]
    done = subprocess.run(command, env=there.environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
