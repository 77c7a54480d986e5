"""Bringing old content in: always as a draft, always once, its first publication kept; the chain decides the rest."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.html import escape
from django.utils.translation import gettext as _

from jiyue.accounts.audit import record
from jiyue.accounts.models import User
from jiyue.accounts.permissions import holders
from jiyue.accounts.roles import Verb
from jiyue.common.errors import Refused
from jiyue.common.html import text_of
from jiyue.content import actions as content
from jiyue.content.columns import ACCEPTS
from jiyue.content.models import Announcement, Article, ColumnPage, Interpretation, ItemPage, PolicyDocument, Submission
from jiyue.content.permissions import can_write
from jiyue.library.classification import Kind
from jiyue.library.models import BasePage
from jiyue.onboarding import policies
from jiyue.onboarding.blocks import Block
from jiyue.onboarding.facts import squeezed
from jiyue.onboarding.files import store_attachment, store_picture
from jiyue.onboarding.models import Origin
from jiyue.onboarding.page import Page
from jiyue.onboarding.reading import Document
from jiyue.onboarding.word import Taken
from jiyue.organisations.models import Unit


MODELS: Final[dict[str, type[ItemPage]]] = {
    Kind.NEWS: Article,
    Kind.NOTICE: Announcement,
    Kind.POLICY: PolicyDocument,
    Kind.INTERPRETATION: Interpretation,
}


class Duplicate(Refused):
    """The same text is already here."""


@dataclass(slots=True)
class Brought:
    """What became of a document: the draft, and what the person who checks it should know."""

    item: ItemPage
    notes: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


@transaction.atomic
def bring_in(document: Document, column: ColumnPage, *, source: str, by: User, at: datetime) -> Brought:
    """Makes a draft of a document in a column. Refuses what is already there."""
    page, unit = document.page, unit_of(column)
    digest = digest_of(page)
    known = Origin.objects.filter(website=column.website_id, digest=digest).first()
    if known is not None:
        raise Duplicate(_("与已迁入的 %s 相同") % known.source)
    brought = Brought(Article(), list(page.notes), list(page.doubts))
    _refuse_future(page, brought, at=at)
    _look_for_likeness(page, column, brought)
    model = model_for(column)
    values = _values(page, model, column, brought, at=at)
    values["body"] = body_of(document.blocks, document, unit=unit, by=by, notes=brought.notes)
    brought.item = content.draft(model, column, by=by, at=at, **values)
    Origin.objects.create(
        item=brought.item,
        website_id=column.website_id,
        digest=digest,
        title_key=squeezed(page.title)[:255],
        day=page.published_at.date() if page.published_at else None,
        source=source[-255:],
        address=page.address[:500],
        at=at,
        by=by,
    )
    record(brought.item, "onboarding.bring_in", by=by, at=at, source=source, digest=digest)
    return brought


@transaction.atomic
def fill(
    item: ItemPage, taken: Taken, *, by: User, at: datetime, append: bool = False, retitle: bool = False
) -> BasePage:
    """Puts the content of a Word file or of a paste into the body of a draft."""
    if not can_write(by, item):
        raise Refused(_("您没有修改该信息的权限。"))
    document = Document(Page(item.title, ""), taken.blocks, pictures={p.placeholder: p.data for p in taken.pictures})
    body = body_of(taken.blocks, document, unit=unit_of(item), by=by, notes=[])
    if append:
        before = item.get_latest_revision_as_object().body
        body = [*((block.block_type, block.value) for block in before), *body]
    values: dict[str, Any] = {"body": body}
    if retitle and taken.title:
        values["title"] = taken.title[:255]
    return content.revise(item, by=by, at=at, **values)


def approve_in_demo(item: ItemPage, *, by: User, at: datetime) -> None:
    """Takes an imported draft through the whole chain, each step by its own person. In the demonstration only."""
    if not settings.DEMO:
        raise Refused(_("只有演示环境可以自动审核；正式环境的信息须由审核员、保密审查员逐条办理。"))
    with transaction.atomic():
        submission = content.submit(item, by=by, at=at)
        reviewer = _someone(Verb.REVIEW, submission, besides={by.pk})
        content.review(submission, by=reviewer, at=at, opinion=_("演示数据迁入"))
        clearer = _someone(Verb.CLEAR, submission, besides={by.pk, reviewer.pk})
        content.clear(submission, by=clearer, at=at, checklist=list(content.CHECKLIST))
        submission.refresh_from_db()
        if submission.state == Submission.State.SIGNATURE:
            signer = _someone(Verb.SIGN, submission, besides={by.pk, reviewer.pk, clearer.pk})
            content.sign(submission, by=signer, at=at)


def unit_of(page: BasePage) -> Unit:
    """Only the root of the tree belongs to no unit, and nothing comes in there."""
    unit: Unit | None = page.unit
    assert unit is not None
    return unit


def importer_of(unit: Unit) -> User | None:
    """The person in whose name an import runs when nobody is named: an editor of the unit."""
    return holders(Verb.WRITE, unit).order_by("pk").first()


def model_for(column: ColumnPage) -> type[ItemPage]:
    """The usual kind of the column, if it is one that a text can be."""
    kind = next((kind for kind in ACCEPTS[column.column_kind] if kind in MODELS), None)
    if kind is None:
        raise Refused(_("栏目“%s”不收文字信息。") % column)
    return MODELS[kind]


def digest_of(page: Page) -> str:
    """Of title and text without spaces, so that another layout of the same text is still the same text."""
    text = "".join(f"{page.title}\n{text_of(page.body)}".split())
    return hashlib.sha256(text.encode()).hexdigest()


def body_of(
    blocks: list[Block], document: Document, *, unit: Unit, by: User, notes: list[str]
) -> list[tuple[str, Any]]:
    """The value of the body field: pictures and files are stored, what cannot be stored is noted."""
    body: list[tuple[str, Any]] = []
    lost = 0
    for block in blocks:
        if block.kind != "image":
            body.append((block.kind, _without_links_to(document.files, block.value)))
        elif block.value in document.pictures:
            body += _picture(block, document, unit=unit, by=by, notes=notes)
        else:
            lost += 1
    if lost:
        notes.append(_("%d 张图片不在手边，未带入") % lost)
    return body + _files(document, unit=unit, by=by, notes=notes)


def _without_links_to(files: Iterable[str], html: str) -> str:
    """A file that came along stands below the text; the link to the old site would soon be dead."""
    for href in files:
        html = re.sub(rf'<a href="{re.escape(escape(href))}">(.*?)</a>', r"\1", html, flags=re.DOTALL)
    return html


def _picture(block: Block, document: Document, *, unit: Unit, by: User, notes: list[str]) -> list[tuple[str, Any]]:
    alt = block.alt or block.caption or _("%s（配图）") % document.page.title[:80]
    try:
        picture = store_picture(document.pictures[block.value], title=alt, unit=unit, by=by)
    except Refused as refused:
        notes.append(_("一张图片未带入：%s") % refused)
        return []
    return [("image", {"picture": picture, "alt": alt[:200], "caption": block.caption[:200]})]


def _files(document: Document, *, unit: Unit, by: User, notes: list[str]) -> list[tuple[str, Any]]:
    body: list[tuple[str, Any]] = []
    for attachment in document.page.attachments:
        data = document.files.get(attachment.href)
        try:
            if data is None:
                raise Refused(_("不在手边"))
            stored = store_attachment(
                data, name=attachment.href.split("?")[0], title=attachment.title, unit=unit, by=by
            )
            body.append(("file", {"file": stored, "title": attachment.title[:200]}))
        except Refused as refused:
            notes.append(_("附件“%(title)s”未带入：%(reason)s") % {"title": attachment.title, "reason": refused})
    return body


def _values(page: Page, model: type[ItemPage], column: ColumnPage, brought: Brought, *, at: datetime) -> dict[str, Any]:
    if len(page.title) > 120:
        brought.doubts.append(_("标题过长，请核对"))
    if not page.source:
        brought.notes.append(_("没有来源，暂记为本单位"))
    values = {
        "title": page.title[:255],
        "source": (page.source or unit_of(column).name)[:100],
        "source_url": _checked(page.address),
        "author": page.author[:60],
        "editor": page.editor[:60],
        "originally_published_at": page.published_at,
    }
    if model is PolicyDocument:
        values |= policies.metadata_of(page, unit=unit_of(column).name, day=at.date(), doubts=brought.doubts)
    return values


def _checked(address: str) -> str:
    try:
        URLValidator(schemes=["http", "https"])(address)
    except ValidationError:
        return ""
    return address if len(address) <= 500 else ""


def _refuse_future(page: Page, brought: Brought, *, at: datetime) -> None:
    if page.published_at and page.published_at > at:
        brought.doubts.append(_("发布日期 %s 在将来，未采用") % page.published_at.date().isoformat())
        page.published_at = None


def _look_for_likeness(page: Page, column: ColumnPage, brought: Brought) -> None:
    """The same title on the same day, or on an item written here, is worth a look but may be right."""
    key = squeezed(page.title)[:255]
    day = page.published_at.date() if page.published_at else None
    near = Origin.objects.filter(website=column.website_id, title_key=key)
    near = near.filter(day=day) if day else near
    like = near.first()
    if like is not None:
        brought.doubts.append(_("与 %s 标题、日期相同而正文不同，可能重复") % like.source)
    elif BasePage.objects.filter(website=column.website_id, title=page.title, origin=None, discarded_at=None).exists():
        brought.doubts.append(_("本网站已有同名信息，可能重复"))


def _someone(verb: Verb, submission: Submission, *, besides: set[int]) -> User:
    person = holders(verb, submission.unit).exclude(pk__in=besides).order_by("pk").first()
    if person is None:
        raise Refused(_("没有可以办理“%s”的另一人，无法走完审核流程。") % verb)
    return person
