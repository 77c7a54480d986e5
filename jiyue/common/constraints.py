"""Constraints a table check cannot express: rows that are never changed or deleted, columns that are never changed.

They are triggers, made and dropped with the table wherever Django makes it: by migrations, by the tests, by ``migrate
--run-syncdb``. The name stands in the error (``IntegrityError``) of whoever tries.
"""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement, Table
from django.db.models import BaseConstraint, Model


class _Triggers(BaseConstraint):
    """``ON`` the table, by vendor. On SQLite a table is remade for most changes: the triggers wait for its last name."""

    def sqlite(self, model: type[Model]) -> list[str]:
        raise NotImplementedError

    def postgresql(self, model: type[Model]) -> list[str]:
        raise NotImplementedError

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """No single instance breaks them."""

    def _check(self, model: type[Model], connection: Any) -> list[Any]:
        return []

    def constraint_sql(self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> None:  # type: ignore[override]
        assert model is not None
        assert schema_editor is not None
        schema_editor.deferred_sql += self._statements(model, schema_editor)

    def create_sql(self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> Any:
        """PostgreSQL only: SQLite's schema editor remakes the table."""
        assert model is not None
        assert schema_editor is not None
        return "".join(map(str, self._statements(model, schema_editor)))

    def remove_sql(self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> Any:
        return f"DROP FUNCTION {self.name}() CASCADE"

    def _statements(self, model: type[Model], schema_editor: BaseDatabaseSchemaEditor) -> list[Statement]:
        lines = self.sqlite(model) if schema_editor.connection.vendor == "sqlite" else self.postgresql(model)
        table = Table(model._meta.db_table, schema_editor.quote_name)
        return [Statement(line, table=table) for line in lines]

    def _function(self) -> str:
        return (
            f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN RAISE EXCEPTION '{self.name}' USING ERRCODE = 'integrity_constraint_violation'; END $$;"
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Triggers) and self.deconstruct() == other.deconstruct()

    def __hash__(self) -> int:
        return hash(self.name)


class AppendOnly(_Triggers):
    """No row is ever changed, replaced or truncated, and none deleted before its ``moment`` is ``keep_days`` old by
    the database's own clock."""

    def __init__(self, *, moment: str, keep_days: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.moment, self.keep_days = moment, keep_days

    def sqlite(self, model: type[Model]) -> list[str]:
        unique = [field.column for field in model._meta.local_concrete_fields if field.unique]
        taken = " OR ".join(f"EXISTS (SELECT 1 FROM %(table)s WHERE {column} = NEW.{column})" for column in unique)  # noqa: S608
        young = f"OLD.{self.moment} > datetime('now', '-{self.keep_days} days')"
        refuse = f"BEGIN SELECT RAISE(ABORT, '{self.name}'); END"
        return [
            f"CREATE TRIGGER {self.name}_update BEFORE UPDATE ON %(table)s {refuse}",
            f"CREATE TRIGGER {self.name}_delete BEFORE DELETE ON %(table)s WHEN {young} {refuse}",
            # INSERT OR REPLACE deletes what stands in its way without asking the trigger above
            f"CREATE TRIGGER {self.name}_replace BEFORE INSERT ON %(table)s WHEN {taken} {refuse}",
        ]

    def postgresql(self, model: type[Model]) -> list[str]:
        young = f"OLD.{self.moment} > clock_timestamp() - interval '{self.keep_days} days'"
        trigger, do = f"CREATE TRIGGER {self.name}", f"EXECUTE FUNCTION {self.name}()"
        return [
            (
                f"{self._function()} {trigger}_update BEFORE UPDATE ON %(table)s FOR EACH ROW {do};"
                f"{trigger}_delete BEFORE DELETE ON %(table)s FOR EACH ROW WHEN ({young}) {do};"
                f"{trigger}_truncate BEFORE TRUNCATE ON %(table)s {do};"
            )
        ]

    def deconstruct(self) -> Any:
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, "moment": self.moment, "keep_days": self.keep_days}


class Matches(_Triggers):
    """A copied column says what its original says: ``column`` here, ``original`` in the row ``key`` points at. The
    original itself is to be ``Frozen``. SQLite remakes no table a trigger of another one names: a migration that changes
    ``table`` removes this constraint first and adds it again."""

    def __init__(self, *, column: str, key: str, table: str, original: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.column, self.key, self.table, self.original = column, key, table, original

    def sqlite(self, model: type[Model]) -> list[str]:
        differs = f"NEW.{self.column} <> (SELECT {self.original} FROM {self.table} WHERE id = NEW.{self.key})"  # noqa: S608
        refuse = f"WHEN {differs} BEGIN SELECT RAISE(ABORT, '{self.name}'); END"
        return [
            f"CREATE TRIGGER {self.name}_insert BEFORE INSERT ON %(table)s {refuse}",
            f"CREATE TRIGGER {self.name}_update BEFORE UPDATE ON %(table)s {refuse}",
        ]

    def postgresql(self, model: type[Model]) -> list[str]:
        original = f"(SELECT {self.original} FROM {self.table} WHERE id = NEW.{self.key})"  # noqa: S608
        function = (
            f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF NEW.{self.column} <> {original} THEN "
            f"RAISE EXCEPTION '{self.name}' USING ERRCODE = 'integrity_constraint_violation'; "
            f"END IF; RETURN NEW; END $$;"
        )
        return [
            (
                f"{function} CREATE TRIGGER {self.name} BEFORE INSERT OR UPDATE ON %(table)s "
                f"FOR EACH ROW EXECUTE FUNCTION {self.name}();"
            )
        ]

    def deconstruct(self) -> Any:
        path, args, kwargs = super().deconstruct()
        given = {"column": self.column, "key": self.key, "table": self.table, "original": self.original}
        return path, args, {**kwargs, **given}


class Frozen(_Triggers):
    """These columns keep what they were given when the row was made."""

    def __init__(self, *, columns: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.columns = tuple(columns)

    def sqlite(self, model: type[Model]) -> list[str]:
        columns = ", ".join(self.columns)
        return [
            (
                f"CREATE TRIGGER {self.name} BEFORE UPDATE OF {columns} ON %(table)s WHEN {self._changed()} "
                f"BEGIN SELECT RAISE(ABORT, '{self.name}'); END"
            )
        ]

    def postgresql(self, model: type[Model]) -> list[str]:
        return [
            (
                f"{self._function()} CREATE TRIGGER {self.name} BEFORE UPDATE ON %(table)s FOR EACH ROW "
                f"WHEN ({self._changed()}) EXECUTE FUNCTION {self.name}();"
            )
        ]

    def deconstruct(self) -> Any:
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, "columns": self.columns}

    def _changed(self) -> str:
        return " OR ".join(f"NEW.{column} <> OLD.{column}" for column in self.columns)
