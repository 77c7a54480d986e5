"""The audit trail."""

from __future__ import annotations

import json
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from jiyue.accounts.chain import GENESIS, Row, canonical, digest_of, microseconds
from jiyue.accounts.models.people import User
from jiyue.common.constraints import AppendOnly
from jiyue.organisations.models import Unit


FLOOR_DAYS = 183  # 《网络安全法》第二十一条第三项：网络日志留存不少于六个月


class CanonicalJSON(models.TextField[dict[str, Any], dict[str, Any]]):
    """A mapping kept as the very text that is hashed: what a JSON column gives back is not what was put in. A string
    stands for itself, so that the text can be searched."""

    def get_prep_value(self, value: Any) -> Any:
        return canonical(value) if isinstance(value, dict) else value

    def from_db_value(self, value: str, expression: Any, connection: Any) -> Any:
        return json.loads(value)


class AuditEntry(models.Model):
    """One thing somebody did, written in the same transaction. Never changed; deleted only by the purge of old rows.

    ``seq`` has no gaps; ``prev`` is the digest of the entry before, and unique: the chain cannot fork."""

    seq = models.BigIntegerField(_("序号"), primary_key=True)
    at = models.DateTimeField(_("时间"), db_index=True)
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("人员"))
    user_name = models.CharField(_("当时的姓名"), max_length=255, blank=True, default="")
    action = models.CharField(_("操作"), max_length=60, db_index=True)
    target_type = models.CharField(_("对象类型"), max_length=60, blank=True)
    target_id = models.CharField(_("对象编号"), max_length=40, blank=True)
    target_name = models.CharField(_("对象"), max_length=255, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name=_("单位"))
    address = models.CharField(_("网络地址"), max_length=45, blank=True, default="")
    request = models.CharField(_("请求编号"), max_length=32, blank=True, default="")
    data = CanonicalJSON(_("内容"), default=dict)
    prev = models.CharField(_("上一条摘要"), max_length=64, unique=True)
    digest = models.CharField(_("本条摘要"), max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = _("审计记录")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["target_type", "target_id"], name="audit_target")]
        constraints = [AppendOnly(name="audit_is_append_only", moment="at", keep_days=FLOOR_DAYS)]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.user_name} {self.action} {self.target_name}"

    def row(self) -> Row:
        return Row(
            self.seq, self.prev, microseconds(self.at), self.user_id, self.user_name, self.action, self.target_type,
            self.target_id, self.target_name, self.unit_id, self.address, self.request, canonical(self.data),
        )  # fmt: skip

    def follow(self, head: tuple[int, str]) -> None:
        """Takes its place behind ``head``: number and digest of the last entry."""
        self.seq, self.prev = head[0] + 1, head[1]
        self.digest = digest_of(self.row())


START = (0, GENESIS)  # the head of an empty chain


class AuditRepeat(models.Model):
    """How often the same thing was tried or read again within a minute: one entry of the trail instead of hundreds."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("人员"))
    action = models.CharField(_("操作"), max_length=60)
    subject = models.CharField(_("对象"), max_length=200)
    since = models.DateTimeField(_("起"))
    count = models.PositiveIntegerField(_("次数"), default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("重复的审计事件")
        constraints = [
            models.UniqueConstraint(name="audit_repeat_once", fields=["user", "action", "subject"]),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.action} {self.subject} × {self.count}"


class AuditCheck(models.Model):
    """One verification of the chain and what it found."""

    at = models.DateTimeField(_("时间"), db_index=True)
    whole = models.BooleanField(_("从头核对"))
    first_seq = models.BigIntegerField(_("首条"))
    last_seq = models.BigIntegerField(_("末条"))
    last_digest = models.CharField(_("末条摘要"), max_length=64)
    anchors = models.PositiveIntegerField(_("核对的锚点数"))
    clock_steps = models.PositiveIntegerField(_("时间倒退的条数"))
    seconds = models.FloatField(_("用时（秒）"))
    wrong_seq = models.BigIntegerField(_("第一条不符"), null=True)
    fault = models.CharField(_("不符之处"), max_length=20, blank=True)
    detail = models.CharField(_("说明"), max_length=255, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("审计核对")
        ordering = ["-at", "-pk"]
        get_latest_by = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.first_seq}-{self.last_seq} {self.fault or 'ok'}"

    @property
    def is_sound(self) -> bool:
        return not self.fault
