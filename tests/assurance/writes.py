"""What an attacker sends, and whether anything of another bureau changed by it."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connection, models
from selectolax.lexbor import LexborHTMLParser

from tests.assurance.planting import Owned


WRITE = re.compile(r'^\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM)\s+"(\w+)"', re.IGNORECASE)
# What every request may write: who is logged in, what was tried, how often.
BOOKKEEPING = re.compile(r"session|audit|limit|bucket|attempt|sitting|lockout|visit|outbox|dirtykey")


@contextmanager
def writing() -> Iterator[set[str]]:
    """Collects the tables written to, except the bookkeeping."""
    tables: set[str] = set()

    def look(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found = WRITE.match(sql)
        if found and not BOOKKEEPING.search(found[1].lower()):
            tables.add(found[1])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        yield tables


def forms_of(response: Any, url: str) -> dict[str, Any] | None:
    """What a browser would send back if every field of the screen's own form were filled in."""
    if response.status_code != 200 or "html" not in response.get("Content-Type", ""):
        return None
    ours = [form for form in LexborHTMLParser(response.text).css("form") if _is_ours(form.attributes, url)]
    if not ours:
        return None
    return {name: value for form in ours for node in form.css("[name]") for name, value in _field(node)}


def _is_ours(form: dict[str, Any], url: str) -> bool:
    action = (form.get("action") or "").split("?")[0]
    return (form.get("method") or "").upper() == "POST" and action in {"", ".", url.split("?", maxsplit=1)[0]}


def _field(node: Any) -> Iterator[tuple[str, Any]]:
    name, kind = node.attributes["name"], node.attributes.get("type") or ""
    if kind in {"submit", "button", "file", "image"} or name == "csrfmiddlewaretoken" or node.tag == "button":
        return
    if node.tag == "select":
        options = [option.attributes.get("value") or "" for option in node.css("option")]
        chosen = [option.attributes.get("value") or "" for option in node.css("option[selected]")]
        yield name, next(filter(None, [*chosen, *options]), "")
    elif kind in {"checkbox", "radio"}:
        if "checked" in node.attributes or name == "checklist":
            yield (
                name,
                [box.attributes.get("value") or "on" for box in node.parent.parent.parent.css(f'[name="{name}"]')],
            )
    else:
        given = node.text() if node.tag == "textarea" else node.attributes.get("value")
        yield name, given or ("" if kind in {"hidden", "date"} or "data-valuepath" in node.attributes else "原因充分")


def with_everything(page: Any) -> dict[str, str]:
    """Fields no form has, in case something assigns whatever comes."""
    other: Owned = page
    return {
        "unit": str(other.unit.pk), "unit_id": str(other.unit.pk), "website": str(other.website.pk),
        "website_id": str(other.website.pk), "owner": str(other.people["editor"].pk),
        "owner_id": str(other.people["editor"].pk), "digest": "sha256:" + "0" * 64, "state": "published",
        "live": "true", "released_at": "2001-01-01 00:00", "receipt": "1", "receipt_id": "1", "by": "1",
        "author": str(other.people["editor"].pk), "reviewer": str(other.people["reviewer"].pk),
        "is_superuser": "on", "is_staff": "on", "action-publish": "1", "action-submit": "1",
        "publish_at": "2001-01-01 00:00", "approved_go_live_at": "2001-01-01 00:00",
    }  # fmt: skip


def _rich(text: str, **entity: Any) -> str:
    """A block of rich text as the editor sends it, with one thing it refers to."""
    block = {"key": "a", "text": text, "type": "unstyled", "depth": 0, "inlineStyleRanges": [], "entityRanges": []}
    if entity:
        block["entityRanges"] = [{"offset": 0, "length": len(text), "key": 0}]
    return json.dumps({"blocks": [block], "entityMap": {"0": entity} if entity else {}})


def _block(kind: str, value: dict[str, Any] | str, number: int = 0) -> dict[str, str]:
    name = f"body-{number}"
    values = {"": value} if isinstance(value, str) else {f"-{part}": given for part, given in value.items()}
    block = {"deleted": "", "order": str(number), "type": kind, "id": ""}
    return {
        **{f"{name}-{key}": text for key, text in block.items()},
        **{f"{name}-value{k}": v for k, v in values.items()},
    }


# What the editor's scripts add to its form: one block of text, no comments.
EDITOR = {
    "body-count": "1", **_block("text", _rich("正文。")),
    "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0", "comments-MIN_NUM_FORMS": "0", "comments-MAX_NUM_FORMS": "",
}  # fmt: skip


def forged(key: Callable[[str], int]) -> Iterator[dict[str, str]]:
    """What the editor's form never sends by itself: references to another bureau's things, their comments, their
    revisions. ``key`` answers the key of one of their things of a kind."""
    picture, attachment, page = str(key("picture")), str(key("attachment")), key("page")
    yield {"cover": picture, "documents": str(page), "replaced_by": str(page), "file": attachment}
    yield _block("image", {"picture": picture, "alt": "替", "caption": ""})
    yield _block("file", {"file": attachment, "title": "附件"})
    yield _block("text", _rich("链接", type="LINK", mutability="MUTABLE", data={"id": page, "parentId": 1}))
    yield _block("text", _rich("文件", type="DOCUMENT", mutability="MUTABLE", data={"id": attachment}))
    yield _block("text", _rich(" ", type="IMAGE", mutability="IMMUTABLE", data={"id": picture, "format": "left"}))
    yield {"comments-TOTAL_FORMS": "1", "comments-INITIAL_FORMS": "1", **_comment(key, DELETE="on")}
    yield {"comments-TOTAL_FORMS": "1", "comments-INITIAL_FORMS": "0", **_comment(key, resolved="on")}
    revision = str(key("revision"))
    yield {"overwrite_revision_id": revision, "revision": revision, "loaded_revision_id": revision}


def _comment(key: Callable[[str], int], **changes: str) -> dict[str, str]:
    """A comment and its replies by their keys, as a formset within a formset."""
    replies = {"TOTAL_FORMS": "1", "INITIAL_FORMS": "1", "0-id": str(key("reply")), "0-text": "改了", "0-DELETE": "on"}
    values = {"id": str(key("comment")), "text": "改了", "contentpath": "title", "position": "", **changes}
    return {
        **{f"comments-0-{name}": value for name, value in values.items()},
        **{f"comments-0-replies-{name}": value for name, value in replies.items()},
    }


def swapped(payload: dict[str, Any], mine: Owned, theirs: Owned) -> dict[str, Any]:
    """Each key of one's own object replaced by that of the other bureau's."""
    keys = {
        str(own.pk): str(other.pk)
        for kind in mine.things
        for own, other in zip(mine.things[kind], theirs.things.get(kind, []), strict=False)
    }
    return {name: keys.get(value, value) if isinstance(value, str) else value for name, value in payload.items()}


Rows = dict[str, dict[Any, tuple[Any, ...]]]


def rows(tables: set[str] | None = None) -> Rows:
    """Every row of these tables, or of all of them except the bookkeeping."""
    found: Rows = {}
    for model in (model for model in _models() if tables is None or model._meta.db_table in tables):
        fields = [field.attname for field in model._meta.concrete_fields]
        found[model._meta.label_lower] = {row[0]: row[1:] for row in model._base_manager.values_list("pk", *fields)}
    return found


def _models() -> list[type[models.Model]]:
    tables = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    return [
        model
        for model in tables
        if not BOOKKEEPING.search(model._meta.db_table) and model is not ContentType and not model._meta.proxy
    ]


def belongings(units: set[int]) -> dict[str, set[Any]]:
    """By model, the keys of what belongs to these units: themselves, and whatever points at something of theirs."""
    mine: dict[str, set[Any]] = {model._meta.label_lower: set() for model in _models()}
    mine["organisations.unit"] = set(units)
    while True:
        before = sum(map(len, mine.values()))
        for model in _models():
            mine[model._meta.label_lower] |= _pointing(model, mine)
        if sum(map(len, mine.values())) == before:
            return mine


# Rows that stand on one side and point at the other: whose they are is said by these fields alone.
STANDS_AT = {"library.placement": {"column"}, "library.standingcall": {"target"}, "library.relation": {"source"}}


def _pointing(model: type[models.Model], mine: dict[str, set[Any]]) -> set[Any]:
    found: set[Any] = set()
    side = STANDS_AT.get(model._meta.label_lower)
    for field in model._meta.concrete_fields:
        target = field.related_model
        if (
            target is None
            or (side and field.name not in side)
            or target._meta.label_lower in {"accounts.user", "contenttypes.contenttype"}
        ):
            continue
        keys = mine.get(target._meta.label_lower, set())
        if keys:
            found |= set(model._base_manager.filter(**{f"{field.attname}__in": keys}).values_list("pk", flat=True))
    if any(field.name == "object_id" for field in model._meta.concrete_fields):
        pages = {str(key) for key in mine["library.basepage"]}
        found |= set(model._base_manager.filter(object_id__in=pages).values_list("pk", flat=True))
    return found


def changed(before: Rows, owned: dict[str, set[Any]], units: set[int], tables: set[str]) -> list[str]:
    """What became of another bureau's things in the tables written to: rows changed, gone, or new rows that point at
    them."""
    now, mine = rows(tables), belongings(units)
    found = []
    for label, table in now.items():
        old = before.get(label, {})
        touched = [key for key in owned.get(label, set()) & old.keys() if table.get(key) != old[key]]
        found += [f"{label} {key} {'changed' if key in table else 'gone'}" for key in touched]
        found += [f"{label} {key} new" for key in mine.get(label, set()) - old.keys()]
        moved = (mine.get(label, set()) - owned.get(label, set())) & old.keys()
        found += [f"{label} {key} taken over" for key in moved]
    return sorted(found)
