"""What a blind or old reader meets, as far as the markup alone shows it. A browser sees more (contrast, focus, order)."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from jiyue.inspector.checks import Case, Notice, all_of, at_element, check
from jiyue.inspector.markup import Element
from jiyue.inspector.page import Page


_UNNAMED_INPUTS: Final = frozenset({"hidden", "submit", "reset", "button", "image"})
_NAMES: Final = ("aria-label", "aria-labelledby", "title")
_NO_ZOOM: Final = re.compile(r"user-scalable\s*=\s*(?:no|0)|maximum-scale\s*=\s*(?:1(?:\.0+)?(?![\d.])|0)")


@check("access")
def access(case: Case) -> Iterator[Notice]:
    page = case.page
    contents = page.contents
    if not contents.language:
        yield Notice("access-language")
    yield from all_of("access-alt", [image for image in contents.images if _is_silent(image)], lambda e: e.get("src"))
    yield from all_of("access-link", _nameless_links(page), lambda e: e.get("href"))
    yield from all_of("access-label", _nameless_fields(page), lambda e: f"{e.tag} {e.get('name') or e.get('id')}")
    frames = [frame for frame in contents.frames if not frame.hidden and not _named(frame)]
    yield from all_of("access-frame", frames, lambda e: e.get("src"))
    yield from _headings(page)
    for element in page.metas.get("viewport", []):
        if _NO_ZOOM.search(element.get("content").lower()):
            yield at_element("access-zoom", element, element.get("content")[:120])
            break


def _is_silent(image: Element) -> bool:
    """An empty alternative is allowed: it says that the picture says nothing."""
    return "alt" not in image.attributes and not image.hidden and not _named(image)


def _named(element: Element) -> bool:
    return any(element.get(name) for name in _NAMES)


def _nameless_links(page: Page) -> list[Element]:
    return [
        link
        for link in page.contents.links
        if "href" in link.attributes and not link.text and not link.hidden and not _named(link) and not link.get("alt")
    ]


def _nameless_fields(page: Page) -> list[Element]:
    named = {element.get("for") for element in page.contents.marked if element.tag == "label"}
    return [
        element
        for element in page.contents.fields
        if not element.hidden
        and not element.labelled
        and element.tag != "button"
        and element.get("type").lower() not in _UNNAMED_INPUTS
        and not _named(element)
        and element.get("id") not in named - {""}
    ]


def _headings(page: Page) -> Iterator[Notice]:
    levels = [(int(heading.tag[1]), heading) for heading in page.contents.headings if not heading.hidden]
    for (before, _), (after, heading) in pairwise(levels):
        if after > before + 1:
            yield at_element("access-heading", heading, f"h{before} → h{after} {heading.text}"[:120])
            return
