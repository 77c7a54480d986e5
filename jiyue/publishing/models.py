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


class Tampering(models.Model):
    """Something on disk or in the manifest that was not as it was published: what it was, and what became of it."""

    class Kind(models.TextChoices):
        CHANGED = "changed", _("内容被改")
        DELETED = "deleted", _("文件被删")
        STRANGER = "stranger", _("来历不明的文件")
        LINK = "link", _("换成了链接")
        ACCESS = "access", _("权限或属主被改")
        MANIFEST = "manifest", _("发布清单被改")
        STORE = "store", _("文件库被改")
        HOSTS = "hosts", _("域名表或提示页被改")
        STATIC = "static", _("程序静态文件被改")

    class Outcome(models.TextChoices):
        STORE = "store", _("已从文件库恢复")
        RENDERED = "rendered", _("已重新生成")
        REMOVED = "removed", _("已移除")
        REPAIRED = "repaired", _("已改正")
        OPEN = "open", _("未能恢复")

    website = models.ForeignKey(Website, models.PROTECT, null=True, related_name="+", verbose_name=_("网站"))
    place = models.CharField(_("位置"), max_length=500)
    path = models.CharField(_("地址"), max_length=300, blank=True)
    kind = models.CharField(_("类别"), max_length=10, choices=Kind)
    outcome = models.CharField(_("处置"), max_length=10, choices=Outcome)
    found_at = models.DateTimeField(_("发现时间"), db_index=True)
    right_digest = models.CharField(_("应有摘要"), max_length=80, blank=True)
    foreign_digest = models.CharField(_("被改后的摘要"), max_length=80, blank=True)
    foreign_size = models.BigIntegerField(_("被改后的字节数"), null=True)
    kept = models.PositiveIntegerField(_("留存字节数"), default=0)
    facts = models.JSONField(_("文件属性"), default=dict)

    class Meta:
        verbose_name = verbose_name_plural = _("篡改记录")
        ordering = ["-found_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.place} {self.get_kind_display()}"


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
