"""The blocks editors put together: the body of an item, and the home page of a website (the site builder)."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock

from jiyue.common.html import address_of, clean_table


TEXT_FEATURES = ["h2", "h3", "h4", "bold", "italic", "ol", "ul", "hr", "link", "blockquote", "superscript", "subscript"]


class TableBlock(blocks.TextBlock):
    """A table as HTML, as it comes from Word; cleaned whenever it is taken in."""

    def clean(self, value: Any) -> str:
        cleaned = clean_table(super().clean(value) or "")
        if "<table" not in cleaned:
            raise ValidationError(_("这里需要一个表格。"))
        return cleaned

    class Meta:
        icon = "table"
        label = _("表格")


class PictureBlock(blocks.StructBlock):
    picture = ImageChooserBlock(label=_("图片"))
    alt = blocks.CharBlock(label=_("替代文字"), help_text=_("看不到图片的人由此知道图片的内容"), max_length=200)
    caption = blocks.CharBlock(label=_("图注"), required=False, max_length=200)

    class Meta:
        icon = "image"
        label = _("图片")


class FileBlock(blocks.StructBlock):
    file = DocumentChooserBlock(label=_("附件"))
    title = blocks.CharBlock(label=_("附件名称"), max_length=200)

    class Meta:
        icon = "doc-full"
        label = _("附件")


class VideoBlock(blocks.StructBlock):
    file = DocumentChooserBlock(label=_("视频文件"))
    poster = ImageChooserBlock(label=_("封面"), required=False)
    transcript = blocks.TextBlock(label=_("文字稿"), help_text=_("视频必须配文字稿"))

    class Meta:
        icon = "media"
        label = _("视频")


class BodyBlock(blocks.StreamBlock):
    text = blocks.RichTextBlock(label=_("文字"), features=TEXT_FEATURES)
    table = TableBlock()
    image = PictureBlock()
    file = FileBlock()
    video = VideoBlock()


class ColumnChooserBlock(blocks.PageChooserBlock):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(page_type="content.ColumnPage", **kwargs)


class TabBlock(blocks.StructBlock):
    label = blocks.CharBlock(label=_("标签名称"), max_length=20, required=False)
    column = ColumnChooserBlock(label=_("栏目"))


class HeadlineBlock(blocks.StructBlock):
    column = ColumnChooserBlock(label=_("取自栏目"), help_text=_("显示该栏目最新一条，置顶的优先"))

    class Meta:
        icon = "title"
        label = _("头条")


class PictureNewsBlock(blocks.StructBlock):
    column = ColumnChooserBlock(label=_("取自栏目"), help_text=_("显示该栏目最新的带图信息"))
    count = blocks.IntegerBlock(label=_("条数"), default=5, min_value=1, max_value=8)

    class Meta:
        icon = "image"
        label = _("图片新闻")


class NewsTabsBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("标题"), required=False, max_length=20)
    tabs = blocks.ListBlock(TabBlock(), label=_("标签"), min_num=1, max_num=5)
    count = blocks.IntegerBlock(label=_("每栏条数"), default=8, min_value=1, max_value=12)

    class Meta:
        icon = "list-ul"
        label = _("信息列表")


class PolicyListBlock(NewsTabsBlock):
    class Meta:
        icon = "doc-full"
        label = _("政策文件")


class DisclosureBoxBlock(blocks.StructBlock):
    links = blocks.ListBlock(TabBlock(), label=_("常用公开栏目"), required=False, default=[])

    class Meta:
        icon = "folder-open-inverse"
        label = _("政府信息公开")


class TileBlock(blocks.StructBlock):
    label = blocks.CharBlock(label=_("名称"), max_length=20)
    icon = blocks.CharBlock(label=_("图标"), max_length=20, default="grid")
    url = blocks.CharBlock(label=_("网址"), max_length=200)

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if not address_of(cleaned["url"]):
            message = _("网址须以 http://、https:// 或 / 开头。")
            raise blocks.StructBlockValidationError(block_errors={"url": ValidationError(message)})
        return cleaned


class ServiceTilesBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("标题"), default="办事服务", max_length=20)
    groups = blocks.ListBlock(
        blocks.StructBlock(
            [
                ("label", blocks.CharBlock(label=_("标签名称"), max_length=20)),
                ("tiles", blocks.ListBlock(TileBlock(), label=_("事项"))),
            ]
        ),
        label=_("分组"),
    )
    hot = blocks.ListBlock(TileBlock(), label=_("热门事项"), required=False, default=[])

    class Meta:
        icon = "site"
        label = _("办事服务")


class InteractionBoxBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("标题"), default="政民互动", max_length=20)
    entrances = blocks.ListBlock(TileBlock(), label=_("入口"))
    tabs = blocks.ListBlock(TabBlock(), label=_("标签"), required=False, default=[])

    class Meta:
        icon = "comment"
        label = _("政民互动")


class TopicsBlock(blocks.StructBlock):
    column = ColumnChooserBlock(label=_("专题栏目"))
    count = blocks.IntegerBlock(label=_("条数"), default=4, min_value=1, max_value=8)

    class Meta:
        icon = "tag"
        label = _("专题专栏")


class FiguresBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("标题"), default="数据", max_length=20)
    source = blocks.CharBlock(label=_("数据来源与时间"), max_length=60)
    figures = blocks.ListBlock(
        blocks.StructBlock(
            [
                ("label", blocks.CharBlock(label=_("名称"), max_length=30)),
                ("value", blocks.CharBlock(label=_("数值"), max_length=20)),
                ("unit", blocks.CharBlock(label=_("单位"), max_length=20, required=False)),
                ("note", blocks.CharBlock(label=_("说明"), max_length=40, required=False)),
            ]
        ),
        label=_("数据"),
        max_num=4,
    )

    class Meta:
        icon = "order"
        label = _("数据")


class SiteClusterBlock(blocks.StaticBlock):
    class Meta:
        icon = "globe"
        label = _("网站群导航")
        admin_text = _("自动列出本网站的下级网站。")


class LinksBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("标题"), default="友情链接", max_length=20)
    links = blocks.ListBlock(TileBlock(), label=_("链接"))

    class Meta:
        icon = "link"
        label = _("链接")


class HomeBlock(blocks.StreamBlock):
    headline = HeadlineBlock()
    picture_news = PictureNewsBlock()
    news_tabs = NewsTabsBlock()
    policy_list = PolicyListBlock()
    disclosure_box = DisclosureBoxBlock()
    service_tiles = ServiceTilesBlock()
    interaction_box = InteractionBoxBlock()
    topics = TopicsBlock()
    figures = FiguresBlock()
    site_cluster = SiteClusterBlock()
    links = LinksBlock()


class TopicBlock(blocks.StreamBlock):
    text = blocks.RichTextBlock(label=_("文字"), features=TEXT_FEATURES)
    column = NewsTabsBlock(label=_("信息列表"))
    items = blocks.StructBlock(
        [
            ("title", blocks.CharBlock(label=_("标题"), max_length=20)),
            ("pages", blocks.ListBlock(blocks.PageChooserBlock(page_type="library.BasePage"), label=_("信息"))),
        ],
        label=_("选入的信息"),
        icon="list-ul",
    )
