"""Kinds of column with the update cycle each is held to (国办秘函〔2019〕19号: 动态要闻 2 weeks, 通知公告 and 政策文件
6 months). These are the defaults a new column starts with; the cycle itself is stored with each column."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from jiyue.library.classification import Kind


class ColumnKind(TextChoices):
    NEWS = "news", _("动态类")
    NOTICE = "notice", _("公告类")
    POLICY = "policy", _("政策文件")
    INTERPRETATION = "interpretation", _("政策解读")
    PROFILE = "profile", _("概况类")
    LEADER = "leader", _("领导信息")
    DISCLOSURE = "disclosure", _("信息公开")
    SERVICE = "service", _("办事服务")
    INTERACTION = "interaction", _("互动类")
    MEDIA = "media", _("图片与视频")
    TOPIC = "topic", _("专题")
    CHANNEL = "channel", _("频道")


# What may be put into a column of a kind, the usual first. A channel holds columns only.
ACCEPTS: dict[str, tuple[str, ...]] = {
    ColumnKind.NEWS: (Kind.NEWS, Kind.GALLERY, Kind.VIDEO, Kind.LINK),
    ColumnKind.NOTICE: (Kind.NOTICE, Kind.NEWS, Kind.LINK),
    ColumnKind.POLICY: (Kind.POLICY, Kind.LINK),
    ColumnKind.INTERPRETATION: (Kind.INTERPRETATION, Kind.LINK),
    ColumnKind.PROFILE: (Kind.PROFILE, Kind.NEWS),
    ColumnKind.LEADER: (Kind.LEADER,),
    ColumnKind.DISCLOSURE: (Kind.NEWS, Kind.NOTICE, Kind.POLICY, Kind.PROFILE, Kind.LINK),
    ColumnKind.SERVICE: (Kind.NEWS, Kind.NOTICE, Kind.LINK),
    ColumnKind.INTERACTION: (Kind.NEWS, Kind.NOTICE, Kind.LINK),
    ColumnKind.MEDIA: (Kind.GALLERY, Kind.VIDEO),
    ColumnKind.TOPIC: (Kind.TOPIC, Kind.LINK),
    ColumnKind.CHANNEL: (),
}

# Days after which a column of a kind counts as stale; None: no cycle.
CYCLES: dict[str, int | None] = {
    ColumnKind.NEWS: 14,
    ColumnKind.NOTICE: 183,
    ColumnKind.POLICY: 183,
    ColumnKind.INTERPRETATION: 183,
}
