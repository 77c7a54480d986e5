"""The pictures and files a page names, and the links of its text."""

import re
from typing import Final
from urllib.parse import unquote, urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from jiyue.common.html import address_of
from jiyue.onboarding.page import Resource


PLACEHOLDER: Final = "/m/pending/"
ATTACHMENTS: Final = re.compile(r"\.(?:pdf|ofd|docx?|wps|xlsx?|et|pptx?|dps|zip|rar|7z|txt|csv)$", re.IGNORECASE)
_ICON: Final = re.compile(
    r"icon|logo|spacer|blank|loading|print|share|weixin|qrcode|ewm|imgconac|red\.png|arrow|bullet|fileico|/dot|button|btn_|(?:next|prev)_?page",
    re.IGNORECASE,
)


def take_pictures(main: LexborNode | None, base: str) -> tuple[list[Resource], int]:
    """Gives every picture of the text a placeholder and every link its whole address; counts links that lead nowhere."""
    if main is None:
        return [], 0
    images: list[Resource] = []
    for node in main.css("img"):
        source = _picture_source(node)
        if source:
            placeholder = f"{PLACEHOLDER}{len(images) + 1}"
            node.attrs["src"] = placeholder
            images.append(Resource(_whole(source, base), _caption(node), placeholder))
    lost = 0
    for link in main.css("a[href]"):
        href = address_of(link.attributes.get("href"))
        if href and not re.match(r"https?:|mailto:", href):
            whole = _whole(href, base)
            lost += 0 if whole.startswith("http") or ATTACHMENTS.search(href) else 1
            link.attrs["href"] = whole if whole.startswith("http") else "#"
    return images, lost


def _picture_source(node: LexborNode) -> str:
    attributes = node.attributes
    for name in ("data-original", "data-src", "_src", "src"):
        source = (attributes.get(name) or "").strip()
        if source and not source.startswith("data:"):
            small = any(
                (attributes.get(side) or "99").removesuffix("px") in set(map(str, range(33)))
                for side in ("width", "height")
            )
            return "" if small or _ICON.search(source) else source
    return ""


def _caption(node: LexborNode) -> str:
    """Its alternative text, unless that is only the name of the file."""
    text = (node.attributes.get("alt") or node.attributes.get("title") or "").strip()
    return "" if re.search(r"\.(?:jpe?g|png|gif|bmp)$|^[\w.-]+$", text, re.IGNORECASE | re.ASCII) else text[:200]


def _whole(href: str, base: str) -> str:
    return urljoin(base, href) if base.startswith("http") else href


def attachments_of(tree: LexborHTMLParser, base: str, main: LexborNode | None) -> list[Resource]:
    """Links to files in the text, and those named as attachments anywhere on the page."""
    found: dict[str, Resource] = {}
    inside = {link.mem_id for link in main.css("a[href]")} if main is not None else set()
    for link in tree.css("a[href]"):
        href = (link.attributes.get("href") or "").strip()
        path = href.split("?")[0].split("#")[0]
        title = re.sub(r"\s+", " ", link.text()).strip() or unquote(path.rsplit("/", 1)[-1])
        if ATTACHMENTS.search(path) and (link.mem_id in inside or "附件" in title):
            found.setdefault(href, Resource(_whole(href, base), title[:200]))
    for frame in main.css("iframe[src], embed[src], object[data]") if main is not None else []:
        href = frame.attributes.get("src") or frame.attributes.get("data") or ""
        if ATTACHMENTS.search(href.split("?")[0]):
            found.setdefault(href, Resource(_whole(href, base), unquote(href.rsplit("/", 1)[-1])))
    return list(found.values())
