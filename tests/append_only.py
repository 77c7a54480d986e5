"""Emptying tables that refuse to be emptied: for the clean-up of tests, and for tests that play the intruder."""

from contextlib import contextmanager

from django.apps import apps
from django.db import connection

from jiyue.common.constraints import AppendOnly


@contextmanager
def lifted():
    """Without the triggers of append-only tables, as somebody who owns the database may do."""
    tables = [
        model._meta.db_table
        for model in apps.get_models()
        if any(isinstance(constraint, AppendOnly) for constraint in model._meta.constraints)
    ]
    with connection.cursor() as cursor:
        put_back = (_lift_postgresql if connection.vendor == "postgresql" else _lift_sqlite)(cursor, tables)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for statement in put_back:
                cursor.execute(statement)


def _lift_postgresql(cursor, tables):
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # or the table has "pending trigger events"
    for table in tables:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    again = [f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in tables]
    return ["SET CONSTRAINTS ALL IMMEDIATE", *again, "SET CONSTRAINTS ALL DEFERRED"]


def _lift_sqlite(cursor, tables):
    holes = ", ".join(["%s"] * len(tables))
    cursor.execute(f"SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ({holes})", tables)
    triggers = cursor.fetchall()
    for name, _sql in triggers:
        cursor.execute(f"DROP TRIGGER {name}")
    return [sql for _name, sql in triggers]
