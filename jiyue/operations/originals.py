"""Uploaded files: below ``HOME/media``, or in a bucket that no backup of ours holds.

A bucket is backed up by keeping versions of its own: what somebody deletes there can be fetched back. So it must keep them
(``jiyue doctor`` looks), and what a restored database speaks of must be among them (``jiyue doctor --data``, every drill).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import FileField


if TYPE_CHECKING:
    from jiyue.common.objects import Bucket


def buckets() -> list[Bucket]:
    """Those this installation keeps something in: originals, published bodies."""
    told = [_where_media_lie(), settings.STORE_S3]
    return [_bucket(where) for where in told if where]


def missing() -> list[str]:
    """Names of files the database speaks of and nobody has any more."""
    names = sorted(set(_names()))
    where = _where_media_lie()
    if not where:
        return [name for name in names if not default_storage.exists(name)]
    bucket = _bucket(where)
    there = set(bucket.names())
    lost = [name for name in names if name not in there]
    deleted = set(bucket.names_of_all_versions()) if lost else set()
    return [name for name in lost if name not in deleted]


def _names() -> Iterator[str]:
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, FileField):
                filled = model._default_manager.exclude(**{field.name: ""})
                yield from filled.order_by().values_list(field.name, flat=True).iterator()


def _where_media_lie() -> dict[str, str] | None:
    told: dict[str, Any] = settings.STORAGES["default"]
    return told["OPTIONS"] if told["BACKEND"] == "jiyue.common.objects.MediaStorage" else None


def _bucket(where: dict[str, str]) -> Bucket:
    from jiyue.common.objects import Bucket  # an extra: there only where it is used

    return Bucket(where)
