"""People, roles and the three administrators."""

import re

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from jiyue.accounts import actions
from jiyue.accounts.audit import record
from jiyue.accounts.management.commands import init
from jiyue.accounts.models import Membership, User
from jiyue.accounts.permissions import can, holders, units_where
from jiyue.accounts.roles import ADMINISTRATORS, MATRIX, Role, Verb
from jiyue.common.errors import Refused


def test_a_role_reaches_its_unit_and_no_other(cluster):
    assert can(cluster.editor, Verb.WRITE, cluster.bureau)
    assert not can(cluster.editor, Verb.WRITE, cluster.other_bureau)
    assert not can(cluster.editor, Verb.WRITE, cluster.city)
    assert not can(cluster.editor, Verb.WRITE, None)


def test_a_supervisor_reaches_everything_below(cluster, friday):
    actions.grant(cluster.supervisor, Role.SUPERVISOR, cluster.city, by=None, at=friday)
    supervisor = User.objects.get(pk=cluster.supervisor.pk)

    assert set(units_where(supervisor, Verb.SUPERVISE)) == {cluster.city, cluster.bureau, cluster.other_bureau}
    assert supervisor in holders(Verb.SUPERVISE, cluster.other_bureau)


def test_a_suspended_person_may_do_nothing(cluster, friday):
    actions.suspend(cluster.editor, by=cluster.security_admin, at=friday, reason="调离")

    assert not can(User.objects.get(pk=cluster.editor.pk), Verb.WRITE, cluster.bureau)


@pytest.mark.clause("Y-1")
def test_only_the_security_administrator_grants_and_never_to_herself(cluster, friday):
    with pytest.raises(Refused, match="安全管理员"):
        actions.grant(cluster.editor, Role.REVIEWER, cluster.bureau, by=cluster.system_admin, at=friday)
    with pytest.raises(Refused, match="自己"):
        actions.grant(cluster.security_admin, Role.SECURITY_ADMIN, cluster.bureau, by=cluster.security_admin, at=friday)

    actions.grant(cluster.editor, Role.CLERK, cluster.bureau, by=cluster.security_admin, at=friday)
    assert can(User.objects.get(pk=cluster.editor.pk), Verb.ANSWER, cluster.bureau)


@pytest.mark.parametrize("role", sorted(ADMINISTRATORS))
def test_administrators_hold_nothing_else(cluster, friday, role):
    with pytest.raises(Refused, match="互不兼任"):
        actions.grant(cluster.people[role], Role.EDITOR, cluster.bureau, by=None, at=friday)
    with pytest.raises(Refused, match="互不兼任"):
        actions.grant(cluster.editor, Role(role), cluster.bureau, by=None, at=friday)


def test_the_database_keeps_administrators_apart(cluster):
    with pytest.raises(IntegrityError, match="membership_administrators_apart"), transaction.atomic():
        Membership.objects.filter(user=cluster.editor).update(role="audit_admin")
    with pytest.raises(IntegrityError, match="nobody_is_a_superuser"), transaction.atomic():
        User.objects.filter(pk=cluster.editor.pk).update(is_superuser=True)


def test_no_administrator_touches_content_and_no_role_does_everything():
    content = {Verb.READ, Verb.WRITE, Verb.REVIEW, Verb.CLEAR, Verb.SIGN, Verb.EMERGENCY}

    assert not any(MATRIX[role] & content for role in ADMINISTRATORS)
    assert all(len(verbs) < len(Verb) / 2 for verbs in MATRIX.values())


def test_an_act_without_a_transaction_leaves_no_lonely_trace(transactional_db):
    with pytest.raises(transaction.TransactionManagementError):
        record(User(pk=1, username="x"), "accounts.reinstate", by=None, at=None)


def test_init_gives_a_link_that_works_once_and_no_password(client, cluster, capsys, monkeypatch, settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    monkeypatch.setattr(init, "in_use", lambda: False)
    call_command("init", "--unit", "青禾县人民政府", "--code", "qinghe", "--level", "county", "--username", "first")
    path = re.search(r"/admin/first/\S+", capsys.readouterr().out)[0]
    assert not client.login(username="first", password="")

    form = {"password": "qinghe-2026-river", "again": "qinghe-2026-river"}
    fields = re.findall(r'type="password" name="(\w+)"', client.get(path).content.decode())
    client.post(path, dict(zip(fields, form.values(), strict=True)))

    assert client.login(username="first", password="qinghe-2026-river")
    assert client.get(path).status_code == 410


def test_init_on_an_installation_in_use_changes_nothing(cluster, settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    people = User.objects.count()

    with pytest.raises(CommandError, match="已经安装过"):
        call_command("init", "--unit", "青禾县人民政府", "--code", "qinghe")
    assert User.objects.count() == people
