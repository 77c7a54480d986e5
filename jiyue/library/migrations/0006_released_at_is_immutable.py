from django.db import migrations


SQLITE = """
CREATE TRIGGER release_first_publication_is_immutable
BEFORE UPDATE OF released_at, address, item_id, website_id ON library_release
WHEN NEW.released_at <> OLD.released_at OR NEW.address <> OLD.address OR NEW.item_id <> OLD.item_id
  OR NEW.website_id <> OLD.website_id
BEGIN SELECT RAISE(ABORT, 'release_first_publication_is_immutable'); END
"""
POSTGRESQL = """
CREATE FUNCTION release_first_publication_is_immutable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'release_first_publication_is_immutable' USING ERRCODE = 'integrity_constraint_violation'; END $$;
CREATE TRIGGER release_first_publication_is_immutable BEFORE UPDATE ON library_release FOR EACH ROW
WHEN (NEW.released_at <> OLD.released_at OR NEW.address <> OLD.address OR NEW.item_id <> OLD.item_id
  OR NEW.website_id <> OLD.website_id)
EXECUTE FUNCTION release_first_publication_is_immutable();
"""


def create(apps, schema_editor):
    """The moment of first publication and the public address never change, whoever writes the row."""
    schema_editor.execute(SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL, params=None)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER release_first_publication_is_immutable")
    else:
        schema_editor.execute("DROP FUNCTION release_first_publication_is_immutable() CASCADE")


class Migration(migrations.Migration):
    dependencies = [("library", "0005_sqlite_tree_index")]

    operations = [migrations.RunPython(create, drop)]
