"""Every screen each role can reach by clicking: it opens, fits a phone, asks nobody outside, and shuts nobody out."""

import json
from collections import deque
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve


pytestmark = pytest.mark.e2e

AXE = (Path(__file__).parent.parent / "vendor" / "axe-core" / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PEOPLE = ["jiaoyu", "shenhe", "baomi", "qianfa", "zhandian", "jianguan", "jingban", "xitong", "anquan", "shenji"]
PHONE = {"width": 390, "height": 844}
AT_MOST = 60  # screens of different kinds for one person
# Wagtail's own markup: the name it gives the mark in its side bar, the boxes of Draftail, the field behind its drop zone
UPSTREAM = (".sidebar-custom-branding", ".public-DraftEditor-content", "#fileupload")


def kind_of(address):
    """The route of an address: one screen of each is enough."""
    try:
        return resolve(urlsplit(address).path).route
    except Resolver404:
        return None


def screens(page, city, known=()):
    """Opens what can be reached from the home page, one of each kind but those known, and yields the address."""
    waiting, seen = deque([f"{city}/admin/"]), set(known)
    while waiting and len(seen) < len(known) + AT_MOST:
        address = waiting.popleft()
        kind = kind_of(address)
        if kind is None or kind in seen:
            continue
        seen.add(kind)
        answer = page.goto(address)
        yield address, answer
        links = page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
        waiting += [link for link in links if link.startswith(f"{city}/admin/") and "logout" not in link]


def is_wrong(message, address):
    """Wagtail's cropping tool asks what the browser can by writing an event handler, which our policy forbids."""
    asks = "/admin/images/" in address and "inline event handler" in message.text
    return message.type == "error" and not asks


def axe(page):
    page.evaluate(AXE)
    where = json.dumps({"exclude": [[selector] for selector in UPSTREAM]})
    wrapped = {"scrollable-region-focusable": {"enabled": False}}  # Wagtail's main scrolls
    options = json.dumps({"resultTypes": ["violations"], "runOnly": RULES, "rules": wrapped})
    violations = page.evaluate(f"axe.run({where}, {options}).then(result => result.violations)")
    return [f"{found['id']}: {found['nodes'][0]['html'][:160]}" for found in violations]


def too_wide(page):
    page.set_viewport_size(PHONE)
    extra = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    page.set_viewport_size({"width": 1440, "height": 900})
    return [f"{extra} px too wide on a phone"] if extra > 0 else []


@pytest.mark.parametrize("person", PEOPLE)
def test_every_screen_opens_for_whoever_finds_its_link(login, city, person):
    page = login(person)
    outside, complaints, found = [], [], {}
    page.on(
        "request",
        lambda request: outside.append(request.url) if not request.url.startswith((city, "data:", "blob:")) else None,
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if is_wrong(message, page.url) else None)

    for address, answer in screens(page, city):
        wrong = [] if answer is None or answer.status == 200 else [f"status {answer.status}"]
        if "html" in (answer.headers.get("content-type", "") if answer else ""):
            wrong += axe(page) + too_wide(page)
        if wrong + complaints:
            found[address.removeprefix(city)] = wrong + complaints
        complaints.clear()

    assert found == {}
    assert outside == []
