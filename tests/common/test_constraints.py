"""Triggers that come and go with their tables."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.writer import MigrationWriter

from jiyue.accounts.models import AuditEntry
from jiyue.common.clock import now
from jiyue.common.constraints import AppendOnly, Frozen
from jiyue.library.models import Release


@pytest.mark.parametrize(
    "change", ["address = '/x.html'", "released_at = '2020-01-01 00:00:00'", "item_id = item_id + 1000"]
)
def test_what_was_given_once_never_changes(cluster, change):
    release = cluster.published()
    with (
        pytest.raises(IntegrityError, match="release_first_publication_is_immutable"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE library_release SET {change} WHERE id = %s", [release.pk])


def test_everything_else_may_change(cluster):
    release = cluster.published()

    assert Release.objects.filter(pk=release.pk).update(title="改后", address=release.address) == 1


@pytest.mark.parametrize(
    "constraint", [AppendOnly(name="a", moment="at", keep_days=9), Frozen(name="f", columns=("x", "y"))]
)
def test_a_migration_can_write_them_down(constraint):
    text, _imports = MigrationWriter.serialize(constraint)

    assert constraint.name in text
    assert constraint.clone() == constraint


def test_a_table_made_anew_has_them_again(transactional_db):
    constraint = AuditEntry._meta.constraints[0]
    with connection.schema_editor() as editor:
        if connection.vendor == "sqlite":
            editor._remake_table(AuditEntry)
        else:
            editor.remove_constraint(AuditEntry, constraint)
            editor.add_constraint(AuditEntry, constraint)
    AuditEntry.objects.create(seq=10**9, at=now(), action="x", prev="f" * 64, digest="")
    with pytest.raises(IntegrityError, match="audit_is_append_only"), transaction.atomic():
        AuditEntry.objects.update(action="y")
