"""The addresses of the back office, what stands in each, and who may read what.

Whoever adds a screen adds a line to ``FILLINGS``; a screen that is not there fails the matrix."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Permission
from django.urls import URLPattern, get_resolver, reverse
from wagtail.admin.views.bulk_action.registry import bulk_action_registry

from jiyue.accounts import actions as accounts
from jiyue.accounts.gate import Policy, policy_of
from jiyue.accounts.models import User
from jiyue.accounts.roles import Role, Verb
from jiyue.content.models import Article
from tests.assurance.planting import KINDS, Owned
from tests.factories import a_person


MISSING = 987654321
WORD = re.compile(rb"zx([a-z]{3})(\d\d)zx", re.IGNORECASE)


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


def _new_item(new: Any) -> dict[str, Any]:
    names = {"content_type_app_name": "content", "content_type_model_name": new.model_name}
    return {**names, "parent_page_id": new.pk}


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
    "wagtailadmin_pages:add": ("new item", _new_item),
    "wagtailadmin_pages:preview_on_add": ("new item", _new_item),
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
    "wagtailadmin_editing_sessions:release": ("editing session", _one("session_id")),
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
# Answers the same, whatever stands in the address, and does something to one's own only.
SAME_FOR_ALL = {"wagtailadmin_editing_sessions:release"}
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
    model_name = "article"

    @property
    def file(self) -> Any:
        return type("File", (), {"name": "original_images/missing.png"})

    specific_class = Article


# Addresses that name two objects: one's own and another's. Each is answered as if the second did not exist.
CROSSED: dict[str, Callable[[Owned, Any], dict[str, Any] | tuple[Any, ...]]] = {
    "wagtailadmin_pages:revisions_view": lambda mine, key: {"page_id": mine.draft.pk, "revision_id": key("revision")},
    "wagtailadmin_pages:revisions_revert": lambda mine, key: {"page_id": mine.draft.pk, "revision_id": key("revision")},
    "wagtailadmin_pages:revisions_compare": lambda mine, key: {
        "pk": mine.draft.pk, "revision_id_a": key("revision"), "revision_id_b": "latest",
    },
    "wagtailadmin_editing_sessions:ping": lambda mine, key: {
        **_session(mine.draft), "session_id": key("editing session"),
    },
}  # fmt: skip


def crossed(door: Door, mine: Owned, theirs: Owned | None) -> str | None:
    """An address with one's own object and another's, or (``None``) one that does not exist."""
    if door.name not in CROSSED:
        return None

    def key(kind: str) -> int:
        return theirs.things[kind][0].pk if theirs else MISSING

    return _reverse(door.name, CROSSED[door.name](mine, key))


API_ACTIONS = (
    "copy", "copy_for_translation", "create_alias", "convert_alias", "delete", "move", "publish", "unpublish",
    "revert_to_page_revision",
)  # fmt: skip


def closed_addresses(door: Door, owned: Owned) -> list[str]:
    """Addresses of a door that is open to nobody, with things of a bureau."""
    page = owned.things["page"][0]
    if door.name == "wagtail_bulk_action":
        return [f"{reverse(door.name, args=names)}?{ids}" for names, ids in _bulk_acts(owned)]
    if door.name == "wagtailadmin_api:pages:action":
        return [reverse(door.name, args=[page.pk, name]) for name in API_ACTIONS]
    return [_closed_address(door, owned)]


def _bulk_acts(owned: Owned) -> Iterator[tuple[list[str], str]]:
    """Every act of Wagtail's on many things at once, with all the bureau has of that kind."""
    bulk_action_registry._scan_for_bulk_actions()
    kinds = {"user": "user", "attachment": "attachment", "picture": "picture", "basepage": "page"}
    for app, models in bulk_action_registry.actions.items():
        for model, acts in models.items():
            ids = "&".join(f"id={thing.pk}" for thing in owned.things[kinds[model]])
            yield from (([app, model, act], ids) for act in acts)


def _closed_address(door: Door, owned: Owned) -> str:
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
    bare = accounts.enrol(username="bare", name="只有后台入口", by=None, at=at, password="yunzhou-2026-demo")
    bare.user_permissions.add(Permission.objects.get(codename="access_admin"))
    suspended = a_person("gone", Role.EDITOR, other.unit, at=at)
    accounts.suspend(suspended, by=None, at=at, reason="调离")
    return [
        *found,
        Principal("without a role", nobody),
        Principal("bare admin access", bare),
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


def shown_by(response: Any, url: str) -> tuple[bytes, set[tuple[str, str]]]:
    """All a response says - body, headers, cookies, waiting messages - and the words in it: (bureau, kind). The address
    somebody asked for is no news to them."""
    shown = _everything(response)
    for asked in (url.split("?", maxsplit=1)[0], url.partition("?next=")[2]):
        shown = shown.replace(asked.encode(), b"") if asked else shown
    return shown, {(unit.decode().lower(), KINDS[int(number)]) for unit, number in WORD.findall(shown)}


def leaked(
    principal: Principal, shown: bytes, words: set[tuple[str, str]], digests: dict[str, list[bytes]]
) -> list[str]:
    """What of it somebody may not know."""
    found = {f"{unit} {kind}" for unit, kind in words if not may_read(principal, unit, kind)}
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
        r"nonce=\"[^\"]*\"|key\\*(?:&quot;|\"): \\*(?:&quot;|\")\w*|[A-Za-z0-9_%-]*\d[\w%.-]*|csrf\w*|value=\"\w{64}\"|\b\w{32,}\b|missing",
        "",
        text,
    )
