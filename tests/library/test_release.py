"""What the library promises about released things."""

import datetime as dt

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from jiyue.common.errors import Refused
from jiyue.common.models import DirtyKey
from jiyue.content import actions as content
from jiyue.content.models import Interpretation, PolicyDocument
from jiyue.library import actions
from jiyue.library.index_numbers import credit_code_is_valid
from jiyue.library.keys import archive_pages
from jiyue.library.models import IndexNumberSequence, Placement, Relation, Release
from tests.factories import approve


def test_the_address_says_column_year_month_and_number(cluster):
    release = cluster.published()

    assert release.address == f"/gzdt/2026/09/{release.item_id}.html"


def test_index_numbers_count_up_within_the_year_and_are_never_given_twice(cluster):
    first, second = cluster.published("第一条"), cluster.published("第二条")
    content.withdraw(second.item, reason="有误", by=cluster.reviewer, at=cluster.at)
    third = cluster.published("第三条")

    assert [r.index_number for r in (first, second, third)] == ["JYJ/2026-00001", "JYJ/2026-00002", "JYJ/2026-00003"]
    assert IndexNumberSequence.objects.get(website=cluster.site).last == 3


@pytest.mark.parametrize(
    ("code", "valid"),
    [("11220000013544357T", True), ("11330800MB0R57773W", True), ("11220000013544357X", False), ("123", False)],
)
def test_the_check_character_of_a_credit_code(code, valid):
    assert credit_code_is_valid(code) is valid


def test_what_was_published_elsewhere_keeps_its_first_date_and_never_gets_a_later_one(cluster):
    first = cluster.at - dt.timedelta(days=400)
    release = cluster.published(originally_published_at=first)

    assert release.released_at == first
    assert release.address.startswith("/gzdt/2025/07/")


@pytest.mark.clause("S-2.3c")
def test_one_master_shown_in_another_website_and_withdrawn_everywhere(cluster, friday):
    release = cluster.published()
    column = cluster.column("gzdt", cluster.other_site)
    actions.call(release, column, by=cluster.outsider, at=friday, approved=True)
    assert list(Release.objects.in_column(column.pk)) == [release]
    DirtyKey.objects.all().delete()

    content.withdraw(release.item, reason="有误", by=cluster.reviewer, at=friday)

    assert not Release.objects.in_column(column.pk).exists()
    touched = set(DirtyKey.objects.values_list("key", flat=True))
    assert {f"item:{release.item_id}", f"column:{column.pk}", f"column:{release.column_id}"} <= touched


def test_a_call_that_needs_review_is_shown_only_after_it(cluster, friday):
    release = cluster.published()
    other = cluster.published("另一条")
    column = cluster.column("tzgg")
    placement = actions.call(release, column, by=cluster.editor, at=friday, approved=False)
    assert other not in Release.objects.in_column(column.pk)
    assert not Release.objects.in_column(column.pk).exists()

    actions.approve_call(placement, by=cluster.reviewer, at=friday)

    assert list(Release.objects.in_column(column.pk)) == [release]


def test_nobody_calls_into_a_column_of_another_bureau(cluster, friday):
    release = cluster.published()

    with pytest.raises(Refused, match="不能在该栏目"):
        actions.call(release, cluster.column("gzdt", cluster.other_site), by=cluster.editor, at=friday, approved=True)


@pytest.mark.clause("J-1.4a")
def test_a_standing_call_brings_what_is_there_and_what_comes(cluster, friday):
    old = cluster.published("旧的")
    target = cluster.column("bmdt", cluster.portal)
    actions.call_always(cluster.column("gzdt"), target, by=None, at=friday)
    new = cluster.published("新的")

    assert set(Release.objects.in_column(target.pk)) == {old, new}
    assert Placement.objects.get(release=new, column=target.pk).home is False


@pytest.mark.clause("S-2.2.2a")
def test_document_and_interpretation_are_linked_both_ways(cluster, friday):
    document = cluster.published(
        "云州市教育局关于做好课后服务工作的通知", model=PolicyDocument, column="zcwj",
        issuer="云州市教育局", issued_on=friday.date(), genre="通知", doc_number="云教发〔2026〕12号",
    )  # fmt: skip
    item = content.draft(
        Interpretation, cluster.column("zcjd"), by=cluster.editor, at=friday, title="课后服务怎么做", source="市教育局"
    )
    item.documents.set([document.item.specific])
    item.save_revision(user=cluster.editor)
    submission = content.submit(item, by=cluster.editor, at=friday)
    DirtyKey.objects.all().delete()
    approve(cluster, submission)

    assert Relation.objects.get().target_id == document.item_id
    assert DirtyKey.objects.filter(key=f"item:{document.item_id}").exists()


def test_a_new_item_touches_the_front_of_its_column_and_the_newest_archive_page_only(cluster, friday):
    column = cluster.column()
    for number in range(3):
        cluster.published(f"第{number}条", originally_published_at=friday - dt.timedelta(days=100 - number))
    DirtyKey.objects.all().delete()

    cluster.published("最新一条")

    keys = {key for key in DirtyKey.objects.values_list("key", flat=True) if key.startswith("archive:")}
    assert keys == {f"archive:{column.pk}:1"}


@pytest.mark.parametrize(("count", "pages"), [(0, 0), (39, 0), (40, 1), (59, 1), (60, 2), (1000, 49)])
def test_archive_pages_begin_when_the_index_page_would_be_too_long(count, pages):
    assert archive_pages(count) == pages


@pytest.mark.migrations
@pytest.mark.parametrize("change", ["released_at", "address"])
def test_the_database_refuses_another_first_publication(cluster, friday, change):
    release = cluster.published()
    value = {"released_at": friday - dt.timedelta(days=1), "address": "/x.html"}[change]

    with pytest.raises(IntegrityError, match="immutable"), transaction.atomic():
        Release.objects.filter(pk=release.pk).update(**{change: value})
    assert connection.vendor in {"sqlite", "postgresql"}


def test_the_order_of_columns_is_not_changed_without_a_trail(client, cluster):
    """It is the order of the public menu, and Wagtail's view for it writes nothing into the trail."""
    column = cluster.column("gzdt")
    client.force_login(cluster.site_manager)

    answer = client.post(f"/admin/pages/{column.pk}/set_position/?position=0")

    assert answer.status_code == 404
    assert not column.get_parent().permissions_for_user(cluster.site_manager).can_reorder_children()
    assert not column.permissions_for_user(cluster.site_manager).can_move()


def test_a_page_is_neither_moved_nor_copied(cluster):
    """Whose it is, its address and its receipt go with where it stands; Wagtail's command would leave no trail."""
    page, elsewhere = cluster.draft(), cluster.column("gzdt", site=cluster.other_site)

    with pytest.raises(Refused, match="移动"):
        call_command("move_pages", page.get_parent().pk, elsewhere.pk)
    with pytest.raises(Refused, match="移动"):
        page.copy(to=elsewhere)
    page.refresh_from_db()
    assert page.unit == cluster.bureau
