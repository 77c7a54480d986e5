"""Coming, moving, going, being idle; and the quarterly look at who holds what."""

from datetime import timedelta

import pytest
from django.urls import reverse

from jiyue.accounts import actions, factors, idle, report
from jiyue.accounts.checks import three_administrators
from jiyue.accounts.models import AuditEntry, Membership, RoleReview, User
from jiyue.accounts.roles import Role
from jiyue.common.errors import Refused
from tests.factories import a_person


def test_moving_ends_the_old_roles_and_begins_the_new_in_one_act(cluster, friday, client):
    client.force_login(cluster.security_admin)

    client.post(
        reverse("accounts_move", args=[cluster.editor.pk]),
        {
            "old": cluster.bureau.pk,
            "new": cluster.other_bureau.pk,
            "roles": ["editor", "clerk"],
            "reason": "云人〔2026〕8号",
        },
    )

    held = {(held.unit, held.role) for held in Membership.objects.filter(user=cluster.editor)}
    assert held == {(cluster.other_bureau, "editor"), (cluster.other_bureau, "clerk")}
    data = AuditEntry.objects.get(action="accounts.move").data
    assert data["old"].endswith("信息员")
    assert data["reason"] == "云人〔2026〕8号"


def test_a_move_that_is_none_is_refused_and_changes_nothing(cluster, friday):
    moving = {"roles": [Role.EDITOR], "by": cluster.security_admin, "at": friday, "reason": ""}
    for old, new in ((cluster.other_bureau, cluster.bureau), (cluster.bureau, cluster.bureau)):
        with pytest.raises(Refused):
            actions.move(cluster.editor, old=old, new=new, **moving)
    with pytest.raises(Refused, match="互不兼任"):
        actions.move(cluster.editor, old=cluster.bureau, new=cluster.city, **{**moving, "roles": [Role.AUDIT_ADMIN]})

    assert Membership.objects.get(user=cluster.editor).unit == cluster.bureau


def test_leaving_takes_everything_and_says_what_is_still_owed(cluster, friday, client):
    draft, waiting = cluster.draft("写了一半"), cluster.submitted("送审未完")
    client.force_login(cluster.security_admin)
    page = client.get(reverse("accounts_leave", args=[cluster.editor.pk])).text
    assert f"信息第 {draft.pk} 号" in page
    assert f"信息第 {waiting.page_id} 号" in page
    assert "写了一半" not in page  # a draft's words are none of the security administrator's affairs
    assert "送审未完" not in page

    client.post(reverse("accounts_leave", args=[cluster.editor.pk]), {"reason": "退休"})

    person = User.objects.get(pk=cluster.editor.pk)
    assert (person.is_active, person.memberships.count()) == (False, 0)
    assert AuditEntry.objects.get(action="accounts.leave").data["owed"] >= 2


def test_nobody_suspends_themselves(cluster, friday):
    with pytest.raises(Refused, match="自己"):
        actions.suspend(cluster.security_admin, by=cluster.security_admin, at=friday, reason="累了")


def test_an_idle_account_is_warned_four_times_and_suspended(cluster, friday, settings):
    settings.IDLE_DAYS = 45
    for day in range(46):
        idle.sweep(friday + timedelta(days=day))

    warned = AuditEntry.objects.filter(action="accounts.idle_warn", target_id=str(cluster.editor.pk)).order_by("seq")
    assert [entry.data["left"] for entry in warned] == [14, 7, 3, 1]
    assert not User.objects.get(pk=cluster.editor.pk).is_active


def test_the_last_of_the_three_administrators_stays_and_the_second_goes(cluster, friday, settings):
    settings.IDLE_DAYS = 45
    second = a_person("audit-2", Role.AUDIT_ADMIN, cluster.city, at=friday, kind="audit_admin")

    idle.sweep(friday + timedelta(days=45))

    active = User.objects.filter(is_active=True).values_list("username", flat=True)
    assert {"system_admin", "security_admin"} <= set(active)
    assert (cluster.audit_admin.username in active) != (second.username in active)


def test_being_reinstated_starts_the_count_again(cluster, friday, settings):
    settings.IDLE_DAYS = 45
    idle.sweep(friday + timedelta(days=45))
    later = friday + timedelta(days=50)
    actions.reinstate(User.objects.get(pk=cluster.editor.pk), by=cluster.security_admin, at=later)

    idle.sweep(later)

    assert User.objects.get(pk=cluster.editor.pk).is_active


def test_the_list_of_roles_is_confirmed_as_it_was_seen(cluster, friday, client):
    digest, rows = report.digest_of_list()
    actions.grant(cluster.editor, Role.CLERK, cluster.bureau, by=cluster.security_admin, at=friday)
    with pytest.raises(Refused, match="有变动"):
        report.confirm_list(seen=digest, remark="", by=cluster.security_admin, at=friday)
    client.force_login(cluster.security_admin)

    client.post(reverse("accounts_review"), {"seen": report.digest_of_list()[0], "remark": "已核"})

    review = RoleReview.objects.get()
    assert (review.by, review.rows) == (cluster.security_admin, rows + 1)
    assert "与现在相同" in client.get(reverse("accounts_review")).text


def test_the_audit_administrator_reads_the_list_and_confirms_nothing(cluster, client, friday):
    client.force_login(cluster.audit_admin)

    assert "云州市教育局" in client.get(reverse("accounts_report")).text
    assert "确认清单无误" not in client.get(reverse("accounts_review")).text
    with pytest.raises(Refused):
        report.confirm_list(seen=report.digest_of_list()[0], remark="", by=cluster.audit_admin, at=friday)


def test_the_exported_list_runs_no_formula(cluster, client, friday):
    person = a_person("formula", Role.EDITOR, cluster.bureau, at=friday)
    User.objects.filter(pk=person.pk).update(first_name='=HYPERLINK("http://evil","x")')
    client.force_login(cluster.security_admin)

    response = client.get(reverse("accounts_report"), {"export": "csv"})

    assert "'=HYPERLINK" in b"".join(response).decode("utf-8-sig")
    response.close()


def test_an_office_without_an_auditor_is_told_so(cluster, friday):
    assert three_administrators() == []
    Membership.objects.filter(role="audit_admin").delete()

    assert [error.id for error in three_administrators()] == ["accounts.E001"]


@pytest.mark.parametrize("code", ["", "原因充分", "000000"])
def test_a_code_without_a_secret_is_refused_and_no_error(cluster, friday, code):
    with pytest.raises(Refused, match="动态口令"):
        factors.add_totp(cluster.editor, "", code, at=friday)
