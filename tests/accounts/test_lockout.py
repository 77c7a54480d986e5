"""Guessing ends soon; the owner comes in all the same."""

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from jiyue.accounts import actions, lockout
from jiyue.accounts.models import AuditEntry, GuessCount, User
from jiyue.common.errors import Refused
from tests.accounts.kit import PASSWORD, an_app, code_of, is_in, sign_in


def guess(username="editor", times=5, address="203.0.113.5", client=None):
    for number in range(times):
        sign_in(client or Client(), username, f"falsch-{number}", address=address)


def test_after_five_wrong_passwords_the_right_one_is_refused_for_half_an_hour(cluster, clock, client):
    guess()
    assert sign_in(client, "editor", address="203.0.113.5").status_code == 200

    clock.forward(minutes=31)

    assert sign_in(client, "editor", address="203.0.113.5").status_code == 302


def test_the_owner_comes_in_from_another_address(cluster, clock, client):
    guess()

    assert sign_in(client, "editor", address="10.0.0.8").status_code == 302


def test_guesses_from_everywhere_keep_out_strangers_but_not_the_device_of_the_owner(cluster, clock, client):
    sign_in(client, "editor")
    client.post("/admin/logout/", REMOTE_ADDR="10.0.0.8")
    for number in range(30):
        guess(times=1, address=f"203.0.113.{number}")

    assert sign_in(Client(), "editor", address="10.9.9.9").status_code == 200
    assert sign_in(client, "editor", address="10.9.9.9").status_code == 302


def test_the_cookie_of_a_device_serves_no_other_account(cluster, clock, client):
    sign_in(client, "editor")
    client.post("/admin/logout/", REMOTE_ADDR="10.0.0.8")
    guess("reviewer", address="10.0.0.8", client=client)

    assert GuessCount.objects.get(account=lockout.account_of("reviewer"), origin="10.0.0.8").count == 5


def test_one_address_cannot_try_everybody(cluster, clock, settings, client):
    settings.LOCKOUT_FAILURES_ADDRESS = 6
    for name in ("editor", "reviewer", "clerk"):
        guess(name, times=2)

    assert sign_in(client, "supervisor", address="203.0.113.5").status_code == 200
    assert sign_in(client, "supervisor", address="203.0.113.6").status_code == 302


def test_names_that_do_not_exist_are_counted_alike(cluster, clock, client):
    guess("nobody")

    assert GuessCount.objects.get(account=lockout.account_of("nobody"), origin="203.0.113.5").count == 5
    assert AuditEntry.objects.filter(action="accounts.login_failed", target_name="no…").count() == 5


def test_success_forgets_the_persons_own_slips(cluster, clock, client):
    guess(times=4, address="10.0.0.8")
    sign_in(client, "editor")

    assert not GuessCount.objects.filter(account=lockout.account_of("editor"), origin="10.0.0.8").exists()


def test_the_security_administrator_alone_unlocks_and_it_is_recorded(cluster, clock, client):
    guess()
    with pytest.raises(Refused):
        actions.unlock(cluster.editor, by=cluster.system_admin, at=clock.at)
    client.force_login(cluster.security_admin)
    assert "解除锁定" in client.get("/admin/").text

    client.post(reverse("accounts_unlock", args=[cluster.editor.pk]))

    assert sign_in(Client(), "editor", address="203.0.113.5").status_code == 302
    assert AuditEntry.objects.filter(action="accounts.unlock", user=cluster.security_admin).exists()


def test_codes_are_counted_too(cluster, clock, client, settings):
    settings.SECOND_FACTOR = "required"
    secret, _codes = an_app(cluster.editor, clock.at)
    sign_in(client, "editor")
    for _number in range(5):
        client.post(reverse("accounts_factor"), {"code": "000000"}, REMOTE_ADDR="10.0.0.8")

    client.post(reverse("accounts_factor"), {"code": code_of(secret, clock.at)}, REMOTE_ADDR="10.0.0.8")

    assert not is_in(client)


def test_an_ipv6_customer_counts_once():
    seen = {
        lockout.address_origin(RequestFactory().get("/", REMOTE_ADDR=f"2001:db8:1:2::{number:x}"))
        for number in range(1, 5)
    }

    assert seen == {"2001:db8:1:2::/64"}


def test_what_has_run_out_is_forgotten(cluster, clock):
    guess(times=1)
    clock.forward(minutes=31)

    assert lockout.forget(clock.at) == 3


def test_the_right_password_is_really_the_casts(cluster):
    assert User.objects.get(username="editor").check_password(PASSWORD)
