from django.db import migrations


def remove(apps, schema_editor):
    """Wagtail's first migrations leave a welcome page, a site and two groups with rights on everything."""
    apps.get_model("wagtailcore", "Site").objects.all().delete()
    apps.get_model("wagtailcore", "GroupPagePermission").objects.all().delete()
    apps.get_model("wagtailcore", "GroupCollectionPermission").objects.all().delete()
    apps.get_model("wagtailcore", "WorkflowPage").objects.all().delete()
    pages = apps.get_model("library", "BasePage").objects
    pages.filter(depth__gt=1).delete()
    pages.filter(depth=1).update(numchild=0)


class Migration(migrations.Migration):
    """A migration of its own: PostgreSQL does not alter a table in the transaction that deleted from it."""

    dependencies = [("library", "0002_bootstrap_base_page")]

    operations = [migrations.RunPython(remove, migrations.RunPython.noop)]
