from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import AbstractDocument
from wagtail.images.models import AbstractImage, AbstractRendition
from wagtail.models import AbstractPage, Revision
from wagtail.models.pages import AbstractPageMeta
from wagtail.search import index

from jiyue.common.clock import now
from jiyue.common.constraints import Frozen
from jiyue.common.errors import Refused
from jiyue.library.classification import THEMES, Kind, Validity
from jiyue.library.testers import PageTester
from jiyue.organisations.models import Unit
from jiyue.websites.actions import base_url
from jiyue.websites.models import Website


class BasePage(AbstractPage):
    """The base of everything staff edit in the tree: home pages, columns and items.

    What is stored here are drafts and bookkeeping. The public never reads it; see ``Release``."""

    website = models.ForeignKey(
        Website, models.PROTECT, null=True, editable=False, related_name="pages", verbose_name=_("网站")
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, editable=False, related_name="pages", verbose_name=_("单位")
    )
    discarded_at = models.DateTimeField(_("移入回收站时间"), null=True, editable=False)

    search_fields = [
        *AbstractPage.search_fields,
        index.FilterField("website"),
        index.FilterField("unit"),
        index.FilterField("discarded_at"),
    ]
    search_auto_update = False  # the office searches the tables themselves: a task a save would do nothing
    kind: str = ""
    private_page_options: list[str] = []

    class Meta(AbstractPageMeta):
        verbose_name = verbose_name_plural = _("页面")
        constraints = [
            models.CheckConstraint(
                name="every_page_belongs_to_a_website",
                condition=Q(depth=1) | Q(website__isnull=False, unit__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["website", "-latest_revision_created_at"], name="page_website_latest")]

    def save(self, *args: Any, **kwargs: Any) -> Any:
        self._take_website_from_parent()
        return super().save(*args, **kwargs)

    def _take_website_from_parent(self) -> None:
        """A page belongs where it stands in the tree, whatever an alias, a copy or a form says."""
        if self.depth and self.depth > 2:
            home_path = self.path[: 2 * self.steplen]
            home = BasePage.objects.filter(path=home_path).values_list("website", "unit").first()
            if home:
                self.website_id, self.unit_id = home

    def permissions_for_user(self, user: Any) -> PageTester:
        return PageTester(user, self)

    def with_content_json(self, content: dict[str, Any]) -> Any:
        """Whose a page is, is the row's to say and no revision's."""
        page = super().with_content_json(content)
        page.website_id, page.unit_id, page.discarded_at = self.website_id, self.unit_id, self.discarded_at
        return page

    def publish(self, revision: Revision, user: Any = None, **kwargs: Any) -> None:
        """Wagtail's doors - editor, bulk act, schedule, command, shell - end here. A receipt alone would let a text out
        before its signature or its time; only the chain knows both, and it calls ``library.actions.publish_page``."""
        raise Refused(_("只能经审核链发布：送审、审核、保密审查之后由平台发布。"))

    def move(self, *args: Any, **values: Any) -> None:
        """Whose a page is, is where it stands: Wagtail's command and shell would give it away without a trail."""
        raise Refused(_("页面不能移动或复制：归属、网址和审查结论都随所在的栏目。"))

    def copy(self, *args: Any, **values: Any) -> None:
        self.move()

    def unpublish(self, *args: Any, user: Any = None, **kwargs: Any) -> None:
        from jiyue.library.actions import withdraw

        withdraw(self, by=user, at=now(), reason=gettext("撤下"))

    def public_record(self, *, preview: bool = False) -> dict[str, Any]:
        """The ``Release`` fields this page gives to the public; rendered from the reviewed revision."""
        raise NotImplementedError

    def relations_out(self) -> list[tuple[str, int]]:
        """The typed edges of this revision: (``Relation.Kind``, id of the other page)."""
        return []

    def get_url_parts(self, request: Any = None) -> tuple[int, str, str] | None:
        """Website id, base address and path of the released page; ``None`` while the public cannot see it."""
        release = Release.objects.live().filter(item=self.pk).select_related("website").first()
        if release is None:
            return None
        return release.website_id, base_url(release.website), release.address

    def get_site(self) -> None:
        """Wagtail's sites are not used: host names belong to ``websites.Website``."""

    def is_site_root(self) -> bool:
        return bool(self.depth == 2)


class Picture(AbstractImage):
    """An image in the library. Its file never changes: a new picture is a new row."""

    unit = models.ForeignKey(Unit, models.PROTECT, null=True, editable=False, verbose_name=_("单位"))
    alt = models.CharField(_("替代文字"), max_length=200, blank=True)

    admin_form_fields = (
        "title",
        "file",
        "alt",
        "description",
        "focal_point_x",
        "focal_point_y",
        "focal_point_width",
        "focal_point_height",
    )
    search_fields = [*AbstractImage.search_fields, index.FilterField("unit")]
    search_auto_update = False

    class Meta(AbstractImage.Meta):
        verbose_name = verbose_name_plural = _("图片")

    @property
    def default_alt_text(self) -> str:
        return self.alt or self.description or self.title


class PictureRendition(AbstractRendition):
    image = models.ForeignKey(Picture, models.CASCADE, related_name="renditions")

    class Meta:
        unique_together = [("image", "filter_spec", "focal_point_key")]


class Attachment(AbstractDocument):
    """A file in the library. Its content never changes: a new file is a new row."""

    unit = models.ForeignKey(Unit, models.PROTECT, null=True, editable=False, verbose_name=_("单位"))

    admin_form_fields = ("title", "file")
    search_fields = [*AbstractDocument.search_fields, index.FilterField("unit")]
    search_auto_update = False

    class Meta(AbstractDocument.Meta):
        verbose_name = verbose_name_plural = _("附件")


class Receipt(models.Model):
    """保密审查结论: somebody read exactly the text with this digest and concluded that it may be published.

    保守国家秘密法实施条例 第四十二条: 先审查、后公开, 逐项审查. Any change of the text has another digest and
    therefore no receipt. Rows are never changed."""

    class Basis(models.TextChoices):
        REVIEW = "review", _("逐项审查")
        EMERGENCY = "emergency", _("紧急发布")
        BLUEPRINT = "blueprint", _("建站蓝本")
        DEMO = "demo", _("演示数据")

    item = models.ForeignKey(BasePage, models.PROTECT, related_name="receipts", verbose_name=_("信息"))
    digest = models.CharField(_("内容摘要值"), max_length=80)
    basis = models.CharField(_("依据"), max_length=10, choices=Basis)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("审查人")
    )
    at = models.DateTimeField(_("时间"))
    checklist = models.JSONField(_("审查清单"), default=list)
    opinion = models.CharField(_("结论说明"), max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("保密审查结论")
        indexes = [models.Index(fields=["item", "digest"], name="receipt_item_digest")]
        constraints = [
            models.CheckConstraint(
                name="receipt_has_a_person",
                condition=Q(by__isnull=False) | Q(basis__in=["blueprint", "demo"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.digest[:19]}"


class ReleaseQuerySet(models.QuerySet["Release"]):
    def live(self) -> Self:
        return self.filter(withdrawn_at=None)

    def items(self) -> Self:
        """Without home pages and columns."""
        return self.exclude(kind__in=[Kind.HOME, Kind.COLUMN])

    def in_column(self, column_id: int) -> Self:
        """What a column shows, newest first: its own items and those called into it."""
        return (
            self.live()
            .filter(placements__column=column_id, placements__approved=True)
            .order_by("-placements__released_at", "-placements__release")
        )


class Release(models.Model):
    """What the public reads of one page: a flat copy of the reviewed revision, written when it is published.

    ``released_at`` is the first publication and ``address`` is given once; neither ever changes."""

    item = models.OneToOneField(BasePage, models.PROTECT, related_name="release", verbose_name=_("信息"))
    website = models.ForeignKey(Website, models.PROTECT, related_name="releases", verbose_name=_("网站"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="releases", verbose_name=_("单位"))
    column = models.ForeignKey(
        BasePage, models.PROTECT, null=True, related_name="column_releases", verbose_name=_("栏目")
    )
    kind = models.CharField(_("类型"), max_length=16, choices=Kind)
    address = models.CharField(_("网页地址"), max_length=255)
    title = models.CharField(_("标题"), max_length=255)
    subtitle = models.CharField(_("副标题"), max_length=255, blank=True)
    summary = models.TextField(_("概述"), blank=True)
    keywords = models.CharField(_("关键词"), max_length=200, blank=True)
    source = models.CharField(_("来源"), max_length=100, blank=True)
    source_url = models.URLField(_("来源网址"), max_length=500, blank=True)
    author = models.CharField(_("作者"), max_length=60, blank=True)
    editor = models.CharField(_("责任编辑"), max_length=60, blank=True)
    cover = models.JSONField(_("题图"), null=True)
    body_html = models.TextField(_("正文"), blank=True)
    body_text = models.TextField(_("正文文本"), blank=True)
    facts = models.JSONField(_("专有信息"), default=dict)
    media = models.JSONField(_("所用媒体"), default=list)
    doc_number = models.CharField(_("发文字号"), max_length=60, blank=True)
    index_number = models.CharField(_("索引号"), max_length=60, null=True, unique=True)  # noqa: DJ001 -- structure has none
    theme = models.CharField(_("主题分类"), max_length=4, choices=THEMES, blank=True)
    validity = models.CharField(_("有效性"), max_length=10, choices=Validity, blank=True)
    sticky_until = models.DateTimeField(_("置顶至"), null=True)
    released_at = models.DateTimeField(_("首次发布时间"))
    revised_at = models.DateTimeField(_("最近更新时间"))
    expires_at = models.DateTimeField(_("到期时间"), null=True)
    withdrawn_at = models.DateTimeField(_("撤下时间"), null=True)
    withdrawn_reason = models.CharField(_("撤下原因"), max_length=200, blank=True)
    digest = models.CharField(_("内容摘要值"), max_length=80)
    receipt = models.ForeignKey(Receipt, models.PROTECT, related_name="+", verbose_name=_("保密审查结论"))

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("已发布信息")
        ordering = ["-released_at", "-item_id"]
        constraints = [
            models.UniqueConstraint(name="release_address_once", fields=["website", "address"]),
            models.CheckConstraint(
                name="release_withdrawn_with_reason", condition=Q(withdrawn_at=None) | ~Q(withdrawn_reason="")
            ),
            models.CheckConstraint(
                name="release_revised_after_released", condition=Q(revised_at__gte=F("released_at"))
            ),
            Frozen(
                name="release_first_publication_is_immutable",
                columns=("released_at", "address", "item_id", "website_id"),
            ),
        ]
        indexes = [
            models.Index(fields=["website", "kind", "-released_at"], name="release_website_kind"),
            models.Index(fields=["column", "-released_at"], name="release_column"),
            models.Index(fields=["expires_at"], name="release_expiry", condition=Q(expires_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.title


class Placement(models.Model):
    """共享调用: a column shows a release. An item's own column is a placement too (``home``)."""

    release = models.ForeignKey(Release, models.CASCADE, related_name="placements", verbose_name=_("信息"))
    column = models.ForeignKey(BasePage, models.CASCADE, related_name="placements", verbose_name=_("栏目"))
    released_at = models.DateTimeField(
        _("首次发布时间")
    )  # the release's own, which never changes: lists read it in order
    home = models.BooleanField(_("所属栏目"), default=False)
    approved = models.BooleanField(_("已审核"), default=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("调用人")
    )
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("共享调用")
        constraints = [
            models.UniqueConstraint(name="placement_once", fields=["release", "column"]),
            models.UniqueConstraint(name="one_home_column", fields=["release"], condition=Q(home=True)),
        ]
        indexes = [models.Index(fields=["column", "approved", "-released_at", "-release"], name="placement_column")]

    def __str__(self) -> str:
        return f"{self.release_id} → {self.column_id}"


class Relation(models.Model):
    """A typed edge between two released items, rewritten whenever the source is released; read both ways."""

    class Kind(models.TextChoices):
        INTERPRETS = "interprets", _("解读")
        REPEALS = "repeals", _("废止")
        AMENDS = "amends", _("修改")
        RELATED = "related", _("相关")

    source = models.ForeignKey(BasePage, models.CASCADE, related_name="relations", verbose_name=_("信息"))
    target = models.ForeignKey(BasePage, models.CASCADE, related_name="relations_to", verbose_name=_("对象"))
    kind = models.CharField(_("关系"), max_length=12, choices=Kind)

    class Meta:
        verbose_name = verbose_name_plural = _("关联")
        constraints = [models.UniqueConstraint(name="relation_once", fields=["source", "target", "kind"])]

    def __str__(self) -> str:
        return f"{self.source_id} {self.kind} {self.target_id}"


class StandingCall(models.Model):
    """A column that shows whatever is released in another column, by one decision for all."""

    source = models.ForeignKey(BasePage, models.CASCADE, related_name="called_by", verbose_name=_("来源栏目"))
    target = models.ForeignKey(BasePage, models.CASCADE, related_name="calls", verbose_name=_("调用栏目"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("批准人")
    )
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("固定调用")
        constraints = [
            models.UniqueConstraint(name="standing_call_once", fields=["source", "target"]),
            models.CheckConstraint(name="standing_call_elsewhere", condition=~Q(source=F("target"))),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} → {self.target_id}"

    def brought(self) -> models.QuerySet[Placement]:
        """The placements that stand on this decision: those it made at once, and those of later releases, which
        nobody called."""
        here = Placement.objects.filter(column=self.target_id, release__column=self.source_id, home=False)
        return here.filter(Q(by=None) | Q(by=self.by_id, at=self.at))


class IndexNumberSequence(models.Model):
    """The last serial given on a website in a year. Serials only grow; a number is never given twice."""

    website = models.ForeignKey(Website, models.PROTECT, related_name="+", verbose_name=_("网站"))
    year = models.PositiveSmallIntegerField(_("年度"))
    last = models.PositiveIntegerField(_("最后序号"), default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("索引号序列")
        constraints = [models.UniqueConstraint(name="sequence_once", fields=["website", "year"])]

    def __str__(self) -> str:
        return f"{self.website_id} {self.year}: {self.last}"
