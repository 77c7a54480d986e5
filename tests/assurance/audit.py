"""An installation of its own for the attacks on the trail, and an intruder who owns its database."""

import os
import random
import subprocess
import sys
from contextlib import contextmanager

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from jiyue.accounts.chain import GENESIS, Row, canonical, digest_of
from jiyue.accounts.models import AuditEntry


SERVER = os.environ.get("JIYUE_TEST_DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
BUILD = """
import django; django.setup()
from django.apps import apps
from django.core.management import call_command
from django.test.utils import override_settings
with override_settings(MIGRATION_MODULES={app.label: None for app in apps.get_app_configs()}):
    call_command("migrate", run_syncdb=True, interactive=False, verbosity=0)
"""
COLUMNS = (
    "seq", "prev", "at", "user_id", "user_name", "action", "target_type", "target_id", "target_name", "unit_id", "address",
    "request", "data", "digest",
)  # fmt: skip


class Installation:
    def __init__(self, home, url):
        self.home, self.url = home, url
        self.environment = {
            **os.environ,
            "JIYUE_HOME": str(home),
            "JIYUE_DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "jiyue.settings",
            "PYTHONPATH": str(settings.BASE.parent),
        }

    def run(self, program, *arguments, check=True):
        command = [sys.executable, "-c", program, *map(str, arguments)]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=check)

    def jiyue(self, *arguments):
        command = [sys.executable, "-m", "jiyue", *map(str, arguments)]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)


@contextmanager
def installation(home, vendor):
    (home / "static").mkdir()
    if vendor == "sqlite":
        made = Installation(home, "")
        made.run(BUILD)
        yield made
        return
    name = f"jiyue_a_{os.getpid()}"
    try:
        server = psycopg.connect(SERVER, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as error:
        pytest.skip(f"NO POSTGRESQL AT {SERVER}: {error}")
    with server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            made = Installation(home, f"{SERVER.rpartition('/')[0]}/{name}")
            made.run(BUILD)
            yield made
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def rows_of(count, *, head=(0, GENESIS), start=1_700_000_000_000_000):
    """A chain as a city writes it, in the order of COLUMNS but the time in microseconds."""
    seq, prev = head
    for seq in range(head[0] + 1, head[0] + count + 1):
        data = canonical(
            {"digest": f"sha256:{seq * 7919:064x}", "revision": seq, "state": "secrecy", "opinion": "同意"}
        )
        row = Row(
            seq, prev, start + seq * 1_000_003, None, f"云小舟（editor-{seq % 148}）", "content.submit", "content.article",
            str(seq // 6), f"全市中小学秋季开学第 {seq} 期", None, f"10.0.{seq % 7}.{seq % 250}", f"{seq:016x}", data,
        )  # fmt: skip
        prev = digest_of(row)
        yield (*row, prev)


def write(seq, row):
    """The intruder writes a whole row, past the application."""
    names = ", ".join(f"{name} = %s" for name in COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE accounts_auditentry SET {names} WHERE seq = %s", [*row, seq])


def stored(seq):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(COLUMNS)} FROM accounts_auditentry WHERE seq = %s", [seq])
        return list(cursor.fetchone())


def put(row):
    with connection.cursor() as cursor:
        holes = ", ".join(["%s"] * len(COLUMNS))
        cursor.execute(f"INSERT INTO accounts_auditentry ({', '.join(COLUMNS)}) VALUES ({holes})", row)


def execute(statement, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def renumber(first, by):
    execute("UPDATE accounts_auditentry SET seq = -seq WHERE seq >= %s", first)
    execute("UPDATE accounts_auditentry SET seq = -seq + %s WHERE seq < 0", by)


def sealed(seq):
    """Gives a row the digest its content deserves, as an intruder does who knows the format."""
    entry = AuditEntry.objects.get(seq=seq)
    execute("UPDATE accounts_auditentry SET digest = %s WHERE seq = %s", digest_of(entry.row()), seq)


def chance(number):
    return random.Random(f"audit {number}")
