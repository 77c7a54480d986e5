from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from jiyue.library.models import BasePage
from jiyue.websites.models import Website


class Origin(models.Model):
    """迁入记录: where an imported item came from. The digest keeps the same text from coming in twice."""

    item = models.OneToOneField(BasePage, models.CASCADE, related_name="origin", verbose_name=_("信息"))
    website = models.ForeignKey(Website, models.PROTECT, related_name="origins", verbose_name=_("网站"))
    digest = models.CharField(_("标题与正文的摘要值"), max_length=64)
    title_key = models.CharField(_("标题（去标点）"), max_length=255)
    day = models.DateField(_("原发布日期"), null=True)
    source = models.CharField(_("来源文件"), max_length=255)
    address = models.CharField(_("原网页地址"), max_length=500, blank=True)
    at = models.DateTimeField(_("迁入时间"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("人员"))

    class Meta:
        verbose_name = verbose_name_plural = _("迁入记录")
        constraints = [models.UniqueConstraint(name="origin_text_once", fields=["website", "digest"])]
        indexes = [models.Index(fields=["website", "title_key"], name="origin_title")]

    def __str__(self) -> str:
        return self.source
