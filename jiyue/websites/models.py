from __future__ import annotations

from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from jiyue.organisations.models import Unit
from jiyue.websites import formats


class WebsiteQuerySet(models.QuerySet["Website"]):
    def online(self) -> Self:
        return self.filter(state=Website.State.ONLINE)


class Website(models.Model):
    """One public website as the state registers it. Its host names are ``Host`` rows; one host is the primary one."""

    class Kind(models.TextChoices):
        PORTAL = "portal", _("政府门户网站")
        DEPARTMENT = "department", _("部门网站")
        SPECIAL = "special", _("专项网站")

    class State(models.TextChoices):
        PREPARING = "preparing", _("筹备")
        ONLINE = "online", _("正常运行")
        OFFLINE = "offline", _("临时下线")
        CLOSED = "closed", _("永久下线")

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="websites", verbose_name=_("主办单位"))
    supervisor_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="supervised_websites", verbose_name=_("主管单位")
    )
    operator = models.CharField(_("承办单位"), max_length=100, blank=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级网站")
    )
    kind = models.CharField(_("类型"), max_length=12, choices=Kind)
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.PREPARING)
    code = models.SlugField(_("代码"), max_length=40, unique=True)
    name = models.CharField(_("网站名称"), max_length=100, unique=True)
    short_name = models.CharField(_("简称"), max_length=40, blank=True)
    description = models.CharField(_("网站说明"), max_length=200, blank=True)

    identification_code = models.CharField(
        _("政府网站标识码"), max_length=10, blank=True, validators=[formats.identification_code]
    )
    icp_filing = models.CharField(_("ICP备案编号"), max_length=40, blank=True, validators=[formats.icp_filing])
    police_filing = models.CharField(_("公安机关备案号"), max_length=40, blank=True, validators=[formats.police_filing])
    mark_code = models.CharField(_("党政机关网站标识编号"), max_length=40, blank=True)
    protection_level = models.PositiveSmallIntegerField(_("等级保护级别"), null=True, blank=True)
    address = models.CharField(_("办公地址"), max_length=120, blank=True)
    phone = models.CharField(_("联系电话"), max_length=40, blank=True)
    email = models.EmailField(_("电子邮箱"), blank=True)
    contact_name = models.CharField(_("联系人"), max_length=40, blank=True)
    online_since = models.DateField(_("开通日期"), null=True, blank=True)

    skin = models.JSONField(_("外观"), default=dict, blank=True)
    mourning = models.BooleanField(_("灰色显示"), default=False)
    index_number_template = models.CharField(_("索引号规则"), max_length=80, default="{code}/{yyyy}-{seq:05d}")

    objects = WebsiteQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("网站")
        ordering = ["code"]
        constraints = [
            # 苏政办发〔2017〕96号 二(一): 一个单位最多开设一个网站
            models.UniqueConstraint(
                name="one_website_per_unit",
                fields=["unit"],
                condition=~Q(state="closed"),
                violation_error_message=_("一个单位最多开设一个网站（苏政办发〔2017〕96号 二（一））。"),
            ),
        ]

    def __str__(self) -> str:
        return self.short_name or self.name

    def clean(self) -> None:
        super().clean()
        try:
            formats.check_index_numbers(self.index_number_template, self.code)
        except ValidationError as error:
            raise ValidationError({"index_number_template": error}) from error


class Host(models.Model):
    """A host name that leads to a website."""

    website = models.ForeignKey(Website, models.CASCADE, related_name="hosts", verbose_name=_("网站"))
    name = models.CharField(_("域名"), max_length=253, unique=True, validators=[formats.host_name])
    primary = models.BooleanField(_("主域名"), default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("域名")
        ordering = ["-primary", "name"]
        constraints = [
            models.UniqueConstraint(name="one_primary_host", fields=["website"], condition=Q(primary=True)),
        ]

    def __str__(self) -> str:
        return self.name


class WebsiteChange(models.Model):
    """One change of the register: field, before, after (S2: history of every change)."""

    website = models.ForeignKey(Website, models.CASCADE, related_name="changes", verbose_name=_("网站"))
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+", verbose_name=_("人员"))
    field = models.CharField(_("项目"), max_length=40)
    before = models.TextField(_("变更前"), blank=True)
    after = models.TextField(_("变更后"), blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("登记变更")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.website} {self.field}"


class SuspensionQuerySet(models.QuerySet["Suspension"]):
    def active(self) -> Self:
        return self.filter(until=None)


class Suspension(models.Model):
    """紧急停用: a page, a website or the whole cluster answers with a notice (503) from ``since`` until somebody ends it.
    Without a website the cluster, without a path the whole website."""

    website = models.ForeignKey(Website, models.PROTECT, null=True, related_name="suspensions", verbose_name=_("网站"))
    path = models.CharField(_("网页地址"), max_length=300, blank=True)
    reason = models.CharField(_("原因"), max_length=300)  # for us; what readers are told stands in ``text``
    text = models.CharField(_("向公众说明"), max_length=300, blank=True)
    since = models.DateTimeField(_("开始"))
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+", verbose_name=_("停用人"))
    until = models.DateTimeField(_("结束"), null=True)
    ended_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+", verbose_name=_("恢复人"))

    objects = SuspensionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("紧急停用")
        ordering = ["-since", "-pk"]
        constraints = [
            models.UniqueConstraint(name="one_active_suspension", fields=["website", "path"], condition=Q(until=None)),
            models.UniqueConstraint(
                name="one_active_suspension_of_all", fields=["path"], condition=Q(until=None, website=None)
            ),
            models.CheckConstraint(
                name="suspension_ends_after_it_begins", condition=Q(until=None) | Q(until__gte=F("since"))
            ),
            models.CheckConstraint(name="page_of_a_website", condition=Q(path="") | Q(website__isnull=False)),
            models.CheckConstraint(name="suspension_has_a_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        if self.website is None:
            return str(_("全部网站"))
        return f"{self.website.name} {self.path}".strip()

    @property
    def unit(self) -> Unit | None:
        return self.website.unit if self.website else None


def names_and_hosts() -> list[str]:
    """What our websites are called: passwords must not be made of it."""
    return [*Website.objects.values_list("name", flat=True), *Website.objects.values_list("code", flat=True)]
