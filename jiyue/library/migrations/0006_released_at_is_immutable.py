from django.db import migrations

import jiyue.common.constraints


class Migration(migrations.Migration):
    """The moment of first publication and the public address never change, whoever writes the row."""

    dependencies = [("library", "0005_sqlite_tree_index")]

    operations = [
        migrations.AddConstraint(
            "release",
            jiyue.common.constraints.Frozen(
                columns=("released_at", "address", "item_id", "website_id"),
                name="release_first_publication_is_immutable",
            ),
        )
    ]
