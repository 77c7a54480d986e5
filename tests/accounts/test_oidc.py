"""Single sign-on against a provider of our own, over real HTTP, with tokens that are really signed - or are not."""

import pytest
from django.test import Client
from django.urls import reverse

from jiyue.accounts.models import User
from tests.accounts.kit import is_in
from tests.accounts.provider import Provider


START, BACK = reverse("accounts_oidc"), reverse("accounts_oidc_callback")


@pytest.fixture(scope="module")
def running():
    provider = Provider()
    yield provider
    provider.close()


@pytest.fixture
def provider(running, settings):
    running.claims, running.header, running.forged = {"preferred_username": "editor"}, {}, False
    settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = running.issuer, "jiyue", "geheim"
    settings.BASE_URL = "http://testserver"
    return running


def come(client, provider):
    asked = client.get(START, {"next": "/admin/roles/"}, REMOTE_ADDR="10.0.0.8").url
    return client.get(BACK, provider.approve(asked), REMOTE_ADDR="10.0.0.8")


def test_a_person_comes_in_and_is_bound_to_the_providers_number(client, cluster, provider):
    assert come(client, provider).url == "/admin/roles/"

    assert is_in(client)
    assert User.objects.get(username="editor").subject == "s-1"


def test_what_is_asked_has_state_nonce_and_pkce_and_our_own_address(client, cluster, provider):
    asked = client.get(START, headers={"host": "evil.example"}, REMOTE_ADDR="10.0.0.8")
    assert asked.status_code == 404

    asked = client.get(START).url
    assert all(f"{part}=" in asked for part in ("state", "nonce", "code_challenge"))
    assert "redirect_uri=http%3A%2F%2Ftestserver%2Fadmin" in asked


@pytest.mark.parametrize(
    "lie",
    [
        {"iss": "https://evil.example"}, {"aud": "another"}, {"exp": 1}, {"exp": None}, {"nonce": "another"},
        {"nonce": None}, {"sub": None}, {"iss": None}, {"aud": None},
    ],
    ids=str,
)  # fmt: skip
def test_a_token_with_a_wrong_claim_opens_nothing(client, cluster, provider, lie):
    provider.claims |= lie

    come(client, provider)

    assert not is_in(client)
    assert User.objects.get(username="editor").subject is None


def test_a_token_signed_by_somebody_else_opens_nothing(client, cluster, provider):
    provider.forged = True

    come(client, provider)

    assert not is_in(client)


def test_an_answer_without_our_state_or_twice_opens_nothing(client, cluster, provider):
    asked = client.get(START).url
    answer = provider.approve(asked)
    assert not is_in(Client())
    other = Client()
    other.get(BACK, answer)
    assert not is_in(other)

    other.get(START)
    other.get(BACK, {**answer, "state": "made-up"})
    assert not is_in(other)


def test_nobody_unknown_gets_an_account(client, cluster, provider):
    provider.claims = {"preferred_username": "stranger", "sub": "s-9"}

    come(client, provider)

    assert not is_in(client)
    assert not User.objects.filter(username="stranger").exists()


def test_a_name_given_to_somebody_else_later_opens_nothing(client, cluster, provider):
    come(client, provider)
    provider.claims["sub"] = "s-2"
    other = Client()

    come(other, provider)

    assert not is_in(other)


def test_an_address_counts_only_when_the_provider_has_verified_it(client, cluster, provider, settings):
    settings.OIDC_CLAIM = "email"
    User.objects.filter(username="editor").update(email="Editor@yunzhou.example")
    for verified, comes_in in ((False, False), (None, False), ("true", False), (True, True)):
        provider.claims = {"email": "editor@yunzhou.example", "email_verified": verified}
        come(client, provider)
        assert is_in(client) is comes_in


def test_the_three_administrators_come_by_password_unless_allowed(client, cluster, provider, settings):
    provider.claims = {"preferred_username": "security_admin"}
    come(client, provider)
    assert not is_in(client)

    settings.OIDC_ADMINISTRATORS = True
    come(client, provider)
    assert is_in(client)


def test_the_factor_is_waived_only_when_the_provider_says_it_asked_for_one(client, cluster, provider, settings):
    settings.SECOND_FACTOR, settings.OIDC_STRONG = "required", ["mfa"]
    assert come(client, provider).url == reverse("accounts_enrol_factor")
    assert not is_in(client)

    provider.claims |= {"amr": ["pwd", "mfa"]}
    come(client, provider)
    assert is_in(client)


def test_suspended_people_and_foreign_networks_are_refused_here_too(client, cluster, provider, settings):
    User.objects.filter(username="editor").update(is_active=False)
    come(client, provider)
    assert not is_in(client)


def test_without_a_provider_there_is_no_such_door(client, cluster):
    assert client.get(START).url == reverse("wagtailadmin_login")
    assert client.get(BACK, {"code": "x", "state": "y"}).url == reverse("wagtailadmin_login")
