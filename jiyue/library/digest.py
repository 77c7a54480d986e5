"""The digest that binds a receipt to a text.

It covers what a reader sees: the fields, the bytes of every file as they are on disk now, and the words that come with
a file. What Wagtail remembers about a file is not asked."""

import hashlib
import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from wagtail.models import ReferenceIndex, Revision

from jiyue.library.classification import Kind
from jiyue.library.models import Attachment, BasePage, Picture


# What Wagtail keeps about a page, and when it shall appear: neither is text anybody reads.
BOOKKEEPING = frozenset(
    {
        "path", "depth", "numchild", "url_path", "slug", "draft_title", "live", "has_unpublished_changes",
        "latest_revision", "live_revision", "latest_revision_created_at", "first_published_at",
        "last_published_at", "go_live_at", "expire_at", "expired", "locked", "locked_at", "locked_by", "owner",
        "alias_of", "translation_key", "locale", "content_type", "wagtail_admin_comments", "discarded_at",
        "website", "unit",
    }
)  # fmt: skip


def digest_of(page: BasePage) -> str:
    """``sha256:`` and 64 hex digits over everything a reader of this page would see, files included.

    ``page`` is the specific object of the revision in question. Two pages never share a digest: the item's number
    is part of it."""
    unread = BOOKKEEPING - {"slug"} if page.kind == Kind.COLUMN else BOOKKEEPING  # a column's code is its address
    content = {name: value for name, value in page.serializable_data().items() if name not in unread}
    text = json.dumps(
        {"content": content, "files": sorted(_file_digests(page))},
        cls=DjangoJSONEncoder,
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def digest_of_revision(revision: Revision) -> str:
    return digest_of(revision.as_object())


def media_of(page: BasePage) -> list[Any]:
    """The pictures and attachments a page refers to, in fields, rich text and blocks."""
    wanted: dict[type[Any], set[Any]] = {Picture: set(), Attachment: set()}
    types = {ReferenceIndex._get_base_content_type(model).pk: model for model in wanted}
    for content_type_id, object_id, _path, _content_path in ReferenceIndex._extract_references_from_object(page):
        if content_type_id in types:
            wanted[types[content_type_id]].add(object_id)
    return [thing for model, keys in wanted.items() if keys for thing in model.objects.filter(pk__in=keys)]


def _file_digests(page: BasePage) -> list[str]:
    return [f"{thing._meta.model_name}:{thing.pk}:{_bytes_of(thing)}:{_words_of(thing)}" for thing in media_of(page)]


def _bytes_of(thing: Picture | Attachment) -> str:
    try:
        with thing.file.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except FileNotFoundError:
        return "missing"  # another digest than any file has: what was reviewed is gone


def _words_of(thing: Picture | Attachment) -> str:
    """What a page says of a file where it says nothing itself."""
    return thing.default_alt_text if isinstance(thing, Picture) else thing.title
