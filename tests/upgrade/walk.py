"""``python -m tests.upgrade.walk '[["accounts", "0001"], …]'``: migrates to these states, one after another, in one process.

With ``--fresh`` the states are those of an empty database, reached in one go, with everything that is not ours.
"""

import json
import os
import sys


def main():
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiyue.settings")
    django.setup()
    steps = json.loads(sys.argv[-1])
    if "--fresh" in sys.argv:
        _build(steps)
    else:
        from django.core.management import call_command

        for step in steps:
            call_command("migrate", *step, verbosity=0)


def _build(steps):
    from django.apps import apps
    from django.core.management.sql import emit_post_migrate_signal
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    graph = executor.loader.graph
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith("jiyue.")}
    wanted = [executor.loader.get_migration_by_prefix(*step) for step in steps]
    targets = [(migration.app_label, migration.name) for migration in wanted]
    targets += [leaf for leaf in graph.leaf_nodes() if leaf[0] not in ours]
    executor.migrate(targets)
    emit_post_migrate_signal(0, False, connection.alias)


if __name__ == "__main__":
    main()
