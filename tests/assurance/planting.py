"""Two bureaus with something of every kind, each thing marked with a word nobody else may ever read.

A word is ``zx<unit><number>zx``; ``KINDS`` says what each number stands for."""

import hashlib
import re
from dataclasses import dataclass, field
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.utils import timezone
from wagtail.admin.models import EditingSession, FormState
from wagtail.models import Comment, CommentReply

from jiyue.accounts.models import AuditEntry, Membership, User
from jiyue.accounts.models.sessions import Factor
from jiyue.accounts.roles import Role
from jiyue.content import actions
from jiyue.content.actions import CHECKLIST
from jiyue.content.models import ITEM_MODELS, Article, ColumnPage, Interpretation, PolicyDocument
from jiyue.library import actions as library
from jiyue.library.models import Attachment, BasePage, Release
from jiyue.notices.actions import raise_alarm
from jiyue.onboarding.models import Origin
from jiyue.publishing.models import Tampering
from jiyue.websites import emergency
from tests.factories import a_person, a_picture


KINDS = (
    "title", "body", "summary", "old revision", "comment", "opinion", "reason", "picture", "picture alt",
    "attachment", "file name", "column", "column words", "person", "edit of a public item", "bin", "origin", "bytes",
    "alarm", "tampering", "factor", "suspension", "reply", "unsaved", "keywords",
)  # fmt: skip
WORD = re.compile(rb"zx([a-z]{3})(\d\d)zx", re.IGNORECASE)
CONTENT_ROLES = [
    Role.EDITOR,
    Role.REVIEWER,
    Role.SECRECY_REVIEWER,
    Role.SIGNING_LEADER,
    Role.SITE_MANAGER,
    Role.SUPERVISOR,
]


def word(unit: Any, kind: str) -> str:
    return f"zx{unit.code}{KINDS.index(kind):02}zx"


@dataclass(frozen=True)
class NewItem:
    """What could be written: a kind of page in a column. ``pk`` is the column's."""

    model_name: str
    pk: int


@dataclass
class Owned:
    """What a bureau owns, by kind of thing; ``people`` by role."""

    unit: Any
    website: Any
    people: dict[str, User] = field(default_factory=dict)
    things: dict[str, list[Any]] = field(default_factory=dict)
    digests: list[bytes] = field(default_factory=list)

    @property
    def draft(self) -> Any:
        """An item with several revisions, comments, and somebody who has it open."""
        return self.things["page"][0]

    def put(self, kind: str, *objects: Any) -> Any:
        self.things.setdefault(kind, []).extend(objects)
        return objects[0]


def people_of(unit: Any, *, at: Any) -> dict[str, User]:
    """One person a content role and one who may enter and nothing else, each of them another."""
    roles = [*CONTENT_ROLES, Role.CLERK]
    found = {role.value: a_person(f"{unit.code}-{role.value}", role, unit, at=at) for role in roles}
    for role, person in found.items():
        person.first_name = f"人{word(unit, 'person')}{role}"
        person.save(update_fields=["first_name"])
    return found


def plant(unit: Any, website: Any, *, at: Any) -> Owned:
    """Something of every kind, in every state, made by the actions."""
    owned = Owned(unit, website, people_of(unit, at=at))
    owned.put("unit", unit)
    owned.put("website", website)
    owned.put("user", *owned.people.values())
    owned.put("membership", *Membership.objects.filter(unit=unit).order_by("pk"))
    _media(owned, at=at)
    _drafts(owned, at=at)
    _in_the_chain(owned, at=at)
    _structure(owned, at=at)
    _operation(owned, at=at)
    return owned


def _media(owned: Owned, *, at: Any) -> None:
    unit = owned.unit
    picture = owned.put("picture", a_picture(unit, title=f"图{word(unit, 'picture')}"))
    picture.alt = f"替{word(unit, 'picture alt')}"
    picture.save()
    picture.get_rendition("max-165x165")
    data = f"文件{word(unit, 'bytes')}".encode()
    name = f"{word(unit, 'file name')}.txt"
    attachment = Attachment(title=f"附件{word(unit, 'attachment')}", unit=unit, file=ContentFile(data, name=name))
    attachment.save()
    owned.put("attachment", attachment)
    for thing in (picture, attachment):
        thing.get_file_hash()
        with thing.file.open("rb") as opened:
            shown = opened.read()
        owned.digests += [hashlib.new(kind, shown).hexdigest().encode() for kind in ("md5", "sha1", "sha256")]


def _text(owned: Owned, title: str = "title", **values: Any) -> dict[str, Any]:
    unit = owned.unit
    return {
        "title": f"鹭鸶{word(unit, title)}",
        "source": unit.name,
        "summary": f"概述{word(unit, 'summary')}",
        "keywords": f"词{word(unit, 'keywords')}",
        "body": [
            ("text", f"<p>正文{word(unit, 'body')}</p>"),
            ("image", {"picture": owned.things["picture"][0], "alt": f"替{word(unit, 'picture alt')}", "caption": ""}),
            ("file", {"file": owned.things["attachment"][0], "title": f"附件{word(unit, 'attachment')}"}),
        ],
        **values,
    }


def _draft(owned: Owned, **values: Any) -> Any:
    column = ColumnPage.objects.get(website=owned.website, slug="gzdt")
    at = values.pop("at")
    return actions.draft(Article, column, by=owned.people["editor"], at=at, **{**_text(owned), **values})


def _drafts(owned: Owned, *, at: Any) -> None:
    unit, editor = owned.unit, owned.people["editor"]
    item = _draft(owned, at=at, summary=f"旧{word(unit, 'old revision')}")
    actions.revise(item, by=editor, at=at, summary=f"概述{word(unit, 'summary')}")
    comment = Comment.objects.create(
        page=item, user=editor, text=f"批注{word(unit, 'comment')}", contentpath="title", position=""
    )
    reply = CommentReply.objects.create(comment=comment, user=editor, text=f"回复{word(unit, 'reply')}")
    owned.put("comment", comment)
    owned.put("reply", reply)
    about = {"content_type": ContentType.objects.get_for_model(Article), "object_id": str(item.pk)}
    owned.put(
        "editing session",
        EditingSession.objects.create(user=editor, last_seen_at=timezone.now(), is_editing=True, **about),
    )
    FormState.objects.create(
        user=editor, data=f"title={word(unit, 'unsaved')}", last_updated_at=timezone.now(), **about
    )
    _origin(owned, item, at=at)
    binned = _draft(owned, at=at, title=f"鹭鸶{word(unit, 'bin')}")
    actions.discard(binned, by=editor, at=at)
    owned.put("page", item, binned, *_policies(owned, at=at))
    owned.put("revision", *item.revisions.order_by("pk"))


def _policies(owned: Owned, *, at: Any) -> list[Any]:
    """A policy document nobody knows of, and what explains it."""
    documents, explained = (ColumnPage.objects.get(website=owned.website, slug=slug) for slug in ("zcwj", "zcjd"))
    by, facts = owned.people["editor"], {"issuer": owned.unit.name, "issued_on": at.date(), "genre": "通知"}
    document = actions.draft(PolicyDocument, documents, by=by, at=at, **_text(owned), **facts)
    interpretation = actions.draft(Interpretation, explained, by=by, at=at, **_text(owned))
    actions.revise(interpretation, by=by, at=at, documents=[document])
    return [document, interpretation]


def _new_items(owned: Owned) -> list[NewItem]:
    """Every kind, in the first column that takes it."""
    columns = list(ColumnPage.objects.filter(website=owned.website).order_by("path"))
    kinds = {model: [column for column in columns if model.can_create_at(column)] for model in ITEM_MODELS}
    items = [NewItem(model._meta.model_name, found[0].pk) for model, found in kinds.items() if found]
    return [*items, NewItem("columnpage", owned.things["column"][0].pk)]


def _origin(owned: Owned, item: Any, *, at: Any) -> None:
    source = f"{word(owned.unit, 'origin')}.html"
    Origin.objects.create(
        item=item, website=owned.website, digest=word(owned.unit, "origin"), title_key=source, source=source, at=at,
        by=owned.people["editor"],
    )  # fmt: skip


def _in_the_chain(owned: Owned, *, at: Any) -> None:
    unit, people = owned.unit, owned.people
    opinion, reason = f"意见{word(unit, 'opinion')}", f"原因{word(unit, 'reason')}"
    waiting = [actions.submit(_draft(owned, at=at, important=True), by=people["editor"], at=at) for _ in range(5)]
    for submission in waiting[1:4]:
        actions.review(submission, by=people["reviewer"], at=at, opinion=opinion)
    actions.clear(waiting[2], by=people["secrecy_reviewer"], at=at, checklist=list(CHECKLIST), opinion=opinion)
    actions.send_back(waiting[3], reason=reason, by=people["secrecy_reviewer"], at=at)
    actions.recall(waiting[4], by=people["editor"], at=at)
    owned.put("submission", *waiting)
    urgent = _public(owned, "紧急公开的信息", at=at)
    owned.put("submission", actions.publish_in_emergency(urgent, reason=reason, by=people["signing_leader"], at=at))
    item = _public(owned, "公开的信息", at=at)
    _through(owned, item, at=at)
    actions.revise(item, by=people["editor"], at=at, **_text(owned, "edit of a public item"))
    withdrawn = _public(owned, "撤下的信息", at=at)
    _through(owned, withdrawn, at=at)
    actions.revise(withdrawn, by=people["editor"], at=at, **_text(owned, "edit of a public item"))
    actions.withdraw(withdrawn, reason="数据有误", by=people["reviewer"], at=at)
    owned.put("page", item, withdrawn, waiting[0].page, urgent)
    owned.put("release", Release.objects.get(item=item.pk))


def _public(owned: Owned, title: str, *, at: Any) -> Any:
    return _draft(owned, at=at, title=title, summary="", keywords="", body=[("text", "<p>公开的正文。</p>")])


def _through(owned: Owned, item: Any, *, at: Any) -> None:
    submission = actions.submit(item, by=owned.people["editor"], at=at)
    actions.review(submission, by=owned.people["reviewer"], at=at)
    actions.clear(submission, by=owned.people["secrecy_reviewer"], at=at, checklist=list(CHECKLIST))


def _structure(owned: Owned, *, at: Any) -> None:
    unit = owned.unit
    home = BasePage.objects.get(website=owned.website, depth=2)
    column = ColumnPage(
        title=f"栏{word(unit, 'column')}", slug=f"c-{unit.code}", description=f"明{word(unit, 'column words')}",
        keywords="词", live=False,
    )  # fmt: skip
    home.add_child(instance=column)
    column.save_revision(user=owned.people["site_manager"], log_action=False)
    owned.put("column", column)
    owned.put("new item", *_new_items(owned))
    owned.put("home", home)
    owned.put("page", column)


def _operation(owned: Owned, *, at: Any) -> None:
    unit, website, leader = owned.unit, owned.website, owned.people["signing_leader"]
    text = f"警报{word(unit, 'alarm')}"
    owned.put("alarm", raise_alarm("publishing.tampered", subject=website.name, text=text, at=at, unit=unit))
    owned.put(
        "tampering",
        Tampering.objects.create(
            website=website,
            place=f"public/{word(unit, 'tampering')}",
            path="/",
            kind="changed",
            outcome="store",
            found_at=at,
        ),
    )
    editor = owned.people["editor"]
    owned.put(
        "factor",
        Factor.objects.create(user=editor, kind="totp", name=word(unit, "factor"), secret=b"x", added_at=at),
    )
    reason = f"停用{word(unit, 'suspension')}"
    page = owned.things["release"][0].address
    owned.put("entry", *AuditEntry.objects.filter(unit=unit).order_by("-pk")[:20])
    owned.put("suspension", emergency.suspend(website, reason=reason, by=leader, at=at, path=page))


def share(one: Owned, other: Owned, *, at: Any) -> None:
    """Each shows what the other published: a call that waits for its reviewer, and a standing call."""
    for here, there in ((one, other), (other, one)):
        notices = ColumnPage.objects.get(website=here.website, slug="tzgg")
        news = ColumnPage.objects.get(website=there.website, slug="zcwj")
        editor, manager = here.people["editor"], here.people["site_manager"]
        here.put("placement", library.call(there.things["release"][0], notices, by=editor, at=at, approved=False))
        here.put("standing", library.call_always(news, notices, by=manager, at=at))
        there.put("source column", ColumnPage.objects.get(website=there.website, slug="gzdt"))
