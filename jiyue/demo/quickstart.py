"""An empty demo database in two seconds instead of twenty: tables from the models, migrations marked as applied.

Only ``jiyue demo`` does this, and only on SQLite. ``tests/demo/test_quickstart.py`` compares the result with a database
that went through every migration."""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, cast

from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations import RunPython
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test.utils import override_settings
from wagtail.models import Collection, Locale


if TYPE_CHECKING:
    from django.db.migrations.state import StateApps

REALLY_MIGRATED = "wagtailsearch"  # makes tables that are no models


def create_database() -> None:
    """Into an empty database; afterwards ``migrate`` finds nothing to do."""
    with override_settings(MIGRATION_MODULES={app.label: None for app in apps.get_app_configs()}):
        call_command("migrate", run_syncdb=True, interactive=False, verbosity=0)
    Locale.objects.create(language_code="zh-hans")
    Collection.add_root(name="Root")
    for label, name in sorted(MigrationLoader(None).graph.nodes):
        if apps.get_app_config(label).name.startswith("jiyue."):
            _run_python(import_module(f"{MigrationLoader.migrations_module(label)[0]}.{name}"))
    call_command("migrate", fake=True, interactive=False, verbosity=0)
    _drop_tables(REALLY_MIGRATED)
    call_command("migrate", REALLY_MIGRATED, interactive=False, verbosity=0)


def _run_python(module: ModuleType) -> None:
    """What a migration of ours does beyond the models: triggers and indexes."""
    with connection.schema_editor() as editor:
        for operation in module.Migration.operations:
            if isinstance(operation, RunPython):
                operation.code(cast("StateApps", apps), editor)


def _drop_tables(label: str) -> None:
    with connection.schema_editor() as editor:
        for model in apps.get_app_config(label).get_models(include_auto_created=True):
            editor.delete_model(model)
    MigrationRecorder(connection).migration_qs.filter(app=label).delete()
