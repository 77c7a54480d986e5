from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class RunQuerySet(models.QuerySet["Run"]):
    def good(self, kind: str) -> Self:
        """Finished without a complaint, the newest first."""
        return self.filter(kind=kind, succeeded=True).order_by("-ended_at")


class Run(models.Model):
    """One backup, or one drill in which a backup was restored and checked. Begun before anything is written, so that one
    that was broken off leaves its trace, too."""

    class Kind(models.TextChoices):
        BACKUP = "backup", _("备份")
        DRILL = "drill", _("恢复演练")

    kind = models.CharField(_("类别"), max_length=8, choices=Kind)
    place = models.CharField(_("备份位置"), max_length=300)
    name = models.CharField(_("备份"), max_length=80, blank=True)  # empty until the backup exists
    began_at = models.DateTimeField(_("开始"))
    ended_at = models.DateTimeField(_("结束"), null=True)
    succeeded = models.BooleanField(_("成功"), default=False)
    files = models.PositiveIntegerField(_("文件数"), default=0)
    size = models.PositiveBigIntegerField(_("字节数"), default=0)
    added = models.PositiveBigIntegerField(_("新增字节数"), default=0)
    complaint = models.TextField(_("失败原因"), blank=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("备份与演练")
        ordering = ["-began_at", "-pk"]
        indexes = [models.Index(fields=["kind", "succeeded", "ended_at"], name="run_last_good")]
        constraints = [
            models.CheckConstraint(name="run_ends_after_it_begins", condition=Q(ended_at__gte=F("began_at"))),
            models.CheckConstraint(
                name="good_run_is_finished", condition=Q(succeeded=False) | Q(ended_at__isnull=False, complaint="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.name}"

    @property
    def seconds(self) -> float | None:
        return (self.ended_at - self.began_at).total_seconds() if self.ended_at else None


def last_good(kind: str) -> datetime | None:
    return Run.objects.good(kind).values_list("ended_at", flat=True).first()
