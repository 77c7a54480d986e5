"""What a good password is. Two profiles (``JIYUE_PASSWORD_PROFILE``), never a mix:

``gb``   GB/T 22239-2019 8.1.4.1 a): 复杂度要求并定期更换 - ten characters of three kinds, changed every 90 days, none of
         the last five.
``asvs`` OWASP ASVS 5.0 V6.2: fifteen characters, no rules of composition and no expiry, nothing common, nothing made
         of the words around us.

Either way 64 characters and more are taken as they are, and nothing is cut off (V6.2.9).
"""

import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import lru_cache

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from jiyue.accounts.models import PastPassword, User
from jiyue.common import chinese
from jiyue.organisations.models import Unit


LONGEST = 1024  # characters; what is longer is not a password but an attack on the hasher
KEPT = 5  # earlier passwords nobody may take again
SHORTEST_WORD = 3
LOOKS_LIKE = str.maketrans("013457@$!", "oieastasi")
AROUND = ("password", "admin", "administrator", "mima", "guanliyuan", "qwerty", "jiyue", "zhengfu", "wangzhan")

_sources: list[Callable[[], Iterable[str]]] = []


def register_words(source: Callable[[], Iterable[str]]) -> None:
    """Names that must not make up a password, from apps above us. Called from ``AppConfig.ready()``."""
    _sources.append(source)


def max_age() -> timedelta | None:
    days: int = settings.PASSWORD_MAX_DAYS
    return timedelta(days=days) if days else None


def is_expired(user: User, at: datetime) -> bool:
    age = max_age()
    return age is not None and at - user.password_at >= age


def remember(user: User, at: datetime) -> None:
    """Keeps the password just set, and forgets those before the last five."""
    if not user.has_usable_password():
        return
    PastPassword.objects.create(user=user, encoded=user.password, at=at)
    old = PastPassword.objects.filter(user=user).values_list("pk", flat=True)[KEPT:]
    PastPassword.objects.filter(pk__in=list(old)).delete()


class Kinds:
    """Three kinds of characters. Chinese characters are a kind of their own."""

    def validate(self, password: str, user: User | None = None) -> None:
        if len({self._kind(character) for character in password}) < 3:
            raise ValidationError(self.get_help_text(), code="password_kinds")

    def _kind(self, character: str) -> str:
        if character.isupper() or character.islower():
            return "upper" if character.isupper() else "lower"
        if character.isdecimal():
            return "digit"
        return "ideograph" if character.isalpha() else "sign"

    def get_help_text(self) -> str:
        return _("大写字母、小写字母、数字、汉字、符号中至少用三种。")


class Variety:
    """Not one key held down, and not within bounds nobody meant."""

    def validate(self, password: str, user: User | None = None) -> None:
        if len(password) > LONGEST:
            raise ValidationError(_("密码太长。"), code="password_long")
        if len(set(password)) < 5:
            raise ValidationError(_("密码中不同的字符太少。"), code="password_monotonous")

    def get_help_text(self) -> str:
        return ""


class Surroundings:
    """Take away the names around the person, the year and the digits: most of a password must remain."""

    def validate(self, password: str, user: User | None = None) -> None:
        plain = password.casefold()
        rest = min((self._rest(text, user) for text in (plain, plain.translate(LOOKS_LIKE))), key=len)
        if len(rest) < 4 or (len(rest) > 5 and rest in _common()) or (len(rest) < 6 and len(rest) * 4 < len(password)):
            raise ValidationError(self.get_help_text(), code="password_surroundings")

    def _rest(self, text: str, user: User | None) -> str:
        for word in sorted(words(user), key=len, reverse=True):
            text = text.replace(word, "")
        return re.sub(r"[\W\d_]", "", text)

    def get_help_text(self) -> str:
        return _("不能主要由单位、网站、本人的名称或拼音、年份和数字组成。")


class NotAgain:
    """None of the passwords of before."""

    def validate(self, password: str, user: User | None = None) -> None:
        if user is None or user.pk is None:
            return
        before = PastPassword.objects.filter(user=user).values_list("encoded", flat=True)[:KEPT]
        if any(check_password(password, encoded) for encoded in before):
            raise ValidationError(self.get_help_text(), code="password_again")

    def get_help_text(self) -> str:
        return _("不能是最近用过的五个密码之一。")


def words(user: User | None) -> set[str]:
    """The names around a person as one would type them: as they are, in pinyin, by first letters."""
    names = [*AROUND, settings.WAGTAIL_SITE_NAME, *Unit.objects.values_list("code", flat=True)]
    for pair in Unit.objects.values_list("name", "short_name"):
        names += pair
    for source in _sources:
        names += source()
    if user is not None:
        names += [user.username, user.get_full_name(), *user.email.split("@")]
    return {word for name in names for word in _typed(str(name).casefold()) if len(word) >= SHORTEST_WORD}


@lru_cache(maxsize=1)
def _common() -> set[str]:
    return CommonPasswordValidator().passwords


@lru_cache(maxsize=10_000)
def _typed(name: str) -> tuple[str, ...]:
    """云州市教育局: whole, 云州市, 教育局, 云州, 教育; each in pinyin and by its first letters."""
    parts = [name, *chinese.words(name)]
    parts += [part[:-1] for part in parts if len(part) > 2 and not part.isascii()]
    pinyin = ["".join(chinese.syllables(part)) for part in parts]
    initials = [chinese.first_letters(part) for part in parts if not part.isascii()]
    return (*parts, *pinyin, *initials)
