"""无障碍: axe-core finds nothing on any kind of page, in any mode, at the desk and on the phone (WCAG 2.2 AA).

The pages are rendered as the publisher would and handed to a real browser with the headers of the real server."""

import datetime as dt
import json
import mimetypes
import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import sync_playwright

from jiyue.content.models import (
    Announcement,
    Gallery,
    Interpretation,
    Leader,
    OutsideLink,
    PolicyDocument,
    Topic,
    UnitProfile,
    Video,
)
from jiyue.library import actions as library
from jiyue.publishing.headers import security_headers
from jiyue.websites.models import Website
from tests.content.pages_kit import many, policy, rendered, straight


pytestmark = [
    pytest.mark.e2e,
    pytest.mark.filterwarnings(
        "ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning"
    ),  # Wagtail's renditions
]

AXE = (Path(__file__).parent.parent / "vendor" / "axe-core" / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
DESK, PHONE = {"width": 1440, "height": 1000}, {"width": 390, "height": 844}
MODES = ["", "?mode=elder", "?mode=elder&size=2", "?theme=dark", "?theme=contrast", "?mode=elder&theme=contrast"]

PORTAL = {"/", "/gkpt/", "/map.html"}  # what differs from a department's
TABLE = "<table><thead><tr><th>指标</th><th>本季度</th></tr></thead><tbody><tr><td>按时更新率</td><td>98.4%</td></tr></tbody></table>"
TEXT = "<p>各学校：</p><p>一、总体要求</p><p>坚持立德树人。</p><h3>二、保障措施</h3><p>加强领导，<a href='/gzdt/'>见动态</a>。</p>"


@pytest.fixture
def furnished(cluster, picture):
    """A department's website with one page of every kind, as (host, address) → page."""
    Website.objects.filter(pk=cluster.site.pk).update(
        parent=cluster.portal, phone="0899-0000000", email="web@example.org", identification_code="5399000001"
    )
    many(cluster, 41)
    body = [("text", TEXT), ("table", TABLE), ("image", {"picture": picture, "alt": "校园", "caption": "校园一角"})]
    cluster.published("全市中小学秋季开学", body=body, cover=picture, subtitle="平安有序")
    document = policy(cluster, body=body)
    old = policy(cluster, "旧文件", doc_number="云教发〔2019〕1号", validity="repealed")
    withdrawn = cluster.published("关于停课的通知", model=Announcement, column="tzgg")
    library.withdraw(withdrawn.item, by=None, at=cluster.at, reason="有误")
    theirs = PolicyDocument.objects.get(pk=document.item_id)
    plain = {"source": "市教育局"}
    for item, column in (
        (Interpretation(title="一图读懂", form="chart", documents=[theirs], **plain), "zcjd"),
        (Leader(title="云长河", post="局长", duties="全面工作", resume="<p>简历。</p>", **plain), "jggk"),
        (UnitProfile(title="市教育局", functions="<p>职责。</p>", address="文昌路", hours="工作日", phone="0899", **plain), "jggk"),
        (Gallery(title="校园秋色", body=body, **plain), "gzdt"),
        (Video(title="三分钟", transcript="第一句。", cover=picture, **plain), "gzdt"),
        (OutsideLink(title="报名", url="https://join.example.org/", **plain), "tzgg"),
        (Topic(title="防汛", starts_on=dt.date(2020, 6, 1), ends_on=dt.date(2020, 9, 1), body=body, cover=picture, **plain), "ztzl"),
    ):  # fmt: skip
        straight(item, cluster.column(column), cluster.at)
    pages = {("jyj.localhost:8000", path): page for path, page in rendered(cluster.site).items()}
    pages |= {
        ("localhost:8000", path): made
        for path, made in rendered(cluster.portal).items()
        if path in PORTAL or "/a/" in path or path == "/skin.css"
    }
    assert old.address
    return pages


def html_pages(pages):
    """Every page but the forty that are alike."""
    for (host, path), page in pages.items():
        title = page.body.split(b"<title>")[-1][:3].decode("utf-8", "ignore")
        if page.body.startswith(b"<!doctype html>") and title != "第":
            yield f"http://{host}{path}"


@pytest.fixture
def visit(furnished):
    """Opens the browser once the database has been read: the two do not share a thread."""
    headers = dict(security_headers())

    def answer(route):
        parts = urlsplit(route.request.url)
        page = furnished.get((parts.netloc, parts.path))
        if page:
            kind = mimetypes.guess_type("x.html" if parts.path.endswith("/") else parts.path)[0] or "text/plain"
            route.fulfill(
                status=page.status, body=page.body, headers={**headers, "content-type": f"{kind}; charset=utf-8"}
            )
        elif parts.path.startswith("/m/"):
            route.fulfill(status=200, body=b"", headers={"content-type": "image/png"})
        else:
            route.fulfill(status=404, body="")

    def run(viewport, mode, look, *, script=True):
        found = {}
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
            context = browser.new_context(viewport=viewport, reduced_motion="reduce")  # axe judges colours at rest
            context.route("**/*", answer)
            if not script:
                context.route("**/ui.js", lambda route: route.abort())
            tab = context.new_page()
            for address in html_pages(furnished):
                complaints = []
                tab.on(
                    "console",
                    lambda message, c=complaints: (
                        c.append(message.text) if "Content Security" in message.text else None
                    ),
                )
                tab.goto(address + mode)
                result = look(tab) + complaints
                if result:
                    found[address] = result
            browser.close()
        return found

    return run


def axe(tab):
    tab.evaluate(AXE)
    options = json.dumps({"resultTypes": ["violations"], "runOnly": RULES})
    violations = tab.evaluate(f"axe.run(document, {options}).then(result => result.violations)")
    return [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in violations]


def overflow(tab):
    extra = tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"{extra} px too wide"] if extra > 0 else []


@pytest.mark.clause("S-2.4f")
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_nobody_is_shut_out(visit, viewport, mode):
    assert visit(viewport, mode, lambda tab: axe(tab) + overflow(tab)) == {}


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_pages_are_complete_without_script(visit, viewport):
    def hidden(tab):
        count = tab.locator("[data-tab]:not(:visible), .js-only:visible, [data-do]:visible").count()
        return [f"{count} parts need script"] if count else []

    assert visit(viewport, "", lambda tab: axe(tab) + hidden(tab) + overflow(tab), script=False) == {}
