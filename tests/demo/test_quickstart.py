"""The demo's short cut gives the database that the migrations give."""

import os
import sqlite3
import subprocess
import sys

import pytest


QUICK = "import django; django.setup(); from jiyue.demo.quickstart import create_database; create_database()"
SLOW = "import django; django.setup(); from django.core.management import call_command; call_command('migrate', verbosity=0)"


def described(home) -> dict:
    database = sqlite3.connect(home / "db.sqlite3")
    things = set(database.execute("select type, name from sqlite_master where name not like 'sqlite_%'"))
    tables = sorted(name for kind, name in things if kind == "table" and "_fts" not in name)
    return {
        "things": things,
        "columns": {t: {row[1:5] for row in database.execute(f'pragma table_info("{t}")')} for t in tables},
        "migrations": set(database.execute("select app, name from django_migrations")),
        "locales": list(database.execute("select language_code from wagtailcore_locale")),
        "collections": list(database.execute("select path, depth, numchild, name from wagtailcore_collection")),
        "permissions": set(database.execute("select codename from auth_permission")),
    }


@pytest.mark.migrations
def test_the_quick_database_is_the_migrated_one(tmp_path):
    for name, program in (("quick", QUICK), ("slow", SLOW)):
        environment = {
            **os.environ,
            "JIYUE_HOME": str(tmp_path / name),
            "DJANGO_SETTINGS_MODULE": "jiyue.settings",
            "JIYUE_DATABASE_URL": "",
        }
        (tmp_path / name).mkdir()
        subprocess.run([sys.executable, "-c", program], check=True, env=environment)

    quick, slow = described(tmp_path / "quick"), described(tmp_path / "slow")
    for what in slow:
        assert quick[what] == slow[what], what
