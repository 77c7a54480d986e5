"""Sessions end when they must, in every process; grave acts ask again; staff come from their networks."""

import pytest
from django.core.management import CommandError, call_command
from django.test import Client, RequestFactory
from django.urls import reverse

from jiyue.accounts import actions, profiles
from jiyue.accounts.models import AuditEntry, Membership, Sitting, User
from jiyue.accounts.network import address_of
from jiyue.accounts.roles import Role
from tests.accounts.kit import LOGIN, PASSWORD, is_in, sign_in


@pytest.mark.parametrize(("username", "minutes"), [("editor", 30), ("security_admin", 10)])
def test_who_does_nothing_is_out(client, cluster, clock, username, minutes):
    sign_in(client, username)
    clock.forward(minutes=minutes - 1)
    assert is_in(client)
    clock.forward(minutes=minutes)

    assert not is_in(client)


def test_an_open_editor_keeps_nobody_logged_in(client, cluster, clock):
    sign_in(client, "editor")
    for _minutes in range(7):
        clock.forward(minutes=5)
        client.post("/admin/editing-sessions/ping/wagtailcore/page/1/1/", REMOTE_ADDR="10.0.0.8")

    assert not is_in(client)


def test_twelve_hours_are_the_longest_day(client, cluster, clock):
    sign_in(client, "editor")
    for _hour in range(36):
        clock.forward(minutes=20)
        is_in(client)

    assert not is_in(client)


def test_login_gives_a_new_session_number(client, cluster):
    client.get(LOGIN)
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    client.cookies["sessionid"] = session.session_key
    before = session.session_key

    sign_in(client, "editor")

    assert client.session.session_key != before
    assert "planted" not in client.session


def test_a_new_role_gives_a_new_session_number_and_the_old_one_is_dead(client, cluster, friday):
    sign_in(client, "editor")
    before = client.cookies["sessionid"].value
    actions.grant(cluster.editor, Role.CLERK, cluster.bureau, by=cluster.security_admin, at=friday)
    assert is_in(client)

    thief = Client()
    thief.cookies["sessionid"] = before

    assert client.cookies["sessionid"].value != before
    assert not is_in(thief)


@pytest.mark.parametrize(
    "act",
    [
        lambda person, by, at: actions.suspend(person, by=by, at=at, reason="调离"),
        lambda person, by, at: actions.set_password(person, "山高-River-2026-月小", at=at),
        lambda person, by, at: actions.issue_link(person, by=by, at=at),
    ],
)
def test_all_sessions_die(client, cluster, friday, act):
    other = Client()
    sign_in(client, "editor")
    sign_in(other, "editor")

    act(User.objects.get(pk=cluster.editor.pk), cluster.security_admin, friday)

    assert not is_in(client)
    assert not is_in(other)


def test_an_administrator_sits_in_one_place_and_staff_in_three(cluster):
    for username, most in (("audit_admin", 1), ("editor", 3)):
        clients = [Client() for _number in range(most + 1)]
        for one in clients:
            sign_in(one, username)

        assert [is_in(one) for one in clients] == [False] + [True] * most


def test_one_ends_ones_other_sessions_and_the_security_administrator_all(client, cluster):
    other = Client()
    sign_in(client, "editor")
    sign_in(other, "editor")
    client.post(reverse("accounts_end_others"), REMOTE_ADDR="10.0.0.8")
    assert (is_in(client), is_in(other)) == (True, False)

    security = Client()
    security.force_login(cluster.security_admin)
    security.post(reverse("accounts_end_sessions", args=[cluster.editor.pk]))

    assert not is_in(client)
    assert AuditEntry.objects.filter(action="accounts.sessions_end").count() == 2


def test_logging_out_ends_the_row(client, cluster):
    sign_in(client, "editor")
    client.post("/admin/logout/", REMOTE_ADDR="10.0.0.8")

    assert not Sitting.objects.filter(user=cluster.editor).exists()
    assert AuditEntry.objects.filter(action="accounts.logout").exists()


def test_no_link_of_a_stranger_logs_anybody_out(client, cluster):
    sign_in(client, "editor")

    answer = client.get(reverse("wagtailadmin_logout"))

    assert (answer.status_code, "sessionid" in answer.cookies) == (405, False)
    assert is_in(client)


def test_a_grave_act_asks_again_and_loses_nothing(client, cluster, clock):
    sign_in(client, "security_admin")
    clock.forward(minutes=6)
    person = reverse("accounts_person", args=[cluster.editor.pk])
    form = {"unit": cluster.bureau.pk, "role": "clerk"}

    asked = client.post(person, form, REMOTE_ADDR="10.0.0.8").text
    assert "再次验证身份" in asked
    assert f'name="unit" value="{cluster.bureau.pk}"' in asked
    assert "没有通过" in client.post(person, {**form, "_proof": "falsch"}, REMOTE_ADDR="10.0.0.8").text
    assert not Membership.objects.filter(user=cluster.editor, role="clerk").exists()

    client.post(person, {**form, "_proof": PASSWORD}, REMOTE_ADDR="10.0.0.8")

    assert Membership.objects.filter(user=cluster.editor, role="clerk").exists()


def test_an_export_of_people_asks_again_first(client, cluster, clock):
    sign_in(client, "security_admin")
    export = reverse("accounts_report") + "?export=csv"
    assert client.get(export, REMOTE_ADDR="10.0.0.8")["Content-Type"].startswith("text/csv")
    clock.forward(minutes=6)

    asked = client.get(export, REMOTE_ADDR="10.0.0.8")
    answer = client.post(asked.url, {"_proof": PASSWORD}, REMOTE_ADDR="10.0.0.8")

    assert "/account/confirm/" in asked.url
    assert answer.url == export


def test_one_changes_ones_password_and_stays(client, cluster):
    other = Client()
    sign_in(other, "editor")
    sign_in(client, "editor")
    given = {"old": PASSWORD, "password": "山高-River-2026-月小", "again": "山高-River-2026-月小"}
    wrong = client.post(reverse("accounts_password"), {**given, "old": "falsch"}, REMOTE_ADDR="10.0.0.8")
    assert "现在的密码不对" in wrong.text

    client.post(reverse("accounts_password"), given, REMOTE_ADDR="10.0.0.8")

    assert (is_in(client), is_in(other)) == (True, False)


def test_nobody_renames_themselves(client, cluster):
    client.force_login(cluster.editor)
    client.post(reverse("accounts_preferences"), {"name_email-first_name": "局长", "name_email-email": "x@example.cn"})

    assert User.objects.get(pk=cluster.editor.pk).first_name == cluster.editor.first_name


def test_the_back_office_answers_to_the_staffs_networks_only(client, cluster, settings):
    settings.STAFF_NETWORKS = profiles.networks("10.0.0.0/8, 2001:db8::/32")
    settings.TRUSTED_PROXIES = ["127.0.0.1"]

    inside = client.get(LOGIN, REMOTE_ADDR="10.1.2.3")
    outside = client.get(LOGIN, REMOTE_ADDR="203.0.113.9")
    forged = client.get(LOGIN, REMOTE_ADDR="203.0.113.9", HTTP_X_FORWARDED_FOR="10.1.2.3")
    through = client.get(LOGIN, REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="10.9.9.9, 203.0.113.9")

    assert [answer.status_code for answer in (inside, outside, forged, through)] == [200, 403, 403, 403]
    assert "只对办公网络开放" in outside.text
    assert AuditEntry.objects.filter(action="accounts.network_refused", target_name="203.0.113.9").count() == 1


def test_a_role_is_used_from_its_networks_only(client, cluster, settings):
    settings.ROLE_NETWORKS = profiles.networks_by_role("security_admin=10.1.0.0/16; audit_admin=10.2.0.0/16")

    assert sign_in(client, "security_admin", address="10.9.9.9").status_code == 403
    sign_in(client, "security_admin", address="10.1.9.9")
    assert is_in(client, "10.1.9.9")
    assert client.get("/admin/", REMOTE_ADDR="10.9.9.9").status_code == 403


@pytest.mark.parametrize(
    ("peer", "forwarded", "seen"),
    [
        ("198.51.100.1", "", "198.51.100.1"),
        ("198.51.100.1", "10.0.0.1", "198.51.100.1"),
        ("127.0.0.1", "10.0.0.1, 198.51.100.7", "198.51.100.7"),
        ("127.0.0.1", "10.0.0.1, 198.51.100.7, 127.0.0.1", "198.51.100.7"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("::ffff:198.51.100.1", "", "198.51.100.1"),
        ("", "", None),
    ],
)
def test_the_address_is_what_the_connection_and_our_own_proxies_say(settings, peer, forwarded, seen):
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    request = RequestFactory().get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded)

    assert (str(address_of(request)) if address_of(request) else None) == seen


@pytest.mark.parametrize("command", ["createsuperuser", "changepassword"])
def test_djangos_back_doors_are_shut(command):
    with pytest.raises(CommandError, match=r"超级用户|本人设置"):
        call_command(command, "admin")
