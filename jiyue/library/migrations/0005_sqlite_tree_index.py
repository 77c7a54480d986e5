from django.db import migrations


def create(apps, schema_editor):
    """``path LIKE 'x%'`` ignores case on SQLite and cannot use the unique index: 330 times slower at 29,000 pages."""
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("CREATE INDEX page_path_nocase ON library_basepage (path COLLATE NOCASE)")


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP INDEX page_path_nocase")


class Migration(migrations.Migration):
    dependencies = [("library", "0004_library")]

    operations = [migrations.RunPython(create, drop)]
