"""No screen of the back office shows a label in English."""

import json
import re
from collections.abc import Iterator

import pytest
from selectolax.lexbor import LexborHTMLParser


CHINESE = re.compile("[\u4e00-\u9fff]")
LATIN = re.compile("[A-Za-z]{2,}")
WORDS = "button,label,h1,h2,h3,h4,a,th,td,legend,option,summary,p,li,dt,dd,span,em,b,strong,div"
SPOKEN = ("aria-label", "title", "placeholder", "data-w-progress-active-value")
PROPER = re.compile("English")  # a language calls itself by its own name

SCREENS = {
    "editor": [
        "",
        "account/",
        "pages/{site}/",
        "pages/{column}/",
        "pages/{column}/add_subpage/",
        "pages/add/content/article/{column}/",
        "pages/{item}/edit/",
        "pages/{item}/history/",
        "images/chooser/",
        "documents/chooser/",
        "choose-page/",
        "choose-external-link/",
        "choose-email-link/",
        "choose-phone-link/",
        "choose-anchor-link/",
    ],
    "site_manager": ["", "pages/{column}/edit/", "pages/{site}/edit/"],
    "reviewer": ["", "items/", "items/{item}/", "submissions/", "calls/"],
    "supervisor": ["", "websites/", "websites/open/", "columns/freshness/"],
    "security_admin": ["", "people/", "people/new/", "roles/"],
    "audit_admin": [""],  # the trail itself quotes data as it was written
}
CODES = {"jyj", "slj", "yunzhou", "jyj.localhost", "slj.localhost"}  # of the cast's units and websites


def labels(html: str) -> Iterator[str]:
    """What a person reads or hears of a page, its own data not being told from its furniture."""
    page = LexborHTMLParser(html)
    for script in page.css('script[type="application/json"]'):
        yield from labels_in_data(json.loads(script.text()))
    for node in page.css("script,style,svg,code,template,.w-side-panel-toggle__counter"):
        node.decompose()
    for node in page.css(WORDS):
        yield "".join(part.text_content for part in node.iter(include_text=True) if part.tag == "-text")
    for name in SPOKEN:
        yield from (node.attributes[name] or "" for node in page.css(f"[{name}]"))
    yield from (node.attributes["value"] or "" for node in page.css('input[type="submit"][value]'))


def labels_in_data(data: object) -> Iterator[str]:
    if isinstance(data, dict):
        for key, value in data.items():
            if isinstance(value, str) and key in {"label", "text", "title", "help_text"}:
                yield value
            yield from labels_in_data(value)
    elif isinstance(data, list):
        for value in data:
            yield from labels_in_data(value)


def foreign(html: str) -> set[str]:
    return {
        " ".join(label.split())
        for label in labels(html)
        if LATIN.search(label) and not CHINESE.search(label) and not PROPER.fullmatch(label.strip())
    }


@pytest.mark.parametrize(
    ("role", "screen"), [(role, screen) for role, screens in SCREENS.items() for screen in screens]
)
def test_a_screen_speaks_chinese(cluster, client, role, screen):
    item = cluster.draft()
    column = item.get_parent()
    client.force_login(cluster.people[role])

    response = client.get("/admin/" + screen.format(item=item.pk, column=column.pk, site=column.get_parent().pk))

    assert response.status_code == 200
    html = response.json()["html"] if response["Content-Type"] == "application/json" else response.content.decode()
    assert foreign(html) - CODES - set(cluster.people) == set()


def test_the_sign_in_page_speaks_chinese(client, db):
    assert foreign(client.get("/admin/login/").content.decode()) == set()
