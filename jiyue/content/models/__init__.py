from jiyue.content.models.items import (
    ITEM_MODELS,
    Announcement,
    Article,
    Gallery,
    Interpretation,
    ItemPage,
    Leader,
    OutsideLink,
    PolicyDocument,
    Topic,
    UnitProfile,
    Video,
    doc_number_format,
)
from jiyue.content.models.structure import ChainPage, ColumnPage, HomePage
from jiyue.content.models.submissions import Submission, SubmissionQuerySet


__all__ = [
    "ITEM_MODELS",
    "Announcement",
    "Article",
    "ChainPage",
    "ColumnPage",
    "Gallery",
    "HomePage",
    "Interpretation",
    "ItemPage",
    "Leader",
    "OutsideLink",
    "PolicyDocument",
    "Submission",
    "SubmissionQuerySet",
    "Topic",
    "UnitProfile",
    "Video",
    "doc_number_format",
]
