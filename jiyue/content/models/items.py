"""信息: what is put into columns, one table a kind."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, PageChooserPanel
from wagtail.fields import RichTextField, StreamField

from jiyue.content import bodies
from jiyue.content.blocks import TEXT_FEATURES, BodyBlock, TopicBlock
from jiyue.content.columns import ACCEPTS
from jiyue.content.models.structure import ChainPage, ColumnPage
from jiyue.content.titles import TitlePanel
from jiyue.library.classification import THEMES, Genre, Kind, Openness, Validity
from jiyue.library.models import BasePage, Picture, Relation


doc_number_format = RegexValidator(
    r"^[\u4e00-\u9fffA-Za-z]+〔\d{4}〕[1-9]\d*号$",
    _("发文字号格式如“云政办发〔2026〕31号”，年份用六角括号，序号不编虚位。"),
)


class ItemPage(ChainPage):
    """What all items have in common. Abstract: each kind is a table of its own."""

    subtitle = models.CharField(_("副标题"), max_length=255, blank=True)
    summary = models.TextField(_("概述"), max_length=300, blank=True, help_text=_("不填则取正文开头"))
    keywords = models.CharField(_("关键词"), max_length=200, blank=True)
    source = models.CharField(_("来源"), max_length=100)
    source_url = models.URLField(_("原文网址"), max_length=500, blank=True)
    author = models.CharField(_("作者"), max_length=60, blank=True)
    editor = models.CharField(_("责任编辑"), max_length=60, blank=True)
    cover = models.ForeignKey(Picture, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("题图"))
    body = StreamField(BodyBlock(), verbose_name=_("正文"), blank=True)
    theme = models.CharField(_("主题分类"), max_length=4, choices=THEMES, blank=True)
    important = models.BooleanField(_("重要信息，须负责同志签发"), default=False)
    sticky_until = models.DateTimeField(_("置顶至"), null=True, blank=True)
    originally_published_at = models.DateTimeField(
        _("原发布时间"), null=True, blank=True, help_text=_("迁入旧网站信息或转载时填写；发布后不再改变")
    )

    settings_panels = [
        FieldPanel("theme"),
        FieldPanel("important"),
        FieldPanel("sticky_until"),
        MultiFieldPanel(
            [FieldPanel("go_live_at", heading=_("定时发布")), FieldPanel("expire_at", heading=_("到期撤下"))],
            heading=_("发布时间"),
        ),
        FieldPanel("originally_published_at"),
    ]
    parent_page_types = ["content.ColumnPage"]
    subpage_types: list[str] = []

    class Meta:
        abstract = True

    @classmethod
    def can_create_at(cls, parent: BasePage) -> bool:
        column = parent.specific_deferred if parent.depth > 2 else None
        if not isinstance(column, ColumnPage) or not super().can_create_at(parent):
            return False
        return cls.kind in ACCEPTS[column.column_kind]

    def public_record(self, *, preview: bool = False) -> dict[str, Any]:
        media = bodies.Media(preview=preview)
        body = bodies.render_body(self.body, media)
        text = bodies.plain(body)
        record = {
            "title": self.title,
            "subtitle": self.subtitle,
            "summary": self.summary or text[:120],
            "keywords": self.keywords,
            "source": self.source,
            "source_url": self.source_url,
            "author": self.author,
            "editor": self.editor,
            "cover": media.picture(self.cover),
            "body_html": body,
            "body_text": text,
            "facts": {"attachments": bodies.attachments_of(self.body, media), **self.facts(media)},
            "theme": self.theme,
            "sticky_until": self.sticky_until,
            "expires_at": self.expire_at,
            "released_at": self.originally_published_at,
        }
        return {**record, "media": media.listed()}

    def facts(self, media: bodies.Media) -> dict[str, Any]:
        """What only this kind of item says, as plain JSON data."""
        return {}


def _item_panels(*before_body: Any, after_body: tuple[Any, ...] = ()) -> list[Any]:
    return [
        TitlePanel("title"),
        FieldPanel("subtitle"),
        FieldRowPanel([FieldPanel("source"), FieldPanel("author"), FieldPanel("editor")]),
        FieldPanel("source_url"),
        *before_body,
        FieldPanel("body"),
        *after_body,
        FieldPanel("cover"),
        FieldPanel("summary"),
        FieldPanel("keywords"),
    ]


class Article(ItemPage):
    kind = Kind.NEWS
    content_panels = _item_panels()

    class Meta:
        verbose_name = verbose_name_plural = _("动态")


class Announcement(ItemPage):
    kind = Kind.NOTICE
    content_panels = _item_panels()

    class Meta:
        verbose_name = verbose_name_plural = _("公告")


class PolicyDocument(ItemPage):
    """政策文件, with the metadata of the national header table (``regulation.md`` §5.7)."""

    kind = Kind.POLICY
    doc_number = models.CharField(_("发文字号"), max_length=60, blank=True, validators=[doc_number_format])
    issuer = models.CharField(_("发文机关"), max_length=100)
    issued_on = models.DateField(_("成文日期"))
    effective_on = models.DateField(_("施行日期"), null=True, blank=True)
    expires_on = models.DateField(_("失效日期"), null=True, blank=True)
    genre = models.CharField(_("体裁"), max_length=20, choices=Genre)
    validity = models.CharField(_("有效性"), max_length=10, choices=Validity, default=Validity.VALID)
    openness = models.CharField(_("公开属性"), max_length=12, choices=Openness, default=Openness.PROACTIVE)
    replaced_by = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="replaces", verbose_name=_("替代文件")
    )
    history_note = models.CharField(_("沿革说明"), max_length=200, blank=True)

    content_panels = _item_panels(
        FieldRowPanel([FieldPanel("doc_number"), FieldPanel("issuer")]),
        FieldRowPanel([FieldPanel("genre"), FieldPanel("openness"), FieldPanel("validity")]),
        FieldRowPanel([FieldPanel("issued_on"), FieldPanel("effective_on"), FieldPanel("expires_on")]),
        PageChooserPanel("replaced_by", "content.PolicyDocument"),
        FieldPanel("history_note"),
    )

    class Meta:
        verbose_name = verbose_name_plural = _("政策文件")

    def clean(self) -> None:
        super().clean()
        if self.expires_on and self.effective_on and self.expires_on < self.effective_on:
            raise ValidationError({"expires_on": _("失效日期不能早于施行日期。")})
        if self.effective_on and self.issued_on and self.effective_on < self.issued_on:
            raise ValidationError({"effective_on": _("施行日期不能早于成文日期。")})

    def public_record(self, *, preview: bool = False) -> dict[str, Any]:
        return {**super().public_record(preview=preview), "doc_number": self.doc_number, "validity": self.validity}

    def facts(self, media: bodies.Media) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "issued_on": _day(self.issued_on),
            "effective_on": _day(self.effective_on),
            "expires_on": _day(self.expires_on),
            "genre": self.genre,
            "openness": self.openness,
            "history_note": self.history_note,
            "replaced_by": self.replaced_by_id,
        }

    def relations_out(self) -> list[tuple[str, int]]:
        return [(Relation.Kind.RELATED, self.replaced_by_id)] if self.replaced_by_id else []


class Interpretation(ItemPage):
    """政策解读, bound to the documents it interprets; the link is shown on both."""

    class Form(models.TextChoices):
        TEXT = "text", _("文字解读")
        CHART = "chart", _("图解")
        VIDEO = "video", _("视频解读")
        EXPERT = "expert", _("专家解读")
        QA = "qa", _("问答")

    kind = Kind.INTERPRETATION
    form = models.CharField(_("解读形式"), max_length=10, choices=Form, default=Form.TEXT)
    documents = ParentalManyToManyField(
        PolicyDocument, related_name="interpretations", verbose_name=_("解读的文件"), blank=True
    )

    content_panels = _item_panels(FieldPanel("form"), FieldPanel("documents"))

    class Meta:
        verbose_name = verbose_name_plural = _("政策解读")

    def facts(self, media: bodies.Media) -> dict[str, Any]:
        return {"form": self.form, "documents": [document.pk for document in self.documents.all()]}

    def relations_out(self) -> list[tuple[str, int]]:
        return [(Relation.Kind.INTERPRETS, document.pk) for document in self.documents.all()]


class Leader(ItemPage):
    """领导信息. The title is the person's name, the cover the portrait."""

    kind = Kind.LEADER
    post = models.CharField(_("职务"), max_length=100)
    duties = models.TextField(_("工作分工"))
    resume = RichTextField(_("简历"), blank=True, features=TEXT_FEATURES)
    rank = models.PositiveSmallIntegerField(_("排序"), default=100)
    verified_on = models.DateField(_("核实日期"), null=True, blank=True)

    content_panels = _item_panels(
        FieldRowPanel([FieldPanel("post"), FieldPanel("rank"), FieldPanel("verified_on")]),
        FieldPanel("duties"),
        FieldPanel("resume"),
    )

    class Meta:
        verbose_name = verbose_name_plural = _("领导信息")

    def facts(self, media: bodies.Media) -> dict[str, Any]:
        return {
            "post": self.post,
            "duties": self.duties,
            "resume": bodies.render_text(self.resume),
            "order": self.rank,
            "verified_on": _day(self.verified_on),
        }


class UnitProfile(ItemPage):
    """机构概况: functions, divisions and how to reach the unit."""

    kind = Kind.PROFILE
    functions = RichTextField(_("主要职责"), features=TEXT_FEATURES)
    divisions = RichTextField(_("内设机构"), blank=True, features=TEXT_FEATURES)
    address = models.CharField(_("办公地址"), max_length=120)
    hours = models.CharField(_("办公时间"), max_length=120)
    phone = models.CharField(_("联系电话"), max_length=40)
    fax = models.CharField(_("传真号码"), max_length=40, blank=True)
    email = models.EmailField(_("电子邮箱"), blank=True)

    content_panels = _item_panels(
        FieldPanel("functions"),
        FieldPanel("divisions"),
        FieldRowPanel([FieldPanel("address"), FieldPanel("hours")]),
        FieldRowPanel([FieldPanel("phone"), FieldPanel("fax"), FieldPanel("email")]),
    )

    class Meta:
        verbose_name = verbose_name_plural = _("机构概况")

    def facts(self, media: bodies.Media) -> dict[str, Any]:
        return {
            "functions": bodies.render_text(self.functions),
            "divisions": bodies.render_text(self.divisions),
            **{name: getattr(self, name) for name in ("address", "hours", "phone", "fax", "email")},
        }


class Gallery(ItemPage):
    """图片集: the pictures are the image blocks of the body."""

    kind = Kind.GALLERY
    content_panels = _item_panels()

    class Meta:
        verbose_name = verbose_name_plural = _("图片集")

    def facts(self, media: bodies.Media) -> dict[str, Any]:
        return {
            "pictures": [
                {**(media.picture(b.value["picture"], b.value["alt"]) or {}), "caption": b.value["caption"]}
                for b in self.body
                if b.block_type == "image" and b.value["picture"]
            ]
        }


class Video(ItemPage):
    kind = Kind.VIDEO
    file = models.ForeignKey(
        settings.WAGTAILDOCS_DOCUMENT_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("视频文件"),
    )
    duration = models.CharField(_("时长"), max_length=10, blank=True)
    transcript = models.TextField(_("文字稿"), help_text=_("听不到声音的人由此知道视频的内容"))

    content_panels = _item_panels(FieldRowPanel([FieldPanel("file"), FieldPanel("duration")]), FieldPanel("transcript"))

    class Meta:
        verbose_name = verbose_name_plural = _("视频")

    def facts(self, media: bodies.Media) -> dict[str, Any]:
        return {
            "src": media.attachment(self.file)["path"] if self.file else "",
            "poster": media.picture(self.cover),
            "duration": self.duration,
            "transcript": self.transcript,
        }


class OutsideLink(ItemPage):
    kind = Kind.LINK
    url = models.URLField(_("链接网址"), max_length=500)

    content_panels = [
        TitlePanel("title"),
        FieldPanel("url"),
        FieldPanel("source"),
        FieldPanel("summary"),
    ]

    class Meta:
        verbose_name = verbose_name_plural = _("外部链接")

    def facts(self, media: bodies.Media) -> dict[str, Any]:
        return {"url": self.url}


class Topic(ItemPage):
    """专题专栏, with a start and an end; after the end it stays readable and is marked as archived."""

    kind = Kind.TOPIC
    starts_on = models.DateField(_("开始日期"))
    ends_on = models.DateField(_("结束日期"), null=True, blank=True)
    sections = StreamField(TopicBlock(), verbose_name=_("专题内容"), blank=True)

    content_panels = _item_panels(
        FieldRowPanel([FieldPanel("starts_on"), FieldPanel("ends_on")]), after_body=(FieldPanel("sections"),)
    )

    class Meta:
        verbose_name = verbose_name_plural = _("专题")
        constraints = [
            models.CheckConstraint(
                name="topic_ends_after_it_starts", condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on"))
            )
        ]

    def facts(self, media: bodies.Media) -> dict[str, Any]:
        return {
            "starts_on": _day(self.starts_on),
            "ends_on": _day(self.ends_on),
            "banner": media.picture(self.cover),
            "blocks": [_cleaned(block) for block in self.sections.get_prep_value()],
        }


ITEM_MODELS: tuple[type[ItemPage], ...] = (
    Article, Announcement, PolicyDocument, Interpretation, Leader, UnitProfile, Gallery, Video, OutsideLink, Topic,
)  # fmt: skip


def _cleaned(block: dict[str, Any]) -> dict[str, Any]:
    return {**block, "value": bodies.render_text(block["value"])} if block["type"] == "text" else block


def _day(day: Any) -> str | None:
    return day.isoformat() if day else None
