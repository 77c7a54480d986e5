"""One fetched page, read once: what its bytes mean, what stands where, what a reader sees and what is kept from him.

The tokeniser walks the text once; no tree is built, because a tree can be blown up by 50 KB of unclosed tags
(docs/adr/0025-inspector-pages.md). Time and memory follow the length of the page. Reading never fails.

    page = read_page(body, url="https://www.yunzhou.gov.cn/", headers=answer.headers, status=answer.status)
    page.title, page.metas, page.links, page.text, page.place(offset)
"""

import hashlib
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Protocol
from urllib.parse import urljoin, urlsplit

from jiyue.inspector.charset import Decoded, decode
from jiyue.inspector.markup import Contents, Element, Place, Run
from jiyue.inspector.reader import contents_of


class Answered(Protocol):
    """What a fetcher brings back (jiyue.common.fetcher.Answer is one)."""

    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> tuple[tuple[str, str], ...]: ...
    @property
    def body(self) -> bytes: ...
    @property
    def url(self) -> str: ...
    @property
    def truncated(self) -> bool: ...


@dataclass(frozen=True)
class Page:
    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    decoded: Decoded
    contents: Contents
    size: int  # bytes
    digest: str  # of these bytes, SHA-256
    truncated: bool = False

    @property
    def source(self) -> str:
        return self.decoded.text

    @cached_property
    def host(self) -> str:
        return host_of(self.url)

    @cached_property
    def base(self) -> str:
        """What relative addresses begin with."""
        base = next((e.get("href") for e in self.contents.resources if e.tag == "base" and e.get("href")), "")
        return joined(self.url, base) if base else self.url

    @property
    def title(self) -> str:
        return " ".join(self.contents.titles[0].text.split()) if self.contents.titles else ""

    @cached_property
    def metas(self) -> dict[str, list[Element]]:
        """By name in lower case; ``http-equiv`` and ``property`` are names too."""
        found: dict[str, list[Element]] = {}
        for element in self.contents.metas:
            name = element.get("name") or element.get("property") or element.get("http-equiv")
            if name:
                found.setdefault(name.lower(), []).append(element)
        return found

    def meta(self, name: str) -> str:
        """The first value of this name that is not empty."""
        return next((e.get("content") for e in self.metas.get(name.lower(), ()) if e.get("content")), "")

    @cached_property
    def seen(self) -> list[Run]:
        """What a reader sees, run by run."""
        return [run for run in self.contents.runs if not run.hidden]

    @cached_property
    def text(self) -> str:
        """What a reader sees; lines end where blocks end."""
        return "".join([run.gap + run.text for run in self.seen])

    @cached_property
    def _starts(self) -> list[int]:
        starts, at = [], 0
        for run in self.seen:
            starts.append(at + len(run.gap))
            at += len(run.gap) + len(run.text)
        return starts

    def place(self, offset: int) -> Place:
        """Where this character of ``text`` stands in the source (behind a character reference of the same run: nearly)."""
        if not self.seen:
            return Place(1, 1)
        number = max(bisect_right(self._starts, offset) - 1, 0)
        run = self.seen[number]
        before = run.text[: max(offset - self._starts[number], 0)]
        lines = before.count("\n")
        column = len(before) - before.rfind("\n") if lines else run.column + len(before)
        return Place(run.line + lines, column)

    @cached_property
    def footer(self) -> str:
        """The last part of the visible text, where the norm wants the six marks."""
        return self.text[-2500:]

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name), "")

    def absolute(self, address: str) -> str:
        return joined(self.base, address)


def read_answer(answer: Answered) -> Page:
    return read_page(
        answer.body, url=answer.url, headers=answer.headers, status=answer.status, truncated=answer.truncated
    )


def read_page(
    body: bytes,
    *,
    url: str = "",
    headers: Iterable[tuple[str, str]] = (),
    status: int = 200,
    truncated: bool = False,
) -> Page:
    headers = tuple(headers)
    said = next((value for key, value in headers if key.lower() == "content-type"), "")
    decoded = decode(body, content_type=said)
    digest = hashlib.sha256(body).hexdigest()
    return Page(url, status, headers, decoded, contents_of(decoded.text), len(body), digest, truncated)


def joined(base: str, address: str) -> str:
    try:
        return urljoin(base, address.strip())
    except ValueError:
        return ""


def host_of(address: str) -> str:
    """In lower case, without port; empty for what has none."""
    try:
        return (urlsplit(address).hostname or "").rstrip(".")
    except ValueError:
        return ""


# Under these the third label belongs to somebody; elsewhere the second.
_SHARED: Final = frozenset({"com", "net", "org", "gov", "edu", "ac", "mil", "co", "bj", "sh"})


def domain_of(host: str) -> str:
    """The part of a host name somebody has registered: slj.yunzhou.gov.cn -> yunzhou.gov.cn."""
    labels = host.split(".")
    deep = len(labels) > 2 and labels[-2] in _SHARED and len(labels[-1]) == 2
    return ".".join(labels[-3:] if deep else labels[-2:])


def is_governmental(host: str) -> bool:
    return host == "gov.cn" or host.endswith((".gov.cn", ".政务", ".xn--zfr164b"))


def excerpt_of(text: str, length: int = 80) -> str:
    """One line of it, for a table."""
    plain = " ".join(text[: length * 4].split())
    return plain if len(plain) <= length else plain[: length - 1] + "…"
