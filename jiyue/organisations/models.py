from __future__ import annotations

from typing import Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class UnitQuerySet(models.QuerySet["Unit"]):
    def within(self, unit: Unit) -> Self:
        """The unit itself and every unit below it."""
        return self.filter(path__startswith=unit.path)


class Unit(models.Model):
    """One organisation. ``path`` spells the way from the root (``1/4/17/``), so that a subtree is one prefix."""

    class Level(models.TextChoices):
        PROVINCE = "province", _("省级")
        CITY = "city", _("市级")
        COUNTY = "county", _("县级")
        TOWNSHIP = "township", _("乡镇（街道）")

    class Kind(models.TextChoices):
        GOVERNMENT = "government", _("人民政府")
        DEPARTMENT = "department", _("部门")
        INSTITUTION = "institution", _("事业单位")

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级单位")
    )
    path = models.CharField(_("路径"), max_length=200, unique=True, editable=False)
    name = models.CharField(_("名称"), max_length=100, unique=True)
    short_name = models.CharField(_("简称"), max_length=40, blank=True)
    code = models.SlugField(_("代码"), max_length=40, unique=True)
    level = models.CharField(_("层级"), max_length=10, choices=Level)
    kind = models.CharField(_("性质"), max_length=12, choices=Kind)
    credit_code = models.CharField(
        _("统一社会信用代码"),
        max_length=18,
        blank=True,
        validators=[RegexValidator(r"^[0-9A-HJ-NPQRTUWXY]{18}$", _("统一社会信用代码为18位。"))],
    )

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("单位")
        ordering = ["path"]
        constraints = [
            models.CheckConstraint(name="unit_is_not_its_own_parent", condition=~Q(parent=F("pk"))),
        ]

    def __str__(self) -> str:
        return self.short_name or self.name
