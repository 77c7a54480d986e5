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
