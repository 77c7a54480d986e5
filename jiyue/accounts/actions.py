"""Everything that can happen to people, their roles and the units in which they hold them."""

from datetime import datetime
from typing import Any

from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from jiyue.accounts.audit import record
from jiyue.accounts.models import Membership, User
from jiyue.accounts.permissions import can_anywhere
from jiyue.accounts.roles import ADMINISTRATORS, Role, Verb
from jiyue.accounts.signals import unit_renamed
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
    user.set_password(password)
    user.full_clean(exclude=["password"])
    user.save()
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
        record(membership, "accounts.grant", by=by, at=at, role=role)
    return membership


@transaction.atomic
def revoke(membership: Membership, *, by: User | None, at: datetime) -> None:
    _require_granting(by)
    record(membership, "accounts.revoke", by=by, at=at, role=membership.role, user=membership.user_id)
    membership.delete()


@transaction.atomic
def suspend(user: User, *, by: User | None, at: datetime, reason: str) -> None:
    _require_granting(by)
    user.is_active = False
    user.save(update_fields=["is_active"])
    record(user, "accounts.suspend", by=by, at=at, reason=reason)


@transaction.atomic
def reinstate(user: User, *, by: User, at: datetime) -> None:
    _require_granting(by)
    if user.is_active:
        raise Refused(_("该账号没有停用。"))
    user.is_active = True
    user.save(update_fields=["is_active"])
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
    record(user, "accounts.issue_link", by=by, at=at)
    return urlsafe_base64_encode(force_bytes(user.pk)), default_token_generator.make_token(user)


@transaction.atomic
def set_password(user: User, password: str, *, at: datetime) -> None:
    """The person's own doing, through the link. The change of the password voids the link."""
    user.set_password(password)
    user.save(update_fields=["password"])
    record(user, "accounts.set_password", by=user, at=at)


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


def _require_granting(by: User | None) -> None:
    if by is not None and not can_anywhere(by, Verb.GRANT):
        raise Refused(_("只有安全管理员可以管理单位、账号和授权。"))
