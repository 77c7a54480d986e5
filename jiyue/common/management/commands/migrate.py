"""Django's ``migrate``, each step noted as done in the very transaction that does it.

Django notes a step with new indexes or keys in a second transaction: killed between the two, ``migrate`` would stop for
ever at a table that is already there.
"""

from typing import Any

from django.core.management.commands import migrate
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState


class Executor(MigrationExecutor):
    def apply_migration(
        self, state: ProjectState, migration: Migration, fake: bool = False, fake_initial: bool = False
    ) -> ProjectState:
        if fake or fake_initial or migration.replaces or not migration.atomic:
            return super().apply_migration(state, migration, fake=fake, fake_initial=fake_initial)
        self._tell("apply_start", migration)
        with self.connection.schema_editor(atomic=True) as editor:
            state = migration.apply(state, editor)
            _finish(editor)
            self.recorder.record_applied(migration.app_label, migration.name)
        self._tell("apply_success", migration)
        return state

    def unapply_migration(self, state: ProjectState, migration: Migration, fake: bool = False) -> ProjectState:
        if fake or migration.replaces or not migration.atomic:
            return super().unapply_migration(state, migration, fake=fake)
        self._tell("unapply_start", migration)
        with self.connection.schema_editor(atomic=True) as editor:
            state = migration.unapply(state, editor)
            _finish(editor)
            self.recorder.record_unapplied(migration.app_label, migration.name)
        self._tell("unapply_success", migration)
        return state

    def _tell(self, what: str, migration: Migration) -> None:
        if self.progress_callback:
            self.progress_callback(what, migration, False)


def _finish(editor: BaseDatabaseSchemaEditor) -> None:
    """What Django would do on leaving the editor."""
    waiting, editor.deferred_sql = editor.deferred_sql, []
    for statement in waiting:
        editor.execute(statement, None)


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> str | None:
        migrate.MigrationExecutor = Executor  # type: ignore[attr-defined]
        return super().handle(*args, **options)
