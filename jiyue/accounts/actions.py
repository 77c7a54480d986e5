"""Everything that can happen to people, their roles and the units in which they hold them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from jiyue.accounts import lockout, passwords
from jiyue.accounts.audit import record
from jiyue.accounts.debts import Debt, debts_of
from jiyue.accounts.models import GuessCount, Membership, User
from jiyue.accounts.permissions import can_anywhere
from jiyue.accounts.roles import ADMINISTRATORS, Role, Verb
from jiyue.accounts.signals import unit_renamed
from jiyue.accounts.sittings import end_sittings, renew_sittings
from jiyue.common.errors import Refused
from jiyue.organisations import actions as organisations
from jiyue.organisations.models import Unit


@transaction.atomic
def enrol(
    *,
    username: str,
    name: str,
    by: User | None,
    at: datetime,
    kind: str = User.Kind.STAFF,
    password: str | None = None,
    email: str = "",
) -> User:
    """Creates an account. ``by`` is a security administrator, or ``None`` at installation. Without a password
    nobody can log in until one is set through a one-time link."""
    _require_granting(by)
    user = User(username=username, first_name=name, kind=kind, email=email)  # whole: Wagtail's menu shows this field
    user.date_joined = user.password_at = user.idle_from = at
    user.set_password(password)
    user.full_clean(exclude=["password"])
    user.save()
    passwords.remember(user, at)
    record(user, "accounts.enrol", by=by, at=at, kind=kind)
    return user


@transaction.atomic
def grant(user: User, role: Role, unit: Unit, *, by: User | None, at: datetime) -> Membership:
    _require_granting(by)
    if by is not None and by.pk == user.pk:
        raise Refused(_("不能给自己授权。"))
    if (role in ADMINISTRATORS) != (user.kind != User.Kind.STAFF) or (role in ADMINISTRATORS and role != user.kind):
        raise Refused(_("系统管理员、安全管理员、审计管理员互不兼任，也不得兼任业务角色。"))
    membership, created = Membership.objects.get_or_create(
        user=user, unit=unit, role=role, defaults={"user_kind": user.kind}
    )
    if created:
        renew_sittings(user)
        record(membership, "accounts.grant", by=by, at=at, role=role)
    return membership


@transaction.atomic
def revoke(membership: Membership, *, by: User | None, at: datetime) -> None:
    _require_granting(by)
    renew_sittings(membership.user)
    record(membership, "accounts.revoke", by=by, at=at, role=membership.role, user=membership.user_id)
    membership.delete()


@transaction.atomic
def suspend(user: User, *, by: User | None, at: datetime, reason: str) -> None:
    _require_granting(by)
    if by is not None and by.pk == user.pk:
        raise Refused(_("不能停用自己的账号。"))
    user.is_active = False
    user.save(update_fields=["is_active"])
    end_sittings(user)
    record(user, "accounts.suspend", by=by, at=at, reason=reason)


@transaction.atomic
def reinstate(user: User, *, by: User, at: datetime) -> None:
    _require_granting(by)
    if user.is_active:
        raise Refused(_("该账号没有停用。"))
    user.is_active, user.idle_from, user.idle_warned = True, at, None
    user.save(update_fields=["is_active", "idle_from", "idle_warned"])
    record(user, "accounts.reinstate", by=by, at=at)


@transaction.atomic
def issue_link(user: User, *, by: User | None, at: datetime) -> tuple[str, str]:
    """Ends the old password and answers id and token of a link with which the person sets a new one, once.

    ``by`` is a security administrator, or ``None`` at installation. Nobody ever knows another person's password."""
    _require_granting(by)
    if not user.is_active:
        raise Refused(_("账号已停用，恢复后才能发链接。"))
    user.set_unusable_password()
    user.save(update_fields=["password"])
    end_sittings(user)
    record(user, "accounts.issue_link", by=by, at=at)
    return urlsafe_base64_encode(force_bytes(user.pk)), default_token_generator.make_token(user)


@transaction.atomic
def set_password(user: User, password: str, *, at: datetime, keep: int | None = None) -> None:
    """The person's own doing: through the link, at the door or when logged in. Voids the link and ends every session
    but ``keep``. The password has been validated by the form."""
    user.set_password(password)
    user.password_at = at
    user.save(update_fields=["password", "password_at"])
    passwords.remember(user, at)
    end_sittings(user, keep)
    record(user, "accounts.set_password", by=user, at=at)


@transaction.atomic
def unlock(user: User, *, by: User, at: datetime) -> None:
    """Forgets every guess at this account."""
    _require_granting(by)
    forgotten = GuessCount.objects.filter(account__in=lockout.accounts_of(user)).delete()[0]
    record(user, "accounts.unlock", by=by, at=at, counts=forgotten)


@transaction.atomic
def move(
    user: User, *, old: Unit, new: Unit, roles: Collection[Role], by: User, at: datetime, reason: str
) -> list[Membership]:
    """A person changes units: every role in the old one ends, the new ones begin, in one act."""
    _require_granting(by)
    ended = list(Membership.objects.filter(user=user, unit=old))
    if not ended:
        raise Refused(_("此人在原单位没有角色。"))
    if old == new:
        raise Refused(_("新单位与原单位相同；只改角色请直接授予、收回。"))
    for membership in ended:
        revoke(membership, by=by, at=at)
    begun = [grant(user, role, new, by=by, at=at) for role in roles]
    record(
        user,
        "accounts.move",
        by=by,
        at=at,
        unit=new,
        reason=reason,
        old=f"{old.name}：{_roles(ended)}",
        new=f"{new.name}：{_roles(begun)}",
    )
    return begun


@transaction.atomic
def leave(user: User, *, by: User, at: datetime, reason: str) -> list[Debt]:
    """A person goes: no roles, no account, no session, no factor. Answers what is still waiting for them."""
    _require_granting(by)
    ended = list(user.memberships.select_related("unit"))
    for membership in ended:
        revoke(membership, by=by, at=at)
    suspend(user, by=by, at=at, reason=reason)
    owed = debts_of(user)
    held = "；".join(f"{membership.unit.name}{membership.get_role_display()}" for membership in ended)
    record(user, "accounts.leave", by=by, at=at, reason=reason, roles=held, owed=len(owed))
    return owed


@transaction.atomic
def establish_unit(*, parent: Unit, by: User, at: datetime, **details: Any) -> Unit:
    """Adds a unit below another. ``details`` as ``organisations.establish`` takes them."""
    _require_granting(by)
    unit = organisations.establish(parent=parent, **details)
    record(unit, "accounts.establish_unit", by=by, at=at, unit=unit, parent=parent.name)
    return unit


@transaction.atomic
def rename_unit(unit: Unit, *, name: str, short_name: str, by: User, at: datetime) -> Unit:
    _require_granting(by)
    before = Unit.objects.get(pk=unit.pk)
    unit = organisations.rename(unit, name=name, short_name=short_name)
    record(unit, "accounts.rename_unit", by=by, at=at, unit=unit, before=before.name, after=unit.name)
    unit_renamed.send(Unit, unit=unit, at=at)
    return unit


def _roles(memberships: Collection[Membership]) -> str:
    return "、".join(str(membership.get_role_display()) for membership in memberships)


def _require_granting(by: User | None) -> None:
    if by is not None and not can_anywhere(by, Verb.GRANT):
        raise Refused(_("只有安全管理员可以管理单位、账号和授权。"))
