"""How the page was delivered: the charset and what is said of it, headers of the answer, cookies, weight."""

from collections.abc import Iterator
from typing import Final

from jiyue.inspector.checks import Case, Notice, all_of, check
from jiyue.inspector.markup import Element
from jiyue.inspector.page import Page, excerpt_of


HEAVY: Final = 1024 * 1024  # bytes of HTML
CROWDED: Final = 150  # files a page draws in
_NAMED_SERVERS: Final = ("server", "x-powered-by", "x-aspnet-version")


@check("charset")
def charset(case: Case) -> Iterator[Notice]:
    page = case.page
    decoded = page.decoded
    if decoded.header_lies and not decoded.text.isascii():
        yield Notice("charset-header", f"{decoded.served} ≠ {decoded.charset}")
    if decoded.contradicts and not decoded.text.isascii():
        yield Notice("charset-tag", f"{decoded.declared} ≠ {decoded.charset}")
    if not decoded.declared and not decoded.served and not decoded.text.isascii():
        yield Notice("charset-none", decoded.charset)
    if decoded.broken:
        at = decoded.text.find("\ufffd")
        line = decoded.text.count("\n", 0, at) + 1
        yield Notice("charset-broken", excerpt_of(decoded.text[max(at - 20, 0) : at + 20]), line, 1, decoded.broken)
    if decoded.lost:
        yield Notice("charset-lost", count=decoded.lost)


@check("headers")
def headers(case: Case) -> Iterator[Notice]:
    """Nothing is said where no answer was seen (a saved page has no headers)."""
    page = case.page
    if not page.headers:
        return
    secure = page.url.startswith("https:")
    if not secure and page.url.startswith("http:"):
        yield Notice("headers-plain")
    if secure and not page.header("strict-transport-security"):
        yield Notice("headers-hsts")
    if page.header("x-content-type-options").lower() != "nosniff":
        yield Notice("headers-sniff")
    policy = page.header("content-security-policy")
    if not policy:
        yield Notice("headers-policy")
    if "frame-ancestors" not in policy and not page.header("x-frame-options"):
        yield Notice("headers-frame")
    told = [f"{name}: {page.header(name)}" for name in _NAMED_SERVERS if any(map(str.isdigit, page.header(name)))]
    if told:
        yield Notice("headers-version", excerpt_of("; ".join(told)))
    yield from _cookies(page, secure=secure)


def _cookies(page: Page, *, secure: bool) -> Iterator[Notice]:
    for key, value in page.headers:
        if key.lower() == "set-cookie":
            name, *rest = value.split(";")
            flags = {part.strip().lower().partition("=")[0] for part in rest}
            wanted = {"httponly", "samesite"} | ({"secure"} if secure else set())
            if wanted - flags:
                name = name.partition("=")[0].strip()[:60]
                yield Notice("headers-cookie", f"{name}: {' '.join(sorted(wanted - flags))}")


@check("weight")
def weight(case: Case) -> Iterator[Notice]:
    page = case.page
    if page.size > HEAVY or page.truncated or page.contents.cut:
        yield Notice("weight-page", f"{page.size:,} B")
    drawn = {element.get("src") or element.get("href") for element in _drawn(page)}
    if len(drawn) > CROWDED:
        yield Notice("weight-files", count=len(drawn))
    if page.url.startswith("https:"):
        plain = [element for element in _drawn(page) if (element.get("src") or element.get("href")).startswith("http:")]
        yield from all_of("weight-mixed", plain, lambda element: element.get("src") or element.get("href"))


def _drawn(page: Page) -> list[Element]:
    """What a browser fetches with the page."""
    contents = page.contents
    sheets = [e for e in contents.resources if "stylesheet" in e.get("rel").lower() or e.tag in {"embed", "object"}]
    parts = (*contents.images, *contents.scripts, *contents.frames, *sheets)
    return [element for element in parts if (element.get("src") or element.get("href")).strip()]
