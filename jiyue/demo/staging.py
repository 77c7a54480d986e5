"""From the sample city's plain data to pages: pictures become rows, blocks become stream values, keys become links."""

import hashlib
import json
import uuid
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from wagtail.models import Collection

from jiyue.common.chinese import syllables
from jiyue.content.models import (
    Announcement,
    Article,
    Interpretation,
    ItemPage,
    Leader,
    PolicyDocument,
    Topic,
    UnitProfile,
    Video,
)
from jiyue.demo import pictures
from jiyue.demo.brush import HEIGHT, WIDTH
from jiyue.demo.shapes import City, Item
from jiyue.demo.writing import SCENE_WORDS
from jiyue.library.models import Picture
from jiyue.organisations.models import Unit


MODELS: dict[str, type[ItemPage]] = {
    model.kind: model
    for model in (Article, Announcement, PolicyDocument, Interpretation, Leader, UnitProfile, Video, Topic)
}
SIZES = {"portrait": (600, 800), "banner": (1600, 400)}
NAMESPACE = uuid.UUID("5f0c1c5e-53f9-4b0e-9d0a-7d1f4c2b9a11")


def hang_pictures(city: City, units: dict[str, Unit], *, at: datetime) -> dict[str, Picture]:
    """Draws every picture the city shows and enters it into the library of its unit."""
    collection = Collection.get_first_root_node()
    wanted = sorted((site.unit, key) for site in city.websites for key in city.pictures_of(site.code))
    rows = [_picture(key, units[unit], collection, at) for unit, key in wanted]
    return dict(zip((key for _unit, key in wanted), Picture.objects.bulk_create(rows, batch_size=200), strict=True))


def page_of(item: Item, hung: dict[str, Picture], keys: dict[str, int], placed: dict[str, Any]) -> ItemPage:
    """The item as a page that is not yet in the tree. ``keys`` are the primary keys kept for all items; ``placed`` the
    pages it interprets, which come before it."""
    model = MODELS[item.kind]
    values: dict[str, Any] = dict(item.values)
    for name in set(values) & {"functions", "divisions", "resume"}:
        values[name] = str(values[name])
    page = model(
        pk=keys[item.key], title=item.title, slug=slug_of(item.title, item.key), subtitle=item.subtitle, summary=item.summary[:300],
        keywords=item.keywords, source=item.source, author=item.author, editor=item.editor, theme=item.theme,
        cover=hung.get(item.cover), body=json.dumps(body_of(item, hung), ensure_ascii=False), **values,
    )  # fmt: skip
    if isinstance(page, Interpretation):
        page.documents = [placed[key] for key in item.links["documents"]]
    if isinstance(page, PolicyDocument) and "replaced_by" in item.links:
        page.replaced_by_id = keys[item.links["replaced_by"][0]]
    if isinstance(page, Topic) and item.links.get("items"):
        page.sections = json.dumps(_chosen(item, keys), ensure_ascii=False)
    return page


def body_of(item: Item, hung: dict[str, Picture]) -> list[dict[str, Any]]:
    return [
        {
            "type": name,
            "id": _id(item.key, number),
            "value": {**value, "picture": hung[value["picture"]].pk} if name == "image" else value,
        }
        for number, (name, value) in enumerate(item.body)
    ]


def slug_of(title: str, key: str) -> str:
    first = syllables(title[:1])[0].lower()
    return f"{first[:8] if first.isascii() and first.isalnum() else 'x'}-{uuid.uuid5(NAMESPACE, key).hex[:12]}"


def _chosen(item: Item, keys: dict[str, int]) -> list[dict[str, Any]]:
    pages = [{"type": "item", "value": keys[key], "id": _id(item.key, key)} for key in item.links["items"]]
    return [{"type": "items", "id": _id(item.key, "items"), "value": {"title": "专题动态", "pages": pages}}]


def _id(*parts: object) -> str:
    return str(uuid.uuid5(NAMESPACE, "/".join(map(str, parts))))


def _picture(key: str, unit: Unit, collection: Collection, at: datetime) -> Picture:
    name, *_rest = key.split("-")
    drawn = pictures.draw(key).encode()
    width, height = SIZES.get(name, (WIDTH, HEIGHT))
    words = {"portrait": "领导照片（示意）", "banner": "专题题图"}.get(name) or SCENE_WORDS[name]
    stored = default_storage.save(f"original_images/{key}.svg", ContentFile(drawn))
    return Picture(
        title=words, alt=words, unit=unit, width=width, height=height, file=stored, file_size=len(drawn), collection=collection,
        file_hash=hashlib.sha1(drawn, usedforsecurity=False).hexdigest(), created_at=at,
    )  # fmt: skip
