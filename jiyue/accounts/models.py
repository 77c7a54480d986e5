from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from jiyue.accounts.roles import Role
from jiyue.organisations.models import Unit


class User(AbstractUser):
    """A person. ``kind`` keeps the three administrators apart from each other and from everybody who touches content."""

    class Kind(models.TextChoices):
        STAFF = "staff", _("业务人员")
        SYSTEM_ADMIN = Role.SYSTEM_ADMIN.value, Role.SYSTEM_ADMIN.label
        SECURITY_ADMIN = Role.SECURITY_ADMIN.value, Role.SECURITY_ADMIN.label
        AUDIT_ADMIN = Role.AUDIT_ADMIN.value, Role.AUDIT_ADMIN.label

    kind = models.CharField(_("类别"), max_length=20, choices=Kind, default=Kind.STAFF)

    class Meta:
        verbose_name = verbose_name_plural = _("用户")
        constraints = [
            models.CheckConstraint(name="nobody_is_a_superuser", condition=Q(is_superuser=False)),
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
        ]

    def __str__(self) -> str:
        return f"{self.user}：{self.unit}{self.get_role_display()}"


class AuditEntry(models.Model):
    """One thing somebody did, written in the same transaction. Never changed, never deleted."""

    at = models.DateTimeField(_("时间"), db_index=True)
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("人员"))
    action = models.CharField(_("操作"), max_length=60, db_index=True)
    target_type = models.CharField(_("对象类型"), max_length=60)
    target_id = models.CharField(_("对象编号"), max_length=40)
    target_name = models.CharField(_("对象"), max_length=255)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name=_("单位"))
    data = models.JSONField(_("内容"), default=dict)

    class Meta:
        verbose_name = verbose_name_plural = _("审计记录")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["target_type", "target_id"], name="audit_target")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.user} {self.action} {self.target_name}"
