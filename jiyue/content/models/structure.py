"""What a website is built of: its home page and its columns."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.fields import StreamField
from wagtail.models import Revision

from jiyue.content.blocks import HomeBlock
from jiyue.content.columns import ColumnKind
from jiyue.content.forms import ItemForm
from jiyue.content.locks import lock_of
from jiyue.content.titles import TitlePanel
from jiyue.library.classification import Kind
from jiyue.library.models import BasePage


class ChainPage(BasePage):
    """Anything that goes through the review chain; while it is being reviewed nobody changes it."""

    base_form_class = ItemForm
    promote_panels: list[Any] = []

    class Meta:
        abstract = True

    def get_lock(self) -> Any:
        return lock_of(self) or super().get_lock()

    def save_revision(self, *args: Any, overwrite_revision: Revision | None = None, **values: Any) -> Revision:
        """The editor's automatic saves go on writing into one revision. What was sent to the reviewers stays as they
        read it: the next save begins another one."""
        if overwrite_revision and self.submissions.filter(revision=overwrite_revision.pk).exists():
            overwrite_revision = None
        return super().save_revision(*args, overwrite_revision=overwrite_revision, **values)

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        from jiyue.content.preview import preview  # Wagtail calls the model; pages are rendered above it

        return HttpResponse(preview(self))


class HomePage(ChainPage):
    """首页: assembled from blocks by the site manager. There is one at the root of every website."""

    kind = Kind.HOME
    blocks = StreamField(HomeBlock(), verbose_name=_("首页区块"), blank=True)

    content_panels = [TitlePanel("title"), FieldPanel("blocks")]
    settings_panels: list[Any] = []
    subpage_types = ["content.ColumnPage"]
    parent_page_types: list[str] = []

    class Meta:
        verbose_name = verbose_name_plural = _("首页")

    def public_record(self, *, preview: bool = False) -> dict[str, Any]:
        return {"title": self.title, "facts": {"blocks": self.blocks.get_prep_value()}}


class ColumnPage(ChainPage):
    """栏目: a named list on a website, with a kind, an update cycle and an owner."""

    class Layout(models.TextChoices):
        LIST = "list", _("标题列表")
        PICTURES = "pictures", _("图片列表")

    kind = Kind.COLUMN
    column_kind = models.CharField(_("栏目类型"), max_length=16, choices=ColumnKind, default=ColumnKind.NEWS)
    layout = models.CharField(_("列表样式"), max_length=10, choices=Layout, default=Layout.LIST)
    description = models.CharField(_("栏目说明"), max_length=200, help_text=_("设置目的和主要内容，写入网页标签"))
    keywords = models.CharField(_("栏目关键词"), max_length=100, help_text=_("用逗号分隔"))
    update_cycle_days = models.PositiveSmallIntegerField(
        _("更新周期（天）"), null=True, blank=True, help_text=_("超过这一天数没有新信息即为更新超期；留空表示不考核")
    )
    owner_name = models.CharField(_("责任科室或责任人"), max_length=60, blank=True)
    in_navigation = models.BooleanField(_("列入主导航"), default=True)
    basic = models.BooleanField(_("基本栏目"), default=False, editable=False)
    calls_need_review = models.BooleanField(_("调用其他网站信息须先审核"), default=True)

    content_panels = [
        TitlePanel("title"),
        FieldPanel("slug", heading=_("栏目代码")),
        FieldRowPanel([FieldPanel("column_kind"), FieldPanel("layout")]),
        FieldPanel("description"),
        FieldPanel("keywords"),
        FieldRowPanel([FieldPanel("update_cycle_days"), FieldPanel("owner_name")]),
        FieldPanel("in_navigation"),
        FieldPanel("calls_need_review"),
    ]
    settings_panels: list[Any] = []
    parent_page_types = ["content.HomePage", "content.ColumnPage"]

    class Meta:
        verbose_name = verbose_name_plural = _("栏目")

    def public_record(self, *, preview: bool = False) -> dict[str, Any]:
        return {
            "title": self.title,
            "summary": self.description,
            "keywords": self.keywords,
            "facts": {"column_kind": self.column_kind, "layout": self.layout, "in_navigation": self.in_navigation},
        }
