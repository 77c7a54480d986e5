"""What a login leaves behind: sessions, second factors, earlier passwords, guesses; and who confirmed the list of roles."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from jiyue.accounts.models.people import User


class Sitting(models.Model):
    """One login that has not ended. A session whose row is gone is over, in whatever process it is seen next."""

    user = models.ForeignKey(User, models.CASCADE, related_name="sittings", verbose_name=_("用户"))
    began_at = models.DateTimeField(_("登录时间"))
    seen_at = models.DateTimeField(_("最近操作"))
    confirmed_at = models.DateTimeField(_("最近一次验证身份"))
    address = models.CharField(_("来源地址"), max_length=64, blank=True)
    agent = models.CharField(_("浏览器"), max_length=200, blank=True)
    strong = models.BooleanField(_("经过第二因素"), default=False)
    renew = models.BooleanField(_("待换会话编号"), default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("会话")
        ordering = ["-seen_at"]

    def __str__(self) -> str:
        return f"{self.user} {self.address} {self.began_at:%Y-%m-%d %H:%M}"


class Factor(models.Model):
    """Something a person has besides the password. ``secret`` is sealed (common/sealing.py) for one-time passwords, and
    the public key for passkeys."""

    class Kind(models.TextChoices):
        TOTP = "totp", _("动态口令")
        PASSKEY = "passkey", _("通行密钥")

    user = models.ForeignKey(User, models.CASCADE, related_name="factors", verbose_name=_("用户"))
    kind = models.CharField(_("种类"), max_length=10, choices=Kind)
    name = models.CharField(_("名称"), max_length=60)
    secret = models.BinaryField(_("密钥"))
    credential = models.CharField(_("凭据编号"), max_length=400, null=True, unique=True)  # noqa: DJ001 -- unique where set
    counter = models.BigIntegerField(_("已用计数"), default=0)
    added_at = models.DateTimeField(_("登记时间"))
    used_at = models.DateTimeField(_("最近使用"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("第二因素")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=models.Q(kind="totp"), name="factor_one_totp"),
            models.CheckConstraint(
                name="factor_passkey_has_credential",
                condition=models.Q(kind="totp", credential=None) | models.Q(kind="passkey", credential__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RecoveryCode(models.Model):
    """A code that stands in for a lost device, once. Only its digest is kept."""

    user = models.ForeignKey(User, models.CASCADE, related_name="recovery_codes", verbose_name=_("用户"))
    digest = models.CharField(_("摘要"), max_length=64)
    used_at = models.DateTimeField(_("使用时间"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("恢复码")
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="recovery_code_once")]

    def __str__(self) -> str:
        return f"{self.user} {self.pk}"


class PastPassword(models.Model):
    """A password as it was stored, so that it is not taken again."""

    user = models.ForeignKey(User, models.CASCADE, related_name="past_passwords", verbose_name=_("用户"))
    encoded = models.CharField(_("密文"), max_length=128)
    at = models.DateTimeField(_("设置时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("用过的密码")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.user} {self.at:%Y-%m-%d}"


class GuessCount(models.Model):
    """How often somebody tried, for one pair of account and origin (either may be ``*``). Ends by itself."""

    account = models.CharField(_("账号"), max_length=64)  # a digest: names that do not exist are counted, too
    origin = models.CharField(_("来源"), max_length=80)
    count = models.PositiveIntegerField(_("次数"), default=0)
    until = models.DateTimeField(_("有效到"), db_index=True)

    class Meta:
        verbose_name = verbose_name_plural = _("尝试计数")
        constraints = [models.UniqueConstraint(fields=["account", "origin"], name="guess_count_once")]

    def __str__(self) -> str:
        return f"{self.account[:8]} {self.origin} {self.count}"


class RoleReview(models.Model):
    """A security administrator has gone through who holds what, and says so for exactly one list."""

    quarter = models.CharField(_("季度"), max_length=7)  # 2026Q4
    digest = models.CharField(_("清单摘要"), max_length=64)
    rows = models.PositiveIntegerField(_("行数"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("确认人"))
    at = models.DateTimeField(_("确认时间"))
    remark = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("授权清单确认")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.quarter} {self.digest[:12]}"
