"""What kind of page is it? The norm asks for different things on a home page, a column and a page of content."""

import re
from typing import Final
from urllib.parse import urlsplit

from jiyue.inspector.checks import Kind
from jiyue.inspector.page import Page, is_governmental


_CONTENT: Final = re.compile(
    r"/t?(?:19|20)\d{6}_\d+|/art_?\d*[/_]|_\d{4,}\.s?html?$|/(?:content|article|detail|info|doc|show|view)[/_-]?[\w-]*\d{2,}"
    r"|/\d{4,}\.s?html?$|/c_?\d{6,}|[?&](?:id|articleid|infoid|docid|newsid|contentid)=\w{2,}|/(?:19|20)\d\d[-/]?\d\d[-/]?\d\d/",
    re.IGNORECASE,
)
_HOME: Final = re.compile(r"/?(?:index|default|home|main)?(?:\.\w{3,5})?", re.IGNORECASE)
_COLUMN: Final = re.compile(
    r"/(?:index|list|col\d+|node_\d+|more|channel\w*)?(?:_\d+)?(?:/|\.\w{3,5})?$", re.IGNORECASE
)
PROSE: Final = 300  # characters of one unbroken paragraph


def kind_of(page: Page) -> Kind:
    declared = page.meta("PageCategory").lower()
    if declared in {"index", "home"}:
        return Kind.HOME
    if "articletitle" in page.metas or "pubdate" in page.metas:
        return Kind.CONTENT
    by_address = _of_address(page.url)
    if by_address:
        return by_address
    if "columnname" in page.metas:
        return Kind.COLUMN
    if any(len(run.text.strip()) >= PROSE for run in page.seen):
        return Kind.CONTENT
    return Kind.COLUMN if not page.host or _COLUMN.search(_parts(page.url)[0]) else Kind.OTHER


def _of_address(url: str) -> Kind | None:
    path, query = _parts(url)
    if path and _HOME.fullmatch(path) and not query:
        return Kind.HOME
    return Kind.CONTENT if _CONTENT.search(path + (f"?{query}" if query else "")) else None


def _parts(url: str) -> tuple[str, str]:
    """Path and query; both empty where there is no host."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", ""
    return (parts.path or "/", parts.query) if parts.netloc else ("", "")


def holds_norm(page: Page) -> bool:
    """Is it a page of a government website? Its name says so, or its tags do; the name of a copy does not."""
    return is_governmental(page.host) or bool(page.metas.keys() & {"siteidcode", "sitedomain", "columntype"})
