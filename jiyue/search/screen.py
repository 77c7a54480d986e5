"""The result page as plain data: what was asked, what was found, and the links to ask differently."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.translation import gettext as _

from jiyue.common import chinese
from jiyue.content.pages.rows import validity_of
from jiyue.content.pages.sites import Site
from jiyue.library.classification import Kind, Validity
from jiyue.organisations.models import Unit
from jiyue.search.documents import searchable
from jiyue.search.highlight import marked, snippet
from jiyue.search.index import Document, Facet, Query, Results, SearchIndex, Sort
from jiyue.search.text import MAX_QUERY, normalise, terms_of
from jiyue.websites.models import Suspension, Website


PAGE_SIZE, LAST_PAGE = 10, 50
SHOWN_VALUES = 12  # of a facet
SUGGESTIONS = 3


@dataclass(frozen=True)
class Asked:
    """A request for results, cleaned: whatever is not understood is left out."""

    query: str = ""
    scope: str = "cluster"
    filters: Mapping[Facet, str] = field(default_factory=dict)
    sort: Sort = Sort.RELEVANCE
    page: int = 1

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Self:
        scope = "site" if given.get("scope") == "site" else "cluster"
        filters = {facet: given[facet] for facet in Facet if _is_value(facet, given.get(facet, ""))}
        if scope == "site":
            filters.pop(Facet.SITE, None)
        return cls(
            query=given.get("q", "").replace("\0", "").strip()[:MAX_QUERY],
            scope=scope,
            filters=filters,
            sort=Sort.DATE if given.get("sort") == Sort.DATE else Sort.RELEVANCE,
            page=_page(given.get("page", "")),
        )

    def url(self, **changes: Any) -> str:
        """The address that asks the same with these changes, from the first page unless one is named."""
        values: dict[str, Any] = {
            "q": self.query,
            "scope": self.scope,
            **{facet.value: value for facet, value in self.filters.items()},
            "sort": self.sort,
            "page": 1,
            **changes,
        }
        plain: dict[str, Any] = {"sort": Sort.RELEVANCE, "page": 1}
        return "/search?" + urlencode(
            {name: str(value) for name, value in values.items() if value and plain.get(name) != value}
        )

    def without_filters(self) -> str:
        return self.url(**{facet.value: "" for facet in self.filters})


class Screen:
    """One answered request, from the website ``site``."""

    def __init__(self, asked: Asked, site: Site, index: SearchIndex) -> None:
        self.asked, self.site, self.index = asked, site, index
        self.terms = terms_of(asked.query)

    @cached_property
    def results(self) -> Results:
        found = self._search(self.page)
        if found.total and not found.hits and self.page > 1:
            return self._search(_pages(found.total))
        return found

    @cached_property
    def page(self) -> int:
        return min(self.asked.page, LAST_PAGE)

    @cached_property
    def current_page(self) -> int:
        return max(min(self.page, _pages(self.results.total)), 1)

    @cached_property
    def hits(self) -> list[Document]:
        """Those still public at this moment: the index may be seconds behind, the library never is. Nothing is quoted
        from what an emergency has taken to a notice."""
        ids = [hit.id for hit in self.results.hits]
        live = set(searchable().filter(item__in=ids).values_list("item_id", flat=True))
        covered = set(Suspension.objects.active().values_list("website", "path"))
        return [
            hit
            for hit in self.results.hits
            if hit.id in live and not covered & {(hit.website, hit.address), (hit.website, "")}
        ]

    @cached_property
    def total(self) -> int:
        return self.results.total - len(self.results.hits) + len(self.hits)

    def context(self) -> dict[str, Any]:
        return {
            "query": self.asked.query,
            "scope": self.asked.scope,
            "scopes": self._scopes(),
            "total": self.total,
            "hits": [self._hit(hit) for hit in self.hits],
            "facets": self._facets(),
            "sorts": self._sorts(),
            "pages": self._pager(),
            "suggestions": self._suggestions(),
            "clear_url": self.asked.without_filters() if self.asked.filters else None,
        }

    def _search(self, page: int, terms: tuple[str, ...] | None = None) -> Results:
        asked = self.asked
        return self.index.search(
            Query(
                self.terms if terms is None else terms,
                website=self.site.id if asked.scope == "site" else None,
                filters=asked.filters,
                sort=asked.sort,
                offset=(page - 1) * PAGE_SIZE,
                limit=PAGE_SIZE,
            )
        )

    def _scopes(self) -> list[dict[str, Any]]:
        here = self.asked.scope
        return [
            {
                "value": scope,
                "label": label,
                "count": self.total if scope == here else None,
                "url": self.asked.url(scope=scope, site=""),
                "active": scope == here,
            }
            for scope, label in (("cluster", _("全部网站")), ("site", _("本网站")))
        ]

    def _hit(self, hit: Document) -> dict[str, Any]:
        validity = validity_of(hit.validity) or {"label": "", "tone": ""}
        return {
            "title_html": marked(hit.title, self.terms),
            "snippet_html": snippet("\n".join(filter(None, (hit.summary, hit.body))), self.terms),
            "url": self.site.href(hit.website, hit.address),
            "site": self._names[Facet.SITE].get(str(hit.website), ""),
            "date": f"{timezone.localtime(hit.released_at):%Y-%m-%d}",
            "kind": hit.kind,
            "kind_label": str(Kind(hit.kind).label),
            "doc_number": hit.doc_number,
            "validity_label": validity["label"],
            "validity_tone": validity["tone"],
        }

    @cached_property
    def _names(self) -> dict[Facet, dict[str, str]]:
        units = Unit.objects.filter(pk__in=list(self.results.facets[Facet.UNIT]))
        return {
            Facet.SITE: {str(pk): name for pk, name in Website.objects.online().values_list("pk", "name")},
            Facet.KIND: {value: str(label) for value, label in Kind.choices},
            Facet.YEAR: {year: _("%s年") % year for year in self.results.facets[Facet.YEAR]},
            Facet.UNIT: {str(pk): name for pk, name in units.values_list("pk", "name")},
            Facet.VALIDITY: {value: str(label) for value, label in Validity.choices},
        }

    def _facets(self) -> list[dict[str, Any]]:
        labels = {
            Facet.SITE: _("网站"),
            Facet.KIND: _("类型"),
            Facet.YEAR: _("年份"),
            Facet.UNIT: _("发布单位"),
            Facet.VALIDITY: _("有效性"),
        }
        shown = [facet for facet in Facet if facet is not Facet.SITE or self.asked.scope == "cluster"]
        return [{"name": facet.value, "label": labels[facet], "values": self._values(facet)} for facet in shown]

    def _values(self, facet: Facet) -> list[dict[str, Any]]:
        counts, chosen = self.results.facets[facet], self.asked.filters.get(facet)
        known = [value for value in counts if value in self._names[facet]]
        ranked = sorted(known, key=lambda value: (-int(value) if facet is Facet.YEAR else -counts[value], value))
        shown = [value for place, value in enumerate(ranked) if place < SHOWN_VALUES or value == chosen]
        return [
            {
                "value": value,
                "label": self._names[facet][value],
                "count": counts[value],
                "url": self.asked.url(**{facet.value: "" if value == chosen else value}),
                "active": value == chosen,
            }
            for value in shown
        ]

    def _sorts(self) -> list[dict[str, Any]]:
        labels = {Sort.RELEVANCE: _("按相关度"), Sort.DATE: _("按时间")}
        return [
            {"label": label, "url": self.asked.url(sort=sort), "active": sort is self.asked.sort}
            for sort, label in labels.items()
        ]

    def _pager(self) -> dict[str, Any] | None:
        last, here = _pages(self.results.total), self.current_page
        if last < 2:
            return None
        near = [number for number in range(1, last + 1) if abs(number - here) < 5]
        return {
            "previous": self.asked.url(page=here - 1) if here > 1 else None,
            "next": self.asked.url(page=here + 1) if here < last else None,
            "links": [
                {"label": str(number), "url": self.asked.url(page=number), "current": number == here} for number in near
            ],
        }

    def _suggestions(self) -> list[dict[str, str]]:
        """When the words as typed stand nowhere: the same words one by one."""
        if self.results.total or not self.terms:
            return []
        pieces = [word for term in self.terms for word in chinese.words(term) if len(normalise(word)) > 1]
        attempts = [pieces, *([word] for word in sorted(pieces, key=len, reverse=True)[:5])]
        texts = dict.fromkeys(" ".join(attempt) for attempt in attempts if tuple(attempt) != self.terms)
        found = [text for text in texts if text and self._search(1, terms_of(text)).total]
        return [{"text": text, "url": self.asked.url(q=text)} for text in found[:SUGGESTIONS]]


def _pages(total: int) -> int:
    return min(-(-total // PAGE_SIZE), LAST_PAGE)


def _page(given: str) -> int:
    return max(int(given), 1) if given.isascii() and given.isdigit() and len(given) < 6 else 1


def _is_value(facet: Facet, given: str) -> bool:
    if facet is Facet.KIND:
        return given in Kind.values
    if facet is Facet.VALIDITY:
        return given in Validity.values
    return given.isascii() and given.isdigit() and len(given) < 12
