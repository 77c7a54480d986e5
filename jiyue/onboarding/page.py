"""What is read from one page or text of an old site, before anything is stored."""

from dataclasses import dataclass, field
from datetime import datetime


class NotAnArticle(Exception):  # noqa: N818 -- read aloud: "except NotAnArticle"
    """This document cannot be taken; ``kind`` groups the report, the message is for the person who reads it."""

    def __init__(self, kind: str, reason: str, title: str = "") -> None:
        super().__init__(reason)
        self.kind = kind
        self.title = title


@dataclass(frozen=True, slots=True)
class Resource:
    """A picture or an attachment the page names; pictures stand in the body as ``<img src=placeholder>``."""

    href: str
    title: str = ""
    placeholder: str = ""


@dataclass(slots=True)
class Page:
    title: str
    body: str  # cleaned HTML
    published_at: datetime | None = None
    source: str = ""
    author: str = ""
    editor: str = ""
    column: str = ""
    doc_number: str = ""
    index_number: str = ""
    address: str = ""  # where it was on the old site, when known
    images: list[Resource] = field(default_factory=list)
    attachments: list[Resource] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  # worth knowing
    doubts: list[str] = field(default_factory=list)  # a person has to look before this goes online
