"""The door: password, second factor, passkey, recovery code, password that is too old; nothing opens before."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from jiyue.accounts import actions, factors
from jiyue.accounts.models import AuditEntry, Factor, RecoveryCode, User
from jiyue.common.errors import Refused
from tests.accounts.kit import LOGIN, Authenticator, an_app, code_of, is_in, options_on, secret_on, sign_in


FACTOR, ENROL, EXPIRED = (reverse(f"accounts_{name}") for name in ("factor", "enrol_factor", "expired"))
NEW = "山高-River-2026-月小"


@pytest.fixture
def required(settings):
    settings.SECOND_FACTOR = "required"


def test_the_right_password_opens_and_the_trail_says_so(client, cluster):
    response = sign_in(client, "editor", next="/admin/roles/")

    assert response.url == "/admin/roles/"
    assert is_in(client)
    assert AuditEntry.objects.filter(action="accounts.login", user=cluster.editor).exists()


@pytest.mark.parametrize(
    "following", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"]
)
def test_nobody_is_led_elsewhere_after_login(client, cluster, following):
    assert sign_in(client, "editor", next=following).url == "/admin/"


def test_a_wrong_name_a_wrong_password_and_a_suspended_account_look_alike(client, cluster, friday):
    actions.suspend(cluster.outsider, by=None, at=friday, reason="调离")
    tries = [("editor", "falsch"), ("nobody", "falsch"), ("outsider", "yunzhou-2026-demo"), ("outsider", "falsch")]

    pages = [sign_in(client, *pair).text.split("<main")[1].split("csrfmiddlewaretoken")[0] for pair in tries]

    assert len({page.replace(name, "") for page, (name, _) in zip(pages, tries, strict=True)}) == 1
    assert not is_in(client)


def test_somebody_without_a_role_stays_outside(client, cluster, friday):
    actions.enrol(username="bare", name="无岗", by=None, at=friday, password="yunzhou-2026-demo")

    assert "还没有角色" in sign_in(client, "bare").text


def test_without_a_factor_nothing_opens_but_enrolment(client, cluster, required, clock):
    assert sign_in(client, "editor").url == ENROL

    for address in ("/admin/", "/admin/account/", "/admin/roles/", "/documents/1/x.pdf"):
        assert LOGIN in client.get(address).url
    assert client.get(FACTOR).url == ENROL
    assert client.post(reverse("accounts_onwards")).url == ENROL


def test_a_person_enrols_an_app_gets_ten_codes_and_is_in(client, cluster, required, clock):
    sign_in(client, "editor")
    shown = client.get(ENROL).text
    secret = secret_on(shown)
    assert "<path" in shown.split('class="bo-qr"')[1].split("</div>")[0]

    page = client.post(ENROL, {"code": code_of(secret, clock.at)}, REMOTE_ADDR="10.0.0.8").text

    assert page.count("<li><code>") == 10
    assert not is_in(client)
    assert client.post(reverse("accounts_onwards"), REMOTE_ADDR="10.0.0.8").url == "/admin/"
    assert is_in(client)
    sealed = bytes(Factor.objects.get(user=cluster.editor).secret)
    assert secret.encode() not in sealed
    assert all(code not in str(RecoveryCode.objects.values_list("digest")) for code in page.split("<li><code>")[1:])


def test_a_wrong_first_code_enrols_nothing_and_keeps_the_picture(client, cluster, required, clock):
    sign_in(client, "editor")
    secret = secret_on(client.get(ENROL).text)

    page = client.post(ENROL, {"code": "000000"}).text

    assert "动态口令不对" in page
    assert secret_on(page) == secret
    assert not Factor.objects.exists()


def test_a_code_opens_once(client, cluster, required, clock):
    secret, _codes = an_app(cluster.editor, clock.at)
    code = code_of(secret, clock.at)
    assert sign_in(client, "editor").url == FACTOR
    assert client.post(FACTOR, {"code": code}, REMOTE_ADDR="10.0.0.8").url == "/admin/"

    other = Client()
    sign_in(other, "editor")

    assert "没有通过" in other.post(FACTOR, {"code": code}, REMOTE_ADDR="10.0.0.8").text
    assert not is_in(other)


def test_a_code_of_long_ago_opens_nothing(client, cluster, required, clock):
    secret, _codes = an_app(cluster.editor, clock.at)
    code = code_of(secret, clock.at)
    clock.forward(seconds=95)
    sign_in(client, "editor")

    assert client.post(FACTOR, {"code": code}).status_code == 200


def test_a_recovery_code_opens_once_and_the_trail_says_how_many_are_left(client, cluster, required, clock):
    _secret, codes = an_app(cluster.editor, clock.at)
    sign_in(client, "editor")
    assert client.post(FACTOR, {"code": codes[0].upper()}, REMOTE_ADDR="10.0.0.8").url == "/admin/"

    other = Client()
    sign_in(other, "editor")

    assert other.post(FACTOR, {"code": codes[0]}, REMOTE_ADDR="10.0.0.8").status_code == 200
    assert AuditEntry.objects.get(action="accounts.recovery_used").data == {"left": 9}


def test_a_passkey_is_enrolled_and_opens_and_its_answer_serves_once(client, cluster, required, clock):
    key = Authenticator()
    sign_in(client, "editor")
    client.post(ENROL, {"passkey": key.create(options_on(client.get(ENROL).text))})
    client.post(reverse("accounts_onwards"), REMOTE_ADDR="10.0.0.8")
    assert is_in(client)

    other = Client()
    sign_in(other, "editor")
    answer = key.get(options_on(other.get(FACTOR).text))
    assert other.post(FACTOR, {"passkey": answer}, REMOTE_ADDR="10.0.0.8").url == "/admin/"

    thief = Client()
    sign_in(thief, "editor")
    thief.get(FACTOR)
    assert thief.post(FACTOR, {"passkey": answer}, REMOTE_ADDR="10.0.0.8").status_code == 200


def test_a_passkey_made_for_another_site_is_refused(client, cluster, required, clock):
    sign_in(client, "editor")
    options = options_on(client.get(ENROL).text)

    page = client.post(ENROL, {"passkey": Authenticator(origin="https://evil.example").create(options)}).text

    assert "没有登记成功" in page
    assert not Factor.objects.exists()


def test_a_link_sets_the_password_but_never_passes_the_factor(client, cluster, required, clock):
    an_app(cluster.editor, clock.at)
    link = reverse("accounts_first", args=actions.issue_link(cluster.editor, by=cluster.security_admin, at=clock.at))

    client.post(link, {"password": NEW, "again": NEW})

    assert not is_in(client)
    assert sign_in(client, "editor", NEW).url == FACTOR


def test_waiting_too_long_at_the_door_starts_over(client, cluster, required, clock):
    secret, _codes = an_app(cluster.editor, clock.at)
    sign_in(client, "editor")
    clock.forward(minutes=16)

    assert client.post(FACTOR, {"code": code_of(secret, clock.at)}).url == LOGIN


def test_a_password_changed_meanwhile_ends_the_wait_at_the_door(client, cluster, required, clock):
    secret, _codes = an_app(cluster.editor, clock.at)
    sign_in(client, "editor")
    actions.set_password(User.objects.get(pk=cluster.editor.pk), NEW, at=clock.at)

    assert client.post(FACTOR, {"code": code_of(secret, clock.at)}).url == LOGIN


def test_an_expired_password_leads_to_a_new_one_and_nothing_else_opens(client, cluster, settings, clock):
    settings.PASSWORD_MAX_DAYS = 90
    User.objects.filter(pk=cluster.editor.pk).update(password_at=clock.at - timedelta(days=90))
    assert sign_in(client, "editor").url == EXPIRED
    assert LOGIN in client.get("/admin/").url

    assert "最近用过" in client.post(EXPIRED, {"password": "yunzhou-2026-demo", "again": "yunzhou-2026-demo"}).text
    assert client.post(EXPIRED, {"password": NEW, "again": NEW}, REMOTE_ADDR="10.0.0.8").url == "/admin/"

    assert is_in(client)


def test_the_factor_comes_before_the_change_of_an_old_password(client, cluster, settings, required, clock):
    settings.PASSWORD_MAX_DAYS = 90
    User.objects.filter(pk=cluster.editor.pk).update(password_at=clock.at - timedelta(days=91))
    secret, _codes = an_app(cluster.editor, clock.at)

    sign_in(client, "editor")

    assert client.get(EXPIRED).url == FACTOR
    assert client.post(FACTOR, {"code": code_of(secret, clock.at)}).url == EXPIRED


def test_lost_factors_are_reset_by_another_security_administrator_only(cluster, friday, client, required, clock):
    an_app(cluster.editor, clock.at)
    for person in (cluster.editor, cluster.system_admin, cluster.supervisor):
        with pytest.raises(Refused):
            factors.reset(cluster.editor, by=person, at=friday, reason="手机丢失")
    with pytest.raises(Refused, match="自己"):
        factors.reset(cluster.security_admin, by=cluster.security_admin, at=friday, reason="手机丢失")

    factors.reset(cluster.editor, by=cluster.security_admin, at=friday, reason="手机丢失")

    assert sign_in(client, "editor").url == ENROL
    assert AuditEntry.objects.get(action="accounts.factor_reset").data == {"reason": "手机丢失"}


def test_the_last_factor_stays_while_one_is_required(cluster, required, clock):
    an_app(cluster.editor, clock.at)

    with pytest.raises(Refused, match="至少保留一种"):
        factors.remove(cluster.editor.factors.get(), by=cluster.editor, at=clock.at)
    with pytest.raises(Refused, match="自己"):
        factors.remove(cluster.editor.factors.get(), by=cluster.security_admin, at=clock.at)


def test_whoever_enrolled_is_asked_even_where_nobody_must(client, cluster, clock):
    an_app(cluster.editor, clock.at)

    assert sign_in(client, "editor").url == FACTOR


def test_a_session_made_past_the_door_is_worth_nothing_where_a_factor_is_required(client, cluster, required):
    client.force_login(cluster.editor)

    assert not is_in(client)
