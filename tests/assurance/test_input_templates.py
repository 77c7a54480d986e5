"""Hostile text in the database itself - past every form and sanitiser - through every public template."""

import json

import pytest
from selectolax.lexbor import LexborHTMLParser

from jiyue.library.models import Release
from jiyue.websites.models import Website
from tests.assurance.vectors import hostile
from tests.content.pages_kit import page, policy, rendered
from tests.content.test_pages_hostile import dangers


FIELDS = (
    "title",
    "subtitle",
    "summary",
    "keywords",
    "source",
    "author",
    "editor",
    "body_html",
    "doc_number",
    "source_url",
)
OF_THE_SITE = ("name", "short_name", "description", "operator", "address", "phone", "contact_name", "mark_code")


CODES = {"column_kind", "layout", "type", "id", "genre", "openness", "form"}  # and days: not text, chosen from a list


def every_text(value, text, name=""):
    """The same facts with the text in the place of each text."""
    if isinstance(value, dict):
        return {key: every_text(inner, text, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [every_text(inner, text, name) for inner in value]
    is_text = isinstance(value, str) and value and name not in CODES and not name.endswith("_on")
    return text if is_text else value


def broken_data(html):
    """Structured data that is no JSON any more."""
    found = []
    for script in LexborHTMLParser(html).css('script[type="application/ld+json"]'):
        try:
            json.loads(script.text())
        except json.JSONDecodeError:
            found.append(script.text()[:200])
    return found


@pytest.mark.promise(
    "input",
    "绕过一切入口直接写进数据库的恶意文字，也不能从任何公开模板里跑出来",
    "长测 1,000 种（短测 60 种），0 处可运行，结构化数据仍是 JSON",
)
def test_text_of_the_database_stays_text_in_every_template(cluster, picture, size, measured):
    table = "<table><tr><th>项</th><td>值</td></tr></table>"
    cluster.published(cover=picture, body=[("text", "<p>一</p>"), ("table", table)])
    policy(cluster)
    site, releases = cluster.site, Release.objects.filter(website=cluster.site)
    facts = dict(releases.values_list("pk", "facts"))
    addresses = [path for path in rendered(site) if path.endswith(("/", ".html", ".xml"))]
    wrong, pages, count = [], 0, size(60, 1_000)
    for number, attack in enumerate(hostile(count, 31)):
        text = attack.replace("\x00", "").encode("utf-8", "ignore").decode()
        releases.update(**{name: text[: Release._meta.get_field(name).max_length] for name in FIELDS})
        for release, known in facts.items():
            releases.filter(pk=release).update(facts=every_text(known, text) if number % 2 else known)
        named = {name: text[: Website._meta.get_field(name).max_length] for name in OF_THE_SITE}
        Website.objects.filter(pk=site.pk).update(**named)
        for path in addresses if number % 20 == 0 else addresses[number % 5 :: 5]:
            made = page(site, path).body.decode()
            pages += 1
            wrong += [f"{text!r} on {path}: {what[:200]}" for what in (*dangers(made), *broken_data(made))]
    measured(文字=count, 页面=pages, 可运行=len(wrong))

    assert wrong[:3] == []
    assert pages > count
