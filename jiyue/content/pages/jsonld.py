"""Structured data for search engines (schema.org), as finished text for a data block."""

from __future__ import annotations

import json
from typing import Any

from markupsafe import Markup

from jiyue.content.pages.sites import Site


def data_block(data: dict[str, Any]) -> Markup:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps({"@context": "https://schema.org", **data}, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c").replace("&", "\\u0026"))


def organisation(site: Site) -> Markup:
    return data_block(
        {"@type": "GovernmentOrganization", "name": site.register["unit__name"], "url": f"{site.origin}/"}
    )


def article(site: Site, item: dict[str, Any], image: str) -> Markup:
    data = {
        "@type": "NewsArticle",
        "headline": item["title"],
        "url": item["url"],
        "datePublished": item["published"],
        "dateModified": item["updated"],
        "publisher": {"@type": "GovernmentOrganization", "name": site.register["unit__name"]},
    }
    return data_block({**data, "image": image} if image else data)


def legislation(site: Site, item: dict[str, Any], facts: dict[str, Any], *, in_force: bool) -> Markup:
    state = "https://schema.org/InForce" if in_force else "https://schema.org/NotInForce"
    return data_block(
        {
            "@type": "Legislation",
            "name": item["title"],
            "url": item["url"],
            "legislationIdentifier": item["doc_number"],
            "legislationDate": facts.get("issued_on"),
            "legislationPassedBy": {"@type": "GovernmentOrganization", "name": facts.get("issuer", "")},
            "legislationLegalForce": state,
            "datePublished": item["published"],
            "inLanguage": "zh-CN",
        }
    )
