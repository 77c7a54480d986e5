from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from jiyue.websites.models import Website


class SearchQueryQuerySet(models.QuerySet["SearchQuery"]):
    def fruitless(self) -> Self:
        """What people looked for and did not find, the most wanted first (L6)."""
        return self.filter(found=0).order_by("-times", "term")


class SearchQuery(models.Model):
    """How often something was looked for on a website on one day. Nothing about who looked."""

    day = models.DateField(_("日期"))
    website = models.ForeignKey(Website, models.CASCADE, related_name="search_queries", verbose_name=_("网站"))
    term = models.CharField(_("搜索词"), max_length=60)
    times = models.PositiveIntegerField(_("次数"), default=1)
    found = models.PositiveIntegerField(_("最近结果数"))

    objects = SearchQueryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("搜索词统计")
        constraints = [
            models.UniqueConstraint(name="search_query_once_a_day", fields=["website", "day", "term"]),
            models.CheckConstraint(name="search_query_was_asked", condition=models.Q(times__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.term}"
