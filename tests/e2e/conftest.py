import os

import pytest
import pytest_socket
from playwright.sync_api import sync_playwright

from tests.e2e.city import running


CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
QUIET = [
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def city(tmp_path_factory):
    pytest_socket.enable_socket()
    with running(tmp_path_factory.mktemp("city"), sites=25) as address:
        yield address


@pytest.fixture(scope="session")
def browser():
    if not os.path.exists(CHROMIUM):  # noqa: PTH110
        pytest.skip(f"!!! NO CHROMIUM at {CHROMIUM}: journeys in a real browser were NOT run")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)


@pytest.fixture
def login(browser, city):
    """``login("jiaoyu")`` → a page of that person's back office; everybody has a browser of their own."""
    contexts = []

    def open_as(username):
        context = browser.new_context(
            locale="zh-CN", viewport={"width": 1440, "height": 900}, reduced_motion="reduce"
        )  # axe judges colours at rest
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{city}/admin/login/")
        page.fill("input[name=username]", username)
        page.fill("input[name=password]", "yunzhou-2026")
        page.click("button[type=submit]")
        page.wait_for_url(f"{city}/admin/")
        return page

    yield open_as
    for context in contexts:
        context.close()
