"""People and what they hold."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from jiyue.accounts.roles import Role
from jiyue.common.constraints import Frozen, Matches
from jiyue.organisations.models import Unit


class User(AbstractUser):
    """A person. ``kind`` keeps the three administrators apart from each other and from everybody who touches content."""

    class Kind(models.TextChoices):
        STAFF = "staff", _("业务人员")
        SYSTEM_ADMIN = Role.SYSTEM_ADMIN.value, Role.SYSTEM_ADMIN.label
        SECURITY_ADMIN = Role.SECURITY_ADMIN.value, Role.SECURITY_ADMIN.label
        AUDIT_ADMIN = Role.AUDIT_ADMIN.value, Role.AUDIT_ADMIN.label

    kind = models.CharField(_("类别"), max_length=20, choices=Kind, default=Kind.STAFF)
    password_at = models.DateTimeField(_("密码设置时间"), default=timezone.now)
    idle_from = models.DateTimeField(_("闲置起算"), default=timezone.now)
    idle_warned = models.PositiveSmallIntegerField(_("停用前几天已提醒"), null=True, blank=True)
    subject = models.CharField(_("统一身份标识"), max_length=255, null=True, blank=True, unique=True)

    class Meta:
        verbose_name = verbose_name_plural = _("用户")
        constraints = [
            models.CheckConstraint(name="nobody_is_a_superuser", condition=Q(is_superuser=False)),
            Frozen(name="kind_of_user_never_changes", columns=("kind",)),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    @cached_property
    def held(self) -> list[Membership]:
        """The memberships, read once per user object (that is, once per request)."""
        return list(self.memberships.select_related("unit"))

    def get_full_name(self) -> str:
        """A Chinese name: family name first, no space."""
        return f"{self.last_name}{self.first_name}".strip()

    def get_short_name(self) -> str:
        return self.get_full_name()


class Membership(models.Model):
    """A person holds a role in a unit: the only source of rights."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships", verbose_name=_("用户"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="memberships", verbose_name=_("单位"))
    role = models.CharField(_("角色"), max_length=20, choices=Role)
    user_kind = models.CharField(_("用户类别"), max_length=20, choices=User.Kind, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("成员")
        ordering = ["unit", "role"]
        constraints = [
            models.UniqueConstraint(fields=["user", "unit", "role"], name="membership_once"),
            models.CheckConstraint(
                name="membership_administrators_apart",
                condition=(Q(user_kind="staff") & ~Q(role__in=["system_admin", "security_admin", "audit_admin"]))
                | Q(user_kind=F("role")),
            ),
            Matches(
                name="membership_kind_is_the_users",
                column="user_kind",
                key="user_id",
                table="accounts_user",
                original="kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}：{self.unit}{self.get_role_display()}"
