from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jiyue.accounts.models import User
from jiyue.notices.kinds import kind_of
from jiyue.organisations.models import Unit


class AlarmQuerySet(models.QuerySet["Alarm"]):
    def ringing(self) -> Self:
        """Nobody has taken note of them, and what they tell of is not over."""
        return self.filter(acknowledged_at=None, settled_at=None)

    def due_for_delivery(self, at: datetime) -> Self:
        return self.filter(deliver_at__lte=at).order_by("deliver_at")


class Alarm(models.Model):
    """Something a machine noticed and a person must look at. The same thing noticed again is counted on the same row."""

    code = models.CharField(_("类别"), max_length=60)
    subject = models.CharField(_("对象"), max_length=200)
    text = models.TextField(_("内容"))
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name=_("单位"))
    evidence = models.CharField(_("证据"), max_length=300, blank=True)
    lasting = models.BooleanField(_("持续状态"), default=False)  # ends when it is settled, not when it is acknowledged
    raised_at = models.DateTimeField(_("首次发生"))
    last_at = models.DateTimeField(_("最近发生"), db_index=True)
    times = models.PositiveIntegerField(_("次数"), default=1)
    acknowledged_at = models.DateTimeField(_("确认时间"), null=True)
    acknowledged_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("确认人"))
    settled_at = models.DateTimeField(_("结束时间"), null=True)
    deliver_at = models.DateTimeField(_("应送出时间"), null=True, db_index=True)  # empty: nothing to send
    delivered_at = models.DateTimeField(_("送出时间"), null=True)
    tries = models.PositiveSmallIntegerField(_("送出失败次数"), default=0)
    failure = models.CharField(_("送出失败原因"), max_length=300, blank=True)

    objects = AlarmQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("告警")
        ordering = ["-last_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_open_alarm_per_subject", fields=["code", "subject"], condition=Q(settled_at=None)
            ),
            models.CheckConstraint(
                name="alarm_acknowledged_by_somebody",
                condition=Q(acknowledged_at=None, acknowledged_by=None)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject}：{self.text}"[:200]

    @property
    def kind(self) -> str:
        return kind_of(self.code)

    @property
    def is_ringing(self) -> bool:
        return self.acknowledged_at is None and self.settled_at is None
