"""The second factor: one-time passwords, passkeys, and recovery codes for the day the device is lost.

Guesses are counted like passwords (``lockout``). Whoever checks a factor gets ``True`` once: the code of a time step, a
recovery code and a passkey's challenge are spent by the check itself, whatever other process sees them, too.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from datetime import datetime
from typing import Any

import pyotp
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from jiyue.accounts.audit import record
from jiyue.accounts.models import Factor, RecoveryCode, User
from jiyue.accounts.permissions import can_anywhere
from jiyue.accounts.roles import Verb
from jiyue.accounts.sittings import end_sittings
from jiyue.common.errors import Refused
from jiyue.common.sealing import seal, unseal


PURPOSE = "factors"
STEP = 30  # seconds a code lives; one step of clock drift is forgiven on either side
CODES = 10
CODE_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that is misread on paper


def is_required() -> bool:
    return bool(settings.SECOND_FACTOR == "required")


def new_secret() -> str:
    return pyotp.random_base32()


def provisioning_uri(user: User, secret: str) -> str:
    """What the QR code says: understood by every authenticator app."""
    return pyotp.TOTP(secret).provisioning_uri(name=user.username, issuer_name=str(settings.WAGTAIL_SITE_NAME))


@transaction.atomic
def add_totp(user: User, secret: str, code: str, *, at: datetime) -> list[str]:
    """Enrols the app that shows this code. Answers fresh recovery codes: they are shown once."""
    step = _step_of(secret, code, at)
    if step is None:
        raise Refused(_("动态口令不对。请核对手机时间是否准确，再输入新的六位数字。"))
    Factor.objects.filter(user=user, kind=Factor.Kind.TOTP).delete()
    sealed = seal(PURPOSE, secret.encode(), str(user.pk))
    factor = Factor.objects.create(
        user=user, kind=Factor.Kind.TOTP, name=_("动态口令"), secret=sealed, counter=step, added_at=at
    )
    return _enrolled(factor, at)


def passkey_options(user: User) -> tuple[str, str]:
    """What the browser needs to make a passkey, as JSON, and the challenge to keep in the session."""
    from jiyue.accounts import passkeys

    return passkeys.to_make(user, _credentials(user))


@transaction.atomic
def add_passkey(user: User, answer: str, challenge: str, *, name: str, origin: str, at: datetime) -> list[str]:
    from jiyue.accounts import passkeys

    made = passkeys.made(answer, challenge, origin=origin)
    if made is None:
        raise Refused(_("没有登记成功，请再试一次。"))
    factor = Factor.objects.create(
        user=user,
        kind=Factor.Kind.PASSKEY,
        name=name or _("通行密钥"),
        secret=made.public_key,
        credential=made.credential,
        counter=made.counter,
        added_at=at,
    )
    return _enrolled(factor, at)


def challenge_options(user: User) -> tuple[str, str]:
    """What the browser needs to use a passkey, and the challenge to keep; empty when there is none."""
    known = _credentials(user)
    if not known:
        return "", ""
    from jiyue.accounts import passkeys

    return passkeys.to_use(known)


def check_passkey(user: User, answer: str, challenge: str, *, origin: str, at: datetime) -> bool:
    """``challenge`` is the one kept; the caller forgets it before asking, so that an answer serves once."""
    factor = Factor.objects.filter(user=user, credential=_credential_of(answer)).first()
    if factor is None or not challenge:
        return False
    from jiyue.accounts import passkeys

    known = passkeys.Passkey(str(factor.credential), bytes(factor.secret), factor.counter)
    used = passkeys.used(answer, challenge, known, origin=origin)
    if used is not None:
        Factor.objects.filter(pk=factor.pk).update(counter=used.counter, used_at=at)
    return used is not None


def check_code(user: User, code: str, *, at: datetime) -> bool:
    """Six digits of the app, or a recovery code."""
    code = "".join(code.split()).replace("-", "").lower()
    return _check_totp(user, code, at) if code.isdecimal() and len(code) == 6 else _check_recovery(user, code, at)


def has_factor(user: User) -> bool:
    return Factor.objects.filter(user=user).exists()


def codes_left(user: User) -> int:
    return RecoveryCode.objects.filter(user=user, used_at=None).count()


@transaction.atomic
def renew_codes(user: User, *, by: User, at: datetime) -> list[str]:
    """Ten new recovery codes; the old ones are void."""
    if by.pk != user.pk:
        raise Refused(_("恢复码只能由本人更换。"))
    record(user, "accounts.recovery_codes", by=by, at=at)
    return _fresh_codes(user)


@transaction.atomic
def remove(factor: Factor, *, by: User, at: datetime) -> None:
    if by.pk != factor.user_id:
        raise Refused(_("只能移除自己登记的第二因素。"))
    others = Factor.objects.select_for_update().filter(user=by).exclude(pk=factor.pk)
    if is_required() and not others:
        raise Refused(_("至少保留一种第二因素。要换手机，请先登记新的。"))
    record(by, "accounts.factor_remove", by=by, at=at, kind=factor.kind, name=factor.name)
    factor.delete()
    if not others:
        RecoveryCode.objects.filter(user=by).delete()


@transaction.atomic
def reset(user: User, *, by: User | None, at: datetime, reason: str) -> None:
    """Takes away all factors of somebody who has lost them: the person is led to enrolment at the next login.

    ``by`` is a security administrator other than the person, or ``None`` at the console of the server."""
    if by is not None and not can_anywhere(by, Verb.GRANT):
        raise Refused(_("只有安全管理员可以重置第二因素。"))
    if by is not None and by.pk == user.pk:
        raise Refused(_("不能重置自己的第二因素，请由另一位安全管理员办理。"))
    Factor.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()
    end_sittings(user)
    record(user, "accounts.factor_reset", by=by, at=at, reason=reason)


def _enrolled(factor: Factor, at: datetime) -> list[str]:
    record(factor.user, "accounts.factor_add", by=factor.user, at=at, kind=factor.kind, name=factor.name)
    return [] if codes_left(factor.user) else _fresh_codes(factor.user)


def _fresh_codes(user: User) -> list[str]:
    codes = ["".join(secrets.choice(CODE_LETTERS) for _letter in range(12)) for _code in range(CODES)]
    RecoveryCode.objects.filter(user=user).delete()
    RecoveryCode.objects.bulk_create([RecoveryCode(user=user, digest=_digest(user, code)) for code in codes])
    return [f"{code[:4]}-{code[4:8]}-{code[8:]}" for code in codes]


def _digest(user: User, code: str) -> str:
    """Sixty bits of chance need no slow hash; the key keeps a stolen table from being searched at all."""
    return hmac.new(settings.SECRET_KEY.encode(), f"recovery:{user.pk}:{code}".encode(), hashlib.sha256).hexdigest()


def _check_totp(user: User, code: str, at: datetime) -> bool:
    factor = Factor.objects.filter(user=user, kind=Factor.Kind.TOTP).first()
    if factor is None:
        return False
    step = _step_of(unseal(PURPOSE, bytes(factor.secret), str(user.pk)).decode(), code, at)
    if step is None:
        return False
    return bool(Factor.objects.filter(pk=factor.pk, counter__lt=step).update(counter=step, used_at=at))


@transaction.atomic
def _check_recovery(user: User, code: str, at: datetime) -> bool:
    unused = RecoveryCode.objects.filter(user=user, digest=_digest(user, code), used_at=None)
    if not unused.update(used_at=at):
        return False
    record(user, "accounts.recovery_used", by=user, at=at, left=codes_left(user))
    return True


def _step_of(secret: str, code: str, at: datetime) -> int | None:
    code = "".join(code.split())
    if not secret or not code.isascii():
        return None
    now, totp = int(at.timestamp()) // STEP, pyotp.TOTP(secret)
    steps = [step for step in (now, now - 1, now + 1) if hmac.compare_digest(totp.generate_otp(step), code)]
    return steps[0] if steps else None


def _credentials(user: User) -> list[str]:
    return [c for c in Factor.objects.filter(user=user).values_list("credential", flat=True) if c]


def _credential_of(answer: str) -> Any:
    try:
        return str(json.loads(answer)["id"])
    except (ValueError, TypeError, KeyError):
        return ""
