"""Links and frames a reader never sees and a search engine follows (暗链), and links that lead to gambling openly."""

import re
from collections.abc import Iterator
from typing import Final

from jiyue.inspector import styles, vice
from jiyue.inspector.checks import Case, Notice, at_element, check
from jiyue.inspector.findings import Tier
from jiyue.inspector.markup import Element, Run
from jiyue.inspector.page import Page, domain_of, excerpt_of, host_of


SEVERAL: Final = 3  # strangers behind a way of hiding that honest menus use too
_IN_COMMENT: Final = re.compile(
    r"<a\b[^>]{0,400}href\s*=\s*[\"']?(?:https?:)?//([a-z0-9.-]{4,120})[^>]{0,400}>([^<]{0,200})", re.IGNORECASE
)


@check("hidden")
def hidden(case: Case) -> Iterator[Notice]:
    page = case.page
    strangers: list[tuple[Element, str]] = []
    for link in page.contents.links:
        host = foreign_host(link.get("href"), page)
        vicious = bool(host) and (vice.is_target(host) or bool(vice.sign_in(link.text)))
        if vicious and link.hidden:
            yield at_element("hidden-vice", link, _shown(link, host))
        elif vicious:
            yield at_element("hidden-open", link, _shown(link, host))
        elif host and link.hidden and not vice.is_household(host):
            strangers.append((link, host))
    yield from _of_strangers(strangers)
    yield from _frames(page)
    yield from _in_comments(page.contents.comments)


def foreign_host(address: str, page: Page) -> str:
    """The host of a link that leads away from this site's domain; empty for its own."""
    if not address.startswith(("http:", "https:", "//", "HTTP", "Http")):
        return ""
    host = host_of(page.absolute(address))
    return host if host and domain_of(host) != domain_of(page.host) else ""


def _of_strangers(strangers: list[tuple[Element, str]]) -> Iterator[Notice]:
    """Nobody shrinks or paints over a link of his own; folded menus are honest, and hold few strangers."""
    loud = [(link, host) for link, host in strangers if link.hidden in styles.LOUD]
    if loud:
        link, host = loud[0]
        yield at_element("hidden-link", link, _shown(link, host), count=len(loud))
    quiet = [(link, host) for link, host in strangers if link.hidden not in styles.LOUD]
    if len({domain_of(host) for _, host in quiet}) >= SEVERAL:
        link, host = quiet[0]
        yield at_element("hidden-links", link, _shown(link, host), count=len(quiet))


def _frames(page: Page) -> Iterator[Notice]:
    for frame in page.contents.frames:
        host = foreign_host(frame.get("src"), page)
        if host and vice.is_target(host):
            yield at_element("hidden-vice", frame, frame.get("src")[:200])
        elif host and frame.hidden and not vice.is_household(host):
            yield at_element("hidden-frame", frame, f"{frame.hidden}：{frame.get('src')[:200]}")


def _in_comments(comments: list[Run]) -> Iterator[Notice]:
    """Browsers skip comments; what once was switched off there, or waits to be switched on, is still theirs."""
    for comment in comments:
        for match in _IN_COMMENT.finditer(comment.text[:100_000]):
            if vice.is_target(match[1].lower()) or vice.sign_in(match[2]):
                yield at_element("hidden-vice", comment, excerpt_of(match[0]), tier=Tier.PROBABLE)
                return


def _shown(link: Element, host: str) -> str:
    return excerpt_of(f"{link.hidden + '：' if link.hidden else ''}{link.text} → {host}", 160)
