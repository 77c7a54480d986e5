"""Attacks on the door: guesses from everywhere, names tried out, codes used twice, sessions planted and stolen."""

import re
import time
from collections import Counter
from pathlib import Path
from random import Random
from statistics import median

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client, RequestFactory
from django.urls import get_resolver, reverse

from jiyue.accounts import door, factors, lockout
from jiyue.accounts.models import GuessCount, Membership, Sitting, User
from jiyue.common.errors import Refused
from tests.accounts.kit import LOGIN, PASSWORD, Clock, an_app, code_of, is_in, sign_in
from tests.accounts.provider import Provider


ACCOUNTS, ADDRESSES = 200, 1_000


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


@pytest.fixture
def cast(cluster):
    encoded = make_password(PASSWORD)
    User.objects.update(password=encoded)
    for person in cluster.people.values():
        person.password = encoded
    return cluster


def a_crowd(unit):
    encoded = make_password("nobody-Guesses-7-this")
    people = User.objects.bulk_create(
        [User(username=f"crowd-{number}", first_name="众", password=encoded) for number in range(ACCOUNTS)]
    )
    Membership.objects.bulk_create(
        [Membership(user=user, unit=unit, role="clerk", user_kind="staff") for user in people]
    )
    return people


@pytest.mark.promise(
    "login", "从上千个地址猜密码，一个也猜不中，本人照常能进", "每账号每时间窗只核对 20 次、每来源 5 次，成功 0 次"
)
def test_guesses_from_everywhere(cast, clock, size, measured, settings):
    settings.LOCKOUT_FAILURES_ADDRESS = 10_000  # only the bounds of the accounts are attacked here
    people, chance, guesses = a_crowd(cast.bureau), Random(8), size(1_000, 100_000)
    owner = people[0]
    User.objects.filter(pk=owner.pk).update(password=make_password(PASSWORD))
    home = Client()
    assert sign_in(home, owner.username).status_code == 302
    home.post("/admin/logout/", REMOTE_ADDR="10.0.0.8")
    evaluated, succeeded, make = Counter(), 0, RequestFactory()
    began = time.perf_counter()

    for number in range(guesses):
        name = owner.username if number % 20 == 0 else f"crowd-{chance.randrange(ACCOUNTS)}"
        host = chance.randrange(ADDRESSES)
        request = make.post(LOGIN, REMOTE_ADDR=f"203.0.{host // 250}.{host % 250}")
        before = _evaluated(name)
        try:
            door.knock(request, name, f"guess-{number}", at=clock.at)
        except Refused:
            evaluated[name] += _evaluated(name) - before
        else:
            succeeded += 1

    seconds = time.perf_counter() - began
    assert succeeded == 0
    assert max(evaluated.values()) <= settings.LOCKOUT_FAILURES_ACCOUNT
    most = GuessCount.objects.exclude(origin="*").exclude(account="*").order_by("-count").first().count
    assert most <= settings.LOCKOUT_FAILURES
    assert sign_in(home, owner.username, address="198.51.100.77").status_code == 302
    assert sign_in(Client(), owner.username, address="198.51.100.78").status_code == 200
    clock.forward(minutes=settings.LOCKOUT_MINUTES + 1)
    assert sign_in(Client(), owner.username, address="198.51.100.78").status_code == 302
    measured(
        猜测=guesses,
        核对=sum(evaluated.values()),
        每账号最多=max(evaluated.values()),
        成功=succeeded,
        秒=round(seconds, 1),
    )


def _evaluated(name):
    row = GuessCount.objects.filter(account=lockout.account_of(name), origin="*").first()
    return row.count if row else 0


@pytest.mark.promise("login", "猜得出的只有密码，猜不出账号是否存在", "回答逐字相同；用时的秩检验 |AUC − 0.5| ≤ 0.06")
def test_names_cannot_be_told_by_time(cast, clock, size, measured, settings):
    settings.PASSWORD_HASHERS = ["tests.assurance.hashers.ShortPBKDF2"]
    settings.LOCKOUT_FAILURES = settings.LOCKOUT_FAILURES_ACCOUNT = settings.LOCKOUT_FAILURES_ADDRESS = 10**6
    User.objects.filter(username="editor").update(password=make_password(PASSWORD))
    samples, make = size(300, 2_000), RequestFactory()
    took = {"editor": [], "nobody": []}
    names = [*took] * samples
    Random(3).shuffle(names)
    texts = set()

    for number, name in enumerate(names):
        request = make.post(LOGIN, REMOTE_ADDR=f"203.0.113.{number % 250}")
        start = time.perf_counter()
        try:
            door.knock(request, name, "falsch", at=clock.at)
        except Refused as refused:
            texts.add(str(refused))
        took[name].append(time.perf_counter() - start)

    area = _area(took["editor"], took["nobody"])
    measured(样本=samples, AUC=round(area, 3), 存在的毫秒=_ms(took["editor"]), 不存在的毫秒=_ms(took["nobody"]))
    assert len(texts) == 1
    assert abs(area - 0.5) <= 0.06


def _ms(values):
    return round(median(values) * 1000, 2)


def _area(left, right):
    """Mann and Whitney: how often a value of the left is greater than one of the right. 0.5: no telling."""
    ranked = sorted([(value, 1) for value in left] + [(value, 0) for value in right])
    ranks = sum(rank for rank, (_value, is_left) in enumerate(ranked, 1) if is_left)
    return (ranks - len(left) * (len(left) + 1) / 2) / (len(left) * len(right))


@pytest.mark.promise("login", "动态口令只能用一次，猜不中", "重放成功 0 次；每时间窗核对 5 次")
def test_codes_are_neither_replayed_nor_guessed(cast, clock, size, measured, settings):
    settings.SECOND_FACTOR = "required"
    secret, codes = an_app(cast.editor, clock.at)
    used, replayed = 0, 0
    for _round in range(size(20, 200)):
        clock.forward(seconds=31)
        code = code_of(secret, clock.at)
        used += factors.check_code(cast.editor, code, at=clock.at)
        replayed += sum(factors.check_code(cast.editor, code, at=clock.at) for _try in range(10))
    used_codes = sum(factors.check_code(cast.editor, code, at=clock.at) for code in codes * 2)

    evaluated = 0
    for _try in range(size(100, 1_000)):
        account = lockout.account_of(str(cast.editor.pk), "factor")
        evaluated += lockout.admit(account, "203.0.113.5", at=clock.at)

    measured(口令=used, 重放成功=replayed, 恢复码=used_codes, 猜测时核对=evaluated)
    assert (used, replayed, used_codes, evaluated) == (size(20, 200), 0, 10, 5)


@pytest.mark.promise(
    "login", "植入的会话、偷来的会话都打不开后台", "会话固定、注销后重放、改密后重放全部失败；Cookie 标志齐全"
)
def test_sessions_planted_and_stolen(cast, clock, measured, settings):
    settings.SESSION_COOKIE_SECURE = True
    planted, victim = Client(), Client()
    planted.get(LOGIN)
    session = planted.session
    session["planted"] = True
    session.save()
    victim.cookies["sessionid"] = planted.cookies["sessionid"] = session.session_key

    answer = sign_in(victim, "editor")

    assert not is_in(planted)
    cookie, device = answer.cookies["sessionid"], answer.cookies[lockout.DEVICE_COOKIE]
    assert all(one["httponly"] and one["secure"] and one["samesite"] == "Lax" for one in (cookie, device))
    assert not cookie["max-age"]
    stolen = Client()
    stolen.cookies["sessionid"] = victim.cookies["sessionid"].value
    assert is_in(stolen)
    victim.post("/admin/logout/", REMOTE_ADDR="10.0.0.8")
    assert not is_in(stolen)
    device_only = Client()
    device_only.cookies[lockout.DEVICE_COOKIE] = device.value
    assert not is_in(device_only)
    assert not Sitting.objects.exists()
    measured(尝试=4, 成功=0)


@pytest.mark.promise("login", "每一扇进门的门都经过同样的关", "凡登录都只在 accounts/door.py 一处；各门逐一试过")
def test_every_way_in_is_the_one_door(cast, clock, measured, settings):
    source = Path(settings.BASE)
    calls = [
        path.relative_to(source).as_posix()
        for path in sorted(source.rglob("*.py"))
        if re.search(
            r"\blogin\(request|\bauth\.login\(|auth_login\(|force_login\(|import login\b(?=.*auth)", path.read_text()
        )
    ]
    assert calls == ["accounts/door.py"]
    settings.SECOND_FACTOR = "required"
    an_app(cast.editor, clock.at)
    link = reverse("accounts_first", args=_link(cast, clock))
    doors = {"password": _by_password, "link": lambda one: one.post(link, {"password": NEW, "again": NEW})}
    provider = Provider()
    provider.claims = {"preferred_username": "reviewer"}
    settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.BASE_URL = provider.issuer, "jiyue", "http://testserver"
    doors["oidc"] = lambda one: one.get(
        reverse("accounts_oidc_callback"), provider.approve(one.get(reverse("accounts_oidc")).url)
    )
    try:
        for name, way in doors.items():
            one = Client()
            way(one)
            assert not is_in(one, "127.0.0.1"), name
    finally:
        provider.close()
    gone = [
        name
        for name in ("password_reset", "auth-token", "api-token", "admin:login")
        if name in get_resolver().reverse_dict
    ]
    assert gone == []
    assert Client().get("/admin/password_reset/").status_code == 404
    measured(门=len(doors), 直接登录的代码=len(calls))


NEW = "山高-River-2026-月小"


def _by_password(client):
    sign_in(client, "editor", address="127.0.0.1")


def _link(cast, clock):
    from jiyue.accounts.actions import issue_link

    return issue_link(cast.clerk, by=cast.security_admin, at=clock.at)
