"""Addresses that are wrong before anybody asks for them: into the office's own network, onto somebody's disk, nowhere."""

import ipaddress
import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote, urlsplit

from jiyue.inspector.checks import Case, Notice, all_of, check
from jiyue.inspector.markup import Element
from jiyue.inspector.page import Page


_DISK: Final = re.compile(r"file:|[a-z]:[\\/]|\\\\", re.IGNORECASE)
_MALFORMED: Final = re.compile(
    r"https?(?::/?[^/]|//)|(?:https?://){2}|https?://(?:$|[/?#])|ttps?://|https?：", re.IGNORECASE
)


@check("links")
def links(case: Case) -> Iterator[Notice]:
    page = case.page
    kinds: dict[str, list[Element]] = {"links-inside": [], "links-disk": [], "links-malformed": []}
    for element in (*page.contents.links, *page.contents.images):
        fault = fault_of(element.get("href") or element.get("src"), page)
        if fault:
            kinds[fault].append(element)
    for rule, found in kinds.items():
        yield from all_of(rule, found, lambda element: f"{element.text} {element.get('href') or element.get('src')}")
    yield from all_of("links-fragment", _lost(page), lambda element: f"{element.text} {element.get('href')}")


def fault_of(address: str, page: Page) -> str:
    if not address:
        return ""
    if _DISK.match(address):
        return "links-disk"
    if _MALFORMED.match(address):
        return "links-malformed"
    if address.startswith(("http:", "https:", "//")):
        try:
            host = urlsplit(address).hostname or ""
        except ValueError:
            return "links-malformed"
        return "links-inside" if host != page.host and _is_inside(host) else ""
    return ""


def _is_inside(host: str) -> bool:
    if host == "localhost" or host.endswith((".local", ".lan", ".internal", ".localdomain")):
        return True
    try:
        return host[:1].isdigit() and ipaddress.ip_address(host).is_private
    except ValueError:
        return False


def _lost(page: Page) -> list[Element]:
    """Links to a place in this page that is not there. Scripts may answer them: they count only without one."""
    contents = page.contents
    places = {element.get("id") for element in contents.marked} | {link.get("name") for link in contents.links}
    return [
        link
        for link in contents.links
        if link.get("href").startswith("#")
        and link.get("href")[1:] not in {"", "top", "!", "none", "void"}
        and unquote(link.get("href")[1:]) not in places
        and not contents.cut
        and not any(name.startswith(("on", "data-", "role", "aria-")) for name in link.attributes)
    ]
