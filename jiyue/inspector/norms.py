"""The national tags in a page's head (《政府网站发展指引》附件，网页标签)."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from jiyue.inspector import dates
from jiyue.inspector.checks import Case, Kind, Notice, at_element, check
from jiyue.inspector.markup import Element
from jiyue.inspector.page import Page, domain_of, excerpt_of


SITE: Final = ("SiteName", "SiteDomain", "SiteIDCode")
COLUMN: Final = ("ColumnName", "ColumnDescription", "ColumnKeywords", "ColumnType")
CONTENT: Final = ("ArticleTitle", "PubDate", "ContentSource")
REQUIRED: Final = {
    Kind.HOME: SITE,
    Kind.COLUMN: SITE + COLUMN,
    Kind.CONTENT: SITE + COLUMN + CONTENT,
    Kind.OTHER: SITE,
}
OPTIONAL: Final = ("Keywords", "Author", "Description", "Image", "Url")
MULTIPLE: Final = frozenset({"ColumnKeywords", "ColumnType", "Keywords"})
CODE: Final = re.compile(r"(?:\d{10}|bm\d{8})")
PUBDATE: Final = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d")
_LOOSE: Final = str.maketrans("∶﹕：", ":::")


@check("meta")
def tags(case: Case) -> Iterator[Notice]:
    page = case.page
    if not page.contents.titles or not page.title:
        yield Notice("meta-title")
    elif len(page.contents.titles) > 1:
        second = page.contents.titles[1]
        yield at_element("meta-titles", second)
    if not case.governmental:
        return
    for name in REQUIRED[case.kind]:
        elements = page.metas.get(name.lower(), [])
        if not elements:
            yield Notice("meta-missing", name)
        elif not any(element.get("content") for element in elements):
            yield at_element("meta-empty", elements[0], name)
    for name in (*SITE, *COLUMN, *CONTENT, *OPTIONAL):
        elements = page.metas.get(name.lower(), [])
        if len(elements) > 1 and (name not in MULTIPLE or _same(elements)):
            yield at_element("meta-double", elements[1], f"{name} × {len(elements)}", count=len(elements))
    yield from _values(page, case.kind)


def _same(elements: list[Element]) -> bool:
    values = [element.get("content") for element in elements]
    return len(set(values)) < len(values)


def _values(page: Page, kind: Kind) -> Iterator[Notice]:
    for element in page.metas.get("siteidcode", [])[:1]:
        if element.get("content") and not CODE.fullmatch(element.get("content")):
            yield at_element("meta-code", element, element.get("content")[:60])
    for element in page.metas.get("sitedomain", [])[:1]:
        if page.host and element.get("content") and not _is_of(page.host, element.get("content")):
            yield at_element("meta-domain", element, excerpt_of(f"{element.get('content')} ≠ {page.host}"))
    if kind is not Kind.CONTENT:
        return
    for element in page.metas.get("pubdate", [])[:1]:
        value = element.get("content")
        if value and not PUBDATE.fullmatch(value):
            yield at_element("meta-pubdate" if read_moment(value) else "meta-no-date", element, value[:60])
    title = page.metas.get("articletitle", [])[:1]
    if title and title[0].get("content") and _bare(title[0].get("content")) not in _bare(page.title) and page.title:
        yield at_element("meta-other-title", title[0], excerpt_of(f"{title[0].get('content')} ≠ {page.title}", 120))


def _is_of(host: str, domains: str) -> bool:
    named = [
        domain.strip().lower().removeprefix("http://").removeprefix("https://").strip("/")
        for domain in re.split("[,，;；、 ]", domains)
    ]
    return any(domain_of(host) == domain_of(domain.split(":")[0]) for domain in named if domain)


def _bare(text: str) -> str:
    return re.sub(r"[\W_]", "", text)


def read_moment(value: str) -> datetime | None:
    """A value of PubDate in any of the spellings met on real pages (U+2236 for the colon, seconds, 年月日)."""
    return dates.found_in(value.translate(_LOOSE)) or dates.compact_in(value)
