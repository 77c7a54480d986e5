from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from jiyue.websites.models import Website


class OutputQuerySet(models.QuerySet["Output"]):
    def depending_on(self, keys: Iterable[str]) -> Self:
        return self.filter(pk__in=OutputKey.objects.filter(key__in=list(keys)).values("output"))


class Output(models.Model):
    """One published address and the digest of what must lie there. All rows together are the manifest."""

    website = models.ForeignKey(Website, models.PROTECT, related_name="+", db_index=False, verbose_name=_("网站"))
    path = models.CharField(_("地址"), max_length=300)
    kind = models.CharField(_("页面类型"), max_length=40)
    ref = models.CharField(_("对象"), max_length=80, blank=True)
    digest = models.CharField(_("摘要"), max_length=80, blank=True)  # empty while the address is being removed
    status = models.PositiveSmallIntegerField(_("状态码"), default=200)
    media_type = models.CharField(_("媒体类型"), max_length=80)
    size = models.PositiveIntegerField(_("字节数"))
    keys_digest = models.CharField(_("依赖摘要"), max_length=16)  # spares reading the keys to see that none changed
    rendered_at = models.DateTimeField(_("生成时间"))  # when the present bytes came to be

    objects = OutputQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("发布文件")
        constraints = [models.UniqueConstraint(name="one_output_per_address", fields=["website", "path"])]

    def __str__(self) -> str:
        return f"{self.website_id} {self.path}"


class OutputKey(models.Model):
    """A surrogate key the bytes of an output depend on."""

    output = models.ForeignKey(Output, models.CASCADE, related_name="keys", db_index=False, verbose_name=_("发布文件"))
    key = models.CharField(_("键"), max_length=120)

    class Meta:
        verbose_name = verbose_name_plural = _("发布依赖")
        constraints = [models.UniqueConstraint(name="one_row_per_output_and_key", fields=["output", "key"])]
        indexes = [models.Index(fields=["key"], name="outputkey_key")]

    def __str__(self) -> str:
        return f"{self.output_id} {self.key}"


class OutputHistory(models.Model):
    """What an address answered until something else took its place: a page as it was that day (P17)."""

    website = models.ForeignKey(Website, models.PROTECT, related_name="+", db_index=False, verbose_name=_("网站"))
    path = models.CharField(_("地址"), max_length=300)
    digest = models.CharField(_("摘要"), max_length=80)
    status = models.PositiveSmallIntegerField(_("状态码"))
    since = models.DateTimeField(_("自"))
    until = models.DateTimeField(_("至"))

    class Meta:
        verbose_name = verbose_name_plural = _("发布历史")
        indexes = [models.Index(fields=["website", "path", "since"], name="outputhistory_address")]
        constraints = [models.CheckConstraint(name="history_ends_after_it_begins", condition=Q(until__gte=F("since")))]

    def __str__(self) -> str:
        return f"{self.website_id} {self.path} {self.since:%Y-%m-%d}"


class ManifestHead(models.Model):
    """The signed sum of a website's manifest, see seal.py: a row changed behind our back no longer adds up."""

    website = models.OneToOneField(Website, models.PROTECT, related_name="+", verbose_name=_("网站"))
    outputs = models.PositiveIntegerField(_("文件数"), default=0)
    total = models.BinaryField(_("合计"))
    at = models.DateTimeField(_("时间"))
    signature = models.BinaryField(_("签名"))

    class Meta:
        verbose_name = verbose_name_plural = _("发布清单签名")

    def __str__(self) -> str:
        return f"{self.website_id} {self.outputs}"
