"""What ``jiyue check --deploy`` says about people and login."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as Caution
from django.db import DatabaseError

from jiyue.accounts.models import Membership
from jiyue.accounts.roles import ADMINISTRATORS, Role


def three_administrators(**kwargs: Any) -> list[CheckMessage]:
    """Each of the three is held by somebody who is active: powers nobody holds end up with somebody they do not suit."""
    try:
        held = set(
            Membership.objects.filter(role__in=ADMINISTRATORS, user__is_active=True).values_list("role", flat=True)
        )
    except DatabaseError:
        return [Caution("数据库还不能读，没有核对三类管理员。", id="accounts.W001")]
    return [
        Error(f"没有启用的{role.label}。", hint="由安全管理员建账号并授角色。", id="accounts.E001")
        for role in Role
        if role in ADMINISTRATORS and role not in held
    ]


def login_is_safe(**kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if settings.SECOND_FACTOR != "required":
        found.append(Error("后台登录没有强制第二因素。", hint="去掉 JIYUE_SECOND_FACTOR=off。", id="accounts.E002"))
    if settings.OIDC_ISSUER and not settings.OIDC_ISSUER.startswith("https://"):
        found.append(Error("统一身份认证的地址不是 https。", id="accounts.E003"))
    if settings.OIDC_ADMINISTRATORS:
        found.append(Caution("三类管理员也可以单点登录：统一身份认证的管理者因此可以成为他们。", id="accounts.W002"))
    return found
