"""Whoever writes into the database by a way of their own still gets nothing onto a page that runs."""

import datetime as dt
import re

from selectolax.lexbor import LexborHTMLParser

from jiyue.content.models import OutsideLink, Topic
from jiyue.content.pages.body import body_html
from jiyue.library.models import Release
from tests.content.pages_kit import html, rendered, straight
from tests.content.test_pages_home import blocks


EVIL = "<img src=x onerror=alert(1)><script>alert(1)</script><a href='javascript:alert(1)'>点</a>"
TILE = {"label": EVIL, "icon": EVIL, "url": "javascript:alert(1)"}


def dangers(text):
    """What a browser might run, and addresses that are none."""
    found = []
    for node in LexborHTMLParser(text).root.traverse(include_text=False):
        attributes = node.attributes
        addresses = [attributes.get(name) or "" for name in ("href", "src", "action", "poster", "formaction")]
        ours = attributes.get("type") == "application/ld+json" or (attributes.get("src") or "").startswith("/")
        if (
            (node.tag == "script" and not ours)
            or any(name.startswith("on") for name in attributes)
            or any(re.match(r"\s*(javascript|data|vbscript):", address) for address in addresses)
        ):
            found.append(node.html)
    return found


def test_a_stored_body_is_sanitised_once_more_on_its_way_to_the_page(cluster):
    release = cluster.published()
    Release.objects.filter(pk=release.pk).update(body_html=f"<p>一</p>{EVIL}", source_url="javascript:alert(1)")

    text = html(cluster.site, release.address)

    assert dangers(text) == []
    assert "<p>一</p>" in text


def test_what_came_from_us_is_left_as_it_is():
    ours = (
        '<h2>题</h2><p class="center">一<br><a href="/x?a=1&amp;b=2">二</a></p><figure><img src="/m/ab/cd.png" alt="校" '
        'width="64" height="36" loading="lazy"><figcaption>图</figcaption></figure><figure><video controls="" '
        'preload="none" src="/m/a.mp4" poster="/m/b.png"></video><figcaption>词</figcaption></figure>'
    )

    assert body_html(ours) == ours


def test_the_text_of_a_topic_goes_through_the_sanitiser(cluster):
    topic = Topic(title="防汛", source="办公室", starts_on=dt.date(2026, 6, 1))
    topic.sections = [("text", f"<p>一</p>{EVIL}")]

    release = straight(topic, cluster.column("ztzl"), cluster.at)

    assert dangers(str(release.facts)) == []
    assert dangers(html(cluster.site, release.address)) == []


def test_tiles_and_links_of_the_home_page_lead_to_addresses_only(cluster):
    blocks(
        cluster.site,
        ("service_tiles", {"title": EVIL, "groups": [{"label": EVIL, "tiles": [TILE]}], "hot": [TILE]}),
        ("interaction_box", {"title": EVIL, "entrances": [TILE], "tabs": []}),
        ("links", {"title": EVIL, "links": [TILE]}),
    )

    assert dangers(html(cluster.site, "/")) == []


def test_an_outside_link_leads_to_an_address_only(cluster):
    item = OutsideLink(title="外部", source="市教育局", url="https://www.gov.cn/")
    release = straight(item, cluster.column(), cluster.at)
    Release.objects.filter(pk=release.pk).update(facts={"url": "javascript://a.gov.cn/%0aalert(1)"})

    assert all(dangers(page.body.decode("utf-8", "ignore")) == [] for page in rendered(cluster.site).values())


def test_titles_and_names_are_text_everywhere(cluster):
    release = cluster.published()
    Release.objects.filter(pk=release.pk).update(
        **dict.fromkeys(("title", "subtitle", "summary", "source", "keywords"), EVIL),
        **dict.fromkeys(("author", "editor"), EVIL[28:53]),  # as much as their columns hold
    )
    pages = rendered(cluster.site)

    assert {
        path: bad
        for path, page in pages.items()
        if path.endswith(("/", ".html")) and (bad := dangers(page.body.decode("utf-8", "ignore")))
    } == {}
    assert sum("&lt;script&gt;" in page.body.decode("utf-8", "ignore") for page in pages.values()) > 3
