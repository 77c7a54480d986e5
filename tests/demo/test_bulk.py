"""An item written in bulk leaves the rows that an item leaves which went through the chain."""

from datetime import timedelta

import pytest
from django.core.management.color import no_style
from django.db import connection
from wagtail.models import Revision

from jiyue.accounts.models import AuditEntry
from jiyue.common.models import DirtyKey
from jiyue.content.comparison import compare
from jiyue.content.models import Article, ColumnPage, Interpretation, PolicyDocument, Submission
from jiyue.demo import actions
from jiyue.demo.bulk import Press, Staff
from jiyue.demo.material import read
from jiyue.library.digest import digest_of_revision
from jiyue.library.models import BasePage, Placement, Receipt, Release, StandingCall
from jiyue.organisations.models import Unit
from tests import append_only, factories


OWN = {
    "id",
    "item",
    "page",
    "path",
    "slug",
    "url_path",
    "translation_key",
    "latest_revision",
    "live_revision",
    "numchild",
}
BOUND = {
    "digest",
    "receipt",
    "revision",
    "address",
    "index_number",
    "content",
    "object_id",
    "basepage_ptr",
    "target_id",
    "data",
    "seq",
    "prev",
    "release",
}
TIMES = {
    "at", "created_at", "submitted_at", "reviewed_at", "cleared_at", "published_at", "released_at", "revised_at", "waiting_since",
    "first_published_at", "last_published_at", "latest_revision_created_at",
}  # fmt: skip
VALUES = {
    "title": "全市中小学秋季开学",
    "source": "市教育局",
    "body": '[{"type": "text", "value": "<p>今天开学。</p>", "id": "a"}]',
}


def row(instance) -> dict:
    names = [field.attname for field in instance._meta.concrete_fields if field.name not in OWN | BOUND | TIMES]
    return {name: getattr(instance, name) for name in names}


@pytest.fixture
def pair(cluster):
    """The same article twice: through the actions, and in bulk."""
    slow = cluster.published(**VALUES).item.specific
    column = ColumnPage.objects.get(pk=cluster.column().pk)
    staff = Staff(cluster.editor, cluster.reviewer, cluster.secrecy_reviewer)
    press = Press({cluster.bureau.pk: staff})
    page = Article(slug="bulk", **VALUES)
    press.place(page, column)
    press.publish(page, at=cluster.at + timedelta(hours=1), column=column)
    press.write()
    return slow, Article.objects.get(slug="bulk")


def test_the_page_is_the_same(pair):
    slow, fast = pair

    assert row(fast) == row(slow)
    assert BasePage.find_problems() == ([], [], [], [], [])


@pytest.mark.parametrize(("model", "field"), [(Release, "item"), (Receipt, "item"), (Submission, "page")])
def test_release_receipt_and_submission_are_the_same(pair, model, field):
    slow, fast = (model.objects.get(**{field: page.pk}) for page in pair)

    assert row(fast) == row(slow)


def test_the_placement_is_the_same(pair):
    slow, fast = (Placement.objects.get(release__item=page.pk) for page in pair)

    assert row(fast) == row(slow)


def test_the_trail_is_the_same(pair):
    slow, fast = (AuditEntry.objects.filter(target_id=str(page.pk)).order_by("pk") for page in pair)

    assert [row(entry) for entry in fast] == [row(entry) for entry in slow]
    assert [sorted(entry.data) for entry in fast] == [sorted(entry.data) for entry in slow]


def test_the_receipt_is_bound_to_the_text_of_the_stored_revision(pair):
    _slow, fast = pair
    revision = Revision.objects.get(pk=fast.live_revision_id)

    assert digest_of_revision(revision) == Receipt.objects.get(item=fast.pk).digest
    assert revision.as_object().title == fast.title


def test_the_next_item_goes_through_the_chain_as_ever(pair, cluster):
    release = cluster.published(title="全市教师岗位练兵")

    assert release.index_number.endswith("00003")
    assert release.item.get_parent().numchild == 3


def empty_installation() -> None:
    """Without the cast of the other tests, until the end of this test."""
    kept = {"django_content_type", "auth_permission", "django_migrations"}
    tables = [name for name in connection.introspection.django_table_names(only_existing=True) if name not in kept]
    with append_only.lifted():
        connection.ops.execute_sql_flush(connection.ops.sql_flush(no_style(), tables))
    factories.foundation()


@pytest.fixture
def built(db, friday, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    empty_installation()
    actions.build(sites=7, at=friday)


def test_the_built_city_has_work_in_every_state_of_the_chain(built):
    wanted = {entry["state"] for entry in read("desk") if entry["site"] != "slj"} - {"draft"}

    assert set(Submission.objects.values_list("state", flat=True)) == wanted | {"published"}
    assert (
        PolicyDocument.objects.filter(live=True)
        .exclude(interpretations__in=Interpretation.objects.filter(live=True))
        .count()
        == 0
    )


def test_one_submission_changes_what_is_online(built):
    [revision] = Submission.objects.filter(state="review", page__live=True)

    online = Release.objects.get(item=revision.page_id)
    assert online.title != revision.title
    assert (revision.author.username, online.receipt.by.username) == ("jiaoyu", "baomi")
    assert "<ins>" in compare(revision).body


def test_the_built_tree_is_sound_and_every_release_has_its_receipt(built):
    assert BasePage.find_problems() == ([], [], [], [], [])
    assert not Release.objects.exclude(receipt__item_id__isnull=False).exists()
    assert StandingCall.objects.count() == 6
    assert Unit.objects.count() == 8


def test_no_column_of_the_portal_is_blank(built):
    shown = set(Placement.objects.filter(column__website__code="portal").values_list("column", flat=True))
    columns = ColumnPage.objects.filter(website__code="portal").exclude(column_kind="channel").exclude(slug="qxdt")

    assert [column.title for column in columns if column.pk not in shown] == []


def test_a_settled_city_leaves_nothing_in_the_outbox(built):
    actions.settle()

    assert not DirtyKey.objects.exists()
