"""Passwords by the thousand, and the three administrators under ten thousand changes of mind."""

import string
from datetime import timedelta
from random import Random

import pytest
from django.contrib.auth.password_validation import get_password_validators, validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from jiyue.accounts import actions, passwords, profiles
from jiyue.accounts.models import Membership, User
from jiyue.accounts.roles import ADMINISTRATORS, Role
from jiyue.common.errors import Refused


SIGNS = "!#%&*+-=?@^_~，。"
IDEOGRAPHS = "山川河流日月星辰春夏秋冬东南西北"


def refusals(password, user, chosen):
    try:
        validate_password(password, user, chosen)
    except ValidationError as error:
        return {one.code for one in error.error_list}
    return set()


def kinds(password):
    tests = (str.isupper, str.islower, str.isdecimal, lambda c: c in IDEOGRAPHS, lambda c: c in SIGNS)
    return sum(any(test(character) for character in password) for test in tests)


@pytest.mark.promise("login", "密码规则对一万个随机密码都按写明的执行", "与独立写的判断 0 处不一致；64 位以上不截断")
def test_ten_thousand_passwords(cluster, size, measured):
    chance, user = Random(5), cluster.editor
    gb, asvs = (get_password_validators(profiles.password_profile(name, demo=False)[0]) for name in ("gb", "asvs"))
    alphabets = [string.ascii_lowercase, string.ascii_uppercase, string.digits, SIGNS, IDEOGRAPHS]
    wrong, accepted = [], {"gb": 0, "asvs": 0}
    for _number in range(size(300, 10_000)):
        chosen = chance.sample(alphabets, chance.randint(1, 5))
        length = chance.choice([8, 9, 10, 11, 14, 15, 16, 20, 64, 128, 512])
        password = "".join(chance.choice(chance.choice(chosen)) for _place in range(length))
        said, other = refusals(password, user, gb), refusals(password, user, asvs)
        wrong += [password] if ("password_kinds" in said) != (kinds(password) < 3) else []
        wrong += [password] if ("password_too_short" in said) != (len(password) < 10) else []
        wrong += [password] if ("password_too_short" in other) != (len(password) < 15) else []
        wrong += [password] if "password_kinds" in other else []
        accepted["gb"] += not said
        accepted["asvs"] += not other
    assert wrong == []
    long = "纵有千古，横有八荒；前途似海，来日方长-Aa1" * 4
    assert len(long) >= 64
    user.set_password(long)
    assert user.check_password(long)
    assert not user.check_password(long[:-1])
    assert not user.check_password(long[:72])
    measured(密码=size(300, 10_000), gb接受=accepted["gb"], asvs接受=accepted["asvs"], 不一致=len(wrong))


COMMON = [
    "password1234567", "Password2026!!!!", "qwerty1234567890", "iloveyou12345678", "yunzhoushi202611", "jiaoyuju2026jiaoyuju",
    "YunzhouJiaoyuju1", "云州市教育局2026云州市", "admin2026admin2026", "aaaaaaaaaaaaaaaa", "1212121212121212", "jyjjyjjyjjyj2026",
    "P@ssw0rdP@ssw0rd", "yunzhou.jiaoyuju.2026", "shuiliju-yunzhou-1", "editor2026editor2026", "123456789012345",
    "guanliyuan20262026", "zhengfuwangzhan26",
]  # fmt: skip


@pytest.mark.promise("login", "单位、网站、年份、拼音拼成的密码和常见密码不收", "样本全部拒绝；无关的长句全部接受")
def test_words_around_us_make_no_password(cluster, measured):
    asvs = get_password_validators(profiles.password_profile("asvs", demo=False)[0])
    good = [
        "correct horse battery staple",
        "昨夜西风凋碧树，独上高楼望尽天涯路",
        "tuesday-lamp-orchid-river",
        "海上生明月，天涯共此时，情人怨遥夜",
    ]

    assert [password for password in COMMON if not refusals(password, cluster.editor, asvs)] == []
    assert [password for password in good if refusals(password, cluster.editor, asvs)] == []
    measured(拒绝=len(COMMON), 接受=len(good))


@pytest.mark.promise("login", "gb 规则到期必换、五个之内不重复；asvs 规则从不到期", "时间推移 0–400 天，判断全部正确")
def test_a_password_grows_old_by_the_day(cluster, friday, settings, measured):
    person, turns = User.objects.get(pk=cluster.editor.pk), 0
    for name in ("gb", "asvs"):
        _chosen, settings.PASSWORD_MAX_DAYS = profiles.password_profile(name, demo=False)
        for day in range(401):
            turns += passwords.is_expired(person, friday + timedelta(days=day)) == (name == "gb" and day >= 90)
    assert turns == 802
    gb = get_password_validators(profiles.password_profile("gb", demo=False)[0])
    taken = [f"Willow-{number}-桥下" for number in range(8)]
    for number, password in enumerate(taken):
        assert "password_again" not in refusals(password, person, gb)
        actions.set_password(person, password, at=friday + timedelta(days=number))
    assert [("password_again" in refusals(password, person, gb)) for password in taken] == [False] * 3 + [True] * 5
    measured(天数=turns, 历史=5)


@pytest.mark.promise("login", "三员永远不落在一个人身上", "随机授予、收回、改类别 10,000 次：兼任 0 次，超级用户 0 个")
def test_nobody_ever_holds_two_of_three(cluster, friday, size, measured):
    chance = Random(11)
    people = [
        actions.enrol(username=f"any-{number}", name="任", by=None, at=friday, kind=chance.choice(User.Kind.values))
        for number in range(12)
    ]
    refused, steps = 0, size(1_000, 10_000)
    for _step in range(steps):
        person, role = chance.choice(people), chance.choice(list(Role))
        try:
            with transaction.atomic():
                _try(chance, person, role, cluster, friday)
        except (Refused, IntegrityError):
            refused += 1
        _never_two(person)
    _never_two(*people)
    assert not User.objects.filter(is_superuser=True).exists()
    measured(步数=steps, 被拒=refused, 兼任=0)


def _try(chance, person, role, cluster, at):
    """By the actions, and past them, straight at the database."""
    unit = chance.choice([cluster.city, cluster.bureau])
    way = chance.randrange(6)
    if way == 0:
        actions.grant(person, role, unit, by=cluster.security_admin, at=at)
    elif way == 1:
        held = Membership.objects.filter(user=person).first()
        if held:
            actions.revoke(held, by=cluster.security_admin, at=at)
    elif way == 2:
        Membership.objects.create(user=person, unit=unit, role=role, user_kind=person.kind)
    elif way == 3:
        Membership.objects.filter(user=person).update(role=role)
    elif way == 4:
        Membership.objects.create(user=person, unit=unit, role=role, user_kind=chance.choice(User.Kind.values))
    else:
        kind = chance.choice(User.Kind.values)
        User.objects.filter(pk=person.pk).update(kind=kind)
        person.kind = kind
        if chance.random() < 0.1:
            User.objects.filter(pk=person.pk).update(is_superuser=True)


def _never_two(*people):
    for person in people:
        roles = set(Membership.objects.filter(user=person).values_list("role", flat=True))
        administrators = roles & ADMINISTRATORS
        assert len(administrators) <= 1, roles
        assert not administrators or roles == administrators, roles
