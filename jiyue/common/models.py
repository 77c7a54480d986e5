from django.db import models
from django.utils.translation import gettext_lazy as _


class DirtyKey(models.Model):
    """One row of the outbox: a surrogate key one consumer has still to look at."""

    consumer = models.CharField(_("接收方"), max_length=40)
    key = models.CharField(_("键"), max_length=120)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("待处理变更")
        indexes = [models.Index(fields=["consumer", "id"], name="dirtykey_consumer")]

    def __str__(self) -> str:
        return f"{self.consumer} {self.key}"


class ScheduledJob(models.Model):
    """When a periodic job runs next, and who holds it now. The jobs themselves are declared in code (schedule.py)."""

    name = models.CharField(_("任务"), max_length=80, unique=True)
    next_at = models.DateTimeField(_("下次运行"))
    started_at = models.DateTimeField(_("上次开始"), null=True)
    leased_until = models.DateTimeField(_("租约到期"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("定时任务")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Bucket(models.Model):
    """Somebody's token bucket (limits.py)."""

    name = models.CharField(_("摘要"), max_length=40, unique=True)
    full = models.BigIntegerField(_("何时再满"))  # microseconds since 1970: one statement reads and moves it

    class Meta:
        verbose_name = verbose_name_plural = _("频次限制")
        indexes = [models.Index(fields=["full"], name="bucket_full")]

    def __str__(self) -> str:
        return self.name
