"""Two bureaus with something of every kind, each thing marked with a word nobody else may ever read, and a registry of
how to fill the address of every view the back office opens.

A word is ``zx<unit><number>zx``; ``KINDS`` says what each number stands for. Whoever adds a screen adds a line to
``FILLINGS``; a screen that is not there fails the matrix.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.files.base import ContentFile
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone
from wagtail.models import Comment

from jiyue.accounts import actions as accounts
from jiyue.accounts.gate import Policy, policy_of
from jiyue.accounts.models import AuditEntry, Membership, User
from jiyue.accounts.models.sessions import Factor
from jiyue.accounts.roles import Role, Verb
from jiyue.content import actions
from jiyue.content.actions import CHECKLIST
from jiyue.content.models import Article, ColumnPage
from jiyue.library import actions as library
from jiyue.library.models import Attachment, BasePage, Placement, Release
from jiyue.notices.actions import raise_alarm
from jiyue.publishing.models import Tampering
from jiyue.websites import emergency
from tests.factories import a_person, a_picture


KINDS = (
    "title", "body", "summary", "old revision", "comment", "opinion", "reason", "picture", "picture alt",
    "attachment", "file name", "column", "column words", "person", "edit of a public item", "bin", "origin", "bytes",
    "alarm", "tampering", "factor", "suspension",
)  # fmt: skip
MISSING = 987654321
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


@dataclass
class Owned:
    """What a bureau owns, by kind of thing; ``people`` by role."""

    unit: Any
    website: Any
    people: dict[str, User] = field(default_factory=dict)
    things: dict[str, list[Any]] = field(default_factory=dict)
    digests: list[bytes] = field(default_factory=list)

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
    Comment.objects.create(
        page=item, user=editor, text=f"批注{word(unit, 'comment')}", contentpath="title", position=""
    )
    binned = _draft(owned, at=at, title=f"鹭鸶{word(unit, 'bin')}")
    actions.discard(binned, by=editor, at=at)
    owned.put("page", item, binned)
    owned.put("revision", *item.revisions.order_by("pk"))


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
    return _draft(owned, at=at, title=title, summary="", body=[("text", "<p>公开的正文。</p>")])


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


@dataclass(frozen=True)
class Door:
    """One address of the resolver."""

    name: str
    route: str

    @property
    def policy(self) -> Policy | None:
        return policy_of(self.name)

    @property
    def is_filled(self) -> bool:
        return bool(re.search(r"[<(]", self.route))

    @property
    def is_known(self) -> bool:
        return not self.is_filled or self.name in FILLINGS


def doors() -> list[Door]:
    return sorted(set(_walk(get_resolver().url_patterns)), key=lambda door: (door.name, door.route))


def _walk(found: Any, prefix: str = "", namespace: str = "") -> Iterator[Door]:
    for entry in found:
        if isinstance(entry, URLPattern):
            yield Door(":".join(filter(None, [namespace, entry.name or ""])), prefix + str(entry.pattern))
        else:
            inner = ":".join(filter(None, [namespace, entry.namespace or ""]))
            yield from _walk(entry.url_patterns, prefix + str(entry.pattern), inner)


Fill = Callable[[Any], dict[str, Any] | tuple[Any, ...]]


def _one(name: str) -> Fill:
    return lambda thing: {name: thing.pk}


def _revision(revision: Any) -> dict[str, Any]:
    return {"page_id": int(revision.object_id), "revision_id": revision.pk}


def _new_item(column: Any) -> dict[str, Any]:
    return {"content_type_app_name": "content", "content_type_model_name": "article", "parent_page_id": column.pk}


def _session(page: Any) -> dict[str, Any]:
    return {
        "app_label": "content",
        "model_name": page.specific_class._meta.model_name,
        "object_id": page.pk,
        "session_id": 1,
    }


# URL name → the things that can stand in its address, and how one of them does. None: the address takes no object of
# anybody's, only what is given.
FILLINGS: dict[str, tuple[str | None, Fill | dict[str, Any]]] = {
    **{f"wagtailadmin_pages:{name}": ("page", _one("page_id")) for name in (
        "edit", "preview_on_edit", "view_draft", "history", "history_results",
    )},
    "wagtailadmin_pages:add": ("column", _new_item),
    "wagtailadmin_pages:preview_on_add": ("column", _new_item),
    "wagtailadmin_pages:add_subpage": ("column", _one("parent_page_id")),
    "wagtailadmin_pages:revisions_view": ("revision", _revision),
    "wagtailadmin_pages:revisions_revert": ("revision", _revision),
    "wagtailadmin_pages:revisions_compare": (
        "page", lambda page: {"pk": page.pk, "revision_id_a": "earliest", "revision_id_b": "latest"},
    ),
    "wagtailadmin_explore": ("column", _one("parent_page_id")),
    "wagtailadmin_explore_results": ("column", _one("parent_page_id")),
    "wagtailadmin_choose_page_child": ("column", _one("parent_page_id")),
    "wagtailadmin_api:pages:detail": ("page", _one("pk")),
    "wagtailadmin_editing_sessions:ping": ("page", _session),
    "wagtailadmin_editing_sessions:release": (None, {"session_id": 1}),
    "wagtailimages:edit": ("picture", _one("image_id")),
    "wagtailimages:edit_multiple": ("picture", _one("image_id")),
    "wagtailimages:preview": ("picture", lambda picture: {"image_id": picture.pk, "filter_spec": "max-165x165"}),
    "wagtailimages:image_usage": ("picture", _one("image_id")),
    "wagtaildocs:document_usage": ("attachment", _one("document_id")),
    "wagtailimages_chooser:chosen": ("picture", _one("pk")),
    "wagtailimages_chooser:select_format": ("picture", _one("image_id")),
    "wagtaildocs:edit": ("attachment", _one("document_id")),
    "wagtaildocs:edit_multiple": ("attachment", _one("doc_id")),
    "wagtaildocs_chooser:chosen": ("attachment", _one("pk")),
    "wagtaildocs_serve": ("attachment", lambda attachment: (attachment.pk, attachment.filename)),
    "library_media": ("picture", lambda picture: {"path": picture.file.name}),
    **{f"content_{name}": ("page", _one("pk")) for name in (
        "item", "withdraw", "restore", "emergency", "recall", "discard", "undelete",
    )},
    "content_review": ("submission", _one("pk")),
    "content_preview": ("submission", _one("pk")),
    "content_asset": (None, {"name": "site.css"}),
    "content_call": ("release", _one("pk")),
    "content_call_approve": ("placement", _one("pk")),
    "content_call_end": ("placement", _one("pk")),
    "content_standing_new": ("source column", _one("pk")),
    "content_standing_end": ("standing", _one("pk")),
    "onboarding_take": ("page", _one("pk")),
    "onboarding_fill": ("page", _one("pk")),
    **{f"websites_{name}": ("website", _one("pk")) for name in (
        "website", "amend", "hosts", "skin", "put_online", "take_offline",
    )},
    **{f"accounts_{name}": ("user", _one("pk")) for name in (
        "person", "suspend", "reinstate", "link", "end_sessions", "leave", "move", "reset_factors", "unlock",
    )},
    "accounts_certificate": (None, {"month": "2026-09"}),
    "accounts_certificate_file": (None, {"month": "2026-09"}),
    "accounts_entry": ("entry", _one("pk")),
    "accounts_remove_factor": ("factor", _one("pk")),
    "notices_acknowledge": ("alarm", _one("pk")),
    "publishing_tampering": ("tampering", _one("pk")),
    "publishing_evidence": ("tampering", _one("pk")),
    "websites_resume": ("suspension", _one("pk")),
    "accounts_revoke": ("membership", _one("pk")),
    "accounts_unit": ("unit", _one("pk")),
    "accounts_first": (None, {"key": "MQ", "token": "x"}),
}  # fmt: skip

# Public by what they are: what they show of another unit is what that unit published.
PUBLIC_OBJECTS = {
    "content_call": "可以调用的是已经公开的信息",
    "content_standing_new": "来源栏目是公众可见的栏目",
}
# The same for what is asked in a query: (URL name, what is asked).
PUBLIC_QUERIES = {
    ("content_call_search", "website"): "按来源网站筛选，只列出已上线的网站",
    ("content_standing_search", "website"): "按来源网站筛选，只列出已上线的网站",
}


def addresses(door: Door, owned: Owned | None) -> list[str]:
    """Addresses of a door for what a bureau owns, or (``None``) for what does not exist."""
    if not door.is_filled:
        return [reverse(door.name)] if door.name else ["/" + door.route]
    kind, fill = FILLINGS[door.name]
    if kind is None:
        return [reverse(door.name, kwargs=fill)]
    things = owned.things[kind] if owned else [_Nothing()]
    return list(dict.fromkeys(_reverse(door.name, fill(thing)) for thing in things))


def _reverse(name: str, filling: Any) -> str:
    return reverse(name, args=filling) if isinstance(filling, tuple) else reverse(name, kwargs=filling)


class _Nothing:
    """Stands where an object would: everything about it is missing."""

    pk = object_id = MISSING
    filename = "missing.txt"

    @property
    def file(self) -> Any:
        return type("File", (), {"name": "original_images/missing.png"})

    specific_class = Article


def closed_address(door: Door, owned: Owned) -> str:
    """Some address of a door that is open to nobody."""
    page, picture = owned.things["page"][0], owned.things["picture"][0]
    ids = {"image_id": picture.pk, "revision_id": owned.things["revision"][0].pk, "filter_spec": "max-165x165"}
    route = re.sub(r"\(\?P<(\w+)>[^()]*(?:\([^()]*\))?[^()]*\)", r"<\1>", door.route).replace("^", "").replace("$", "")
    route = re.sub(r"\(\\d\+\)", str(page.pk), route).replace("(.*)", "x").replace(".*", "x").replace(r"\.", ".")
    route = route.replace("(?:", "").replace(")?", "").replace(")", "")
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda m: str(ids.get(m[1], page.pk)), route)


@dataclass(frozen=True)
class Principal:
    """Somebody who tries. ``home``: code of the bureau whose content they may see, if any."""

    name: str
    user: User | None
    home: str = ""


def principals(one: Owned, other: Owned, cluster: Any, *, at: Any) -> list[Principal]:
    """The people of both bureaus, the three administrators, and those who are nobody here."""
    found = [
        Principal(f"{owned.unit.code} {role}", person, owned.unit.code if role != Role.CLERK else "")
        for owned in (one, other)
        for role, person in owned.people.items()
    ]
    found += [Principal(role, cluster.people[role]) for role in ("system_admin", "security_admin", "audit_admin")]
    nobody = accounts.enrol(username="nobody", name="无角色", by=None, at=at, password="yunzhou-2026-demo")
    suspended = a_person("gone", Role.EDITOR, other.unit, at=at)
    accounts.suspend(suspended, by=None, at=at, reason="调离")
    return [
        *found,
        Principal("without a role", nobody),
        Principal("suspended", suspended),
        Principal("anonymous", None),
    ]


# Verbs whose screens show something of every unit by design: which kinds of word, and why.
BY_DESIGN: dict[Verb, tuple[frozenset[str], str]] = {
    Verb.GRANT: (frozenset({"person", "factor"}), "安全管理员管理全平台的账号、第二因素与授权"),
    Verb.AUDIT: (
        frozenset(
            {"person", "title", "opinion", "reason", "bin", "edit of a public item", "column", "suspension", "alarm"}
        ),
        "审计管理员查阅全部审计记录：谁对什么（名称，警报亦同）做了什么，理由是什么；不含正文、附件和草稿内容",
    ),
    Verb.RUN: (
        frozenset({"alarm", "tampering", "suspension", "person"}),
        "系统管理员处置全平台的警报、篡改和紧急停用；不含任何网站的内容",
    ),
}


def may_read(principal: Principal, unit: str, kind: str) -> bool:
    if principal.home == unit or (kind == "person" and principal.user and f"{unit}-" in principal.user.username):
        return True
    held = {Verb.GRANT: Role.SECURITY_ADMIN, Verb.AUDIT: Role.AUDIT_ADMIN, Verb.RUN: Role.SYSTEM_ADMIN}
    return any(principal.name == role.value and kind in BY_DESIGN[verb][0] for verb, role in held.items())


def leaked(principal: Principal, url: str, response: Any, digests: dict[str, list[bytes]]) -> list[str]:
    """What a response says to somebody that they may not know: in body, headers, cookies and waiting messages. The
    address they asked for is no news to them."""
    shown = _everything(response)
    for asked in (url.split("?", maxsplit=1)[0], url.partition("?next=")[2]):
        shown = shown.replace(asked.encode(), b"") if asked else shown
    found = {
        f"{unit} {KINDS[int(number)]}"
        for unit, number in ((u.decode().lower(), n.decode()) for u, n in WORD.findall(shown))
        if not may_read(principal, unit, KINDS[int(number)])
    }
    for unit, values in digests.items():
        if principal.home != unit and any(value in shown for value in values):
            found.add(f"{unit} digest of a file")
    return sorted(found)


def _everything(response: Any) -> bytes:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    headers = "\n".join(f"{name}: {value}" for name, value in response.items())
    cookies = response.cookies.output()
    waiting = getattr(getattr(response, "wsgi_request", None), "_messages", None)
    messages = "\n".join(str(message) for message in getattr(waiting, "_queued_messages", ()))
    return b"\n".join([body, *(text.encode("utf-8", "replace") for text in (headers, cookies, messages))])


def shape(response: Any) -> tuple[int, str]:
    """Status and body without what differs from request to request: numbers, tokens, words."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    text = body.decode("utf-8", "replace") + response.get("Location", "").split("?next=")[0]
    return response.status_code, re.sub(
        r"[A-Za-z0-9_%-]*\d[\w%.-]*|csrf\w*|value=\"\w{64}\"|\b\w{32,}\b|missing", "", text
    )


__all__ = [
    "BY_DESIGN", "CONTENT_ROLES", "FILLINGS", "KINDS", "MISSING", "PUBLIC_OBJECTS", "PUBLIC_QUERIES", "Door", "Owned", "Placement",
    "Principal", "addresses", "closed_address", "doors", "leaked", "plant", "principals", "shape", "share", "timezone",
]  # fmt: skip
