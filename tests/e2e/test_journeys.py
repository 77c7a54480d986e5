"""The main job, as an official would do it, in a real browser against a running city."""

import re
import time
from urllib.parse import quote

import pytest


pytestmark = pytest.mark.e2e
TITLE = "全市中小学冬季运动会开幕"
WITHIN = 60  # seconds, on a machine that is busy with the tests themselves


def eventually(page, address, wanted, *, gone=False):
    """Reads a public page again and again until it shows (or no longer shows) a text."""
    deadline = time.monotonic() + WITHIN
    while True:
        page.goto(address)
        if (wanted in page.content()) is not gone:
            return
        assert time.monotonic() < deadline, f"{address} {'still' if gone else 'never'} shows {wanted}"
        time.sleep(0.3)


def test_an_item_goes_from_the_clerk_to_every_page_that_shows_it_and_away_again(login, browser, city):
    clerk, reviewer, secrecy = login("jiaoyu"), login("shenhe"), login("baomi")
    department = city.replace("//localhost", "//jyj.localhost")

    clerk.goto(f"{city}/admin/")
    clerk.click("text=市教育局启动冬季校园安全大检查")
    clerk.wait_for_selector("text=提交审核")
    clerk.fill("[name=title]", TITLE)
    clerk.click("button:has-text('提交审核')")
    clerk.wait_for_selector("text=已提交审核")

    reviewer.goto(f"{city}/admin/")
    reviewer.click(f"text={TITLE}")
    reviewer.click("button:has-text('审核通过')")
    reviewer.wait_for_load_state("networkidle")

    public = browser.new_context(locale="zh-CN", reduced_motion="reduce").new_page()
    public.goto(f"{department}/gzdt/")
    assert TITLE not in public.content()

    secrecy.goto(f"{city}/admin/")
    secrecy.click(f"text={TITLE}")
    secrecy.wait_for_selector("[name=checklist]")
    for box in secrecy.query_selector_all("[name=checklist]"):
        box.check()
    secrecy.click("button:has-text('审查通过')")
    secrecy.wait_for_load_state("networkidle")

    eventually(public, f"{department}/gzdt/", TITLE)
    eventually(public, f"{department}/", TITLE)
    eventually(public, f"{city}/", TITLE)
    eventually(public, f"{city}/search?q={quote('冬季运动会')}", TITLE[:5])
    public.goto(f"{department}/gzdt/")
    assert TITLE in public.evaluate("fetch('feed.xml').then(answer => answer.text())")
    public.click(f"text={TITLE}")
    assert re.search(r"/gzdt/\d{4}/\d\d/\d+\.html$", public.url)
    assert public.locator("h1").inner_text().replace("\n", "") == TITLE
    address = public.url

    reviewer.goto(f"{city}/admin/items/?q={quote(TITLE)}")
    reviewer.click(f"text={TITLE}")
    reviewer.wait_for_load_state("networkidle")
    withdraw(reviewer, "比赛日期有误")

    eventually(public, f"{department}/gzdt/", TITLE, gone=True)
    eventually(public, f"{city}/", TITLE, gone=True)
    assert public.goto(address).status == 410
    eventually(public, f"{city}/search?q={quote('冬季运动会')}", TITLE[:5], gone=True)


def withdraw(page, reason):
    page.click("text=撤下")
    page.wait_for_load_state("networkidle")
    page.fill("[name=reason]", reason)
    page.click("button:has-text('撤下')")
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize(
    "username",
    ["jiaoyu", "shenhe", "baomi", "qianfa", "zhandian", "jianguan", "jingban", "xitong", "anquan", "shenji"],
)
def test_every_role_finds_its_home_and_nothing_from_outside(login, city, username):
    page = login(username)
    foreign = []
    page.on(
        "request",
        lambda request: foreign.append(request.url) if not request.url.startswith((city, "data:", "blob:")) else None,
    )
    page.goto(f"{city}/admin/")
    page.wait_for_load_state("networkidle")

    assert foreign == []
    assert page.locator("h1").first.is_visible()
