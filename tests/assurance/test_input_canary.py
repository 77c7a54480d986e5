"""An attack typed into every field a person can fill (canary.py); then every screen and every public page, in Chromium."""

import contextlib
import json
import subprocess
import sys
import urllib.request
from urllib.parse import urlencode

import pytest
import pytest_socket
from playwright.sync_api import Error

from jiyue.common.policy import content_policy
from tests.assurance.canary import ADDRESS, ATTACKS, CALL, PASSWORD, RESULT, attack
from tests.assurance.installation import ROOT, Installation
from tests.assurance.test_input_markup import chromium  # noqa: F401 -- a fixture
from tests.e2e.test_back_office import kind_of, screens
from tests.publishing.test_nginx import free_port, wait_for


# What Chromium shows itself, a picture or XML, it styles as it likes.
WATCH = """document.addEventListener("securitypolicyviolation", event => {
  const {effectiveDirective: directive, blockedURI, sourceFile} = event;
  if (document.contentType !== "text/html" && directive.startsWith("style-src")) return;
  forbidden([directive, blockedURI, sourceFile, location.pathname].join(" "));
}, true)"""
# What of the attack stands in a page as more than text.
LOOK = """([call, result]) => {
  const found = [];
  for (const element of document.querySelectorAll("*")) {
    const names = element.getAttributeNames();
    const is_alive = names.some(name => {
      const value = element.getAttribute(name);
      return name === "canary" || (name.startsWith("on") && value.includes(call))
        || (["src", "href", "action", "formaction", "srcdoc", "data", "xlink:href"].includes(name)
            && (/^\\s*(https?:)?\\/\\/canary[.]invalid/i.test(value) || /^\\s*javascript:.*canary/i.test(value)));
    });
    if (is_alive || (element.localName === "script" && element.textContent.trim() === call)) {
      found.push(element.outerHTML.slice(0, 200));
    }
  }
  if (document.documentElement.outerHTML.includes(result)) found.push(result);
  return found;
}"""
ASKED = ("q", "p", "ordering", "state", "unit", "website", "person", "action", "next", "url", "theme", "mode", "size")
ANSWERS = {200, 400, 403, 404, 405, 410, 421, 429, 503}
NO_PAGE = ("Download is starting", "ERR_ABORTED", "ERR_HTTP_RESPONSE_CODE_FAILURE")  # a file, or nothing to show
NO_SCREENS = {
    "wagtailadmin_sprite",  # Wagtail's icons, fetched by its scripts and shown to nobody as a page
    "wagtailadmin_logout",  # asked by a link it answers 405 and forgets the cookie all the same
}
CHOOSE = "[data-chooser-action-choose]:visible"
NOT_OURS = "jquery.Jcrop"  # asks what the browser can by writing an event handler, which the policy forbids


class Browser:
    """Somebody's browser, which notes whatever comes alive."""

    def __init__(self, process, base):
        self.base, self.noted, self.opened, self.showing = base, [], 0, 0
        self.is_in = False
        self.context = process.new_context(
            locale="zh-CN", user_agent=attack(200), viewport={"width": 1440, "height": 900}
        )
        self.context.expose_binding("canary", lambda source: self.noted.append(f"ran: {source['frame'].url}"))
        self.context.expose_binding("forbidden", self._forbidden)
        self.context.add_init_script(WATCH)
        self.context.set_default_timeout(60_000)  # a busy machine
        self._renew()

    def _renew(self):
        """A fresh tab: one that could not show an answer is busy with its own page about it."""
        for page in self.context.pages:
            page.close()
        self.page = self.context.new_page()
        self.page.on("dialog", self._asked)
        self.page.on("request", self._request)

    def _forbidden(self, _source, what):
        if NOT_OURS not in what:
            self.noted.append(f"forbidden: {what}")

    def _asked(self, dialog):
        if dialog.type != "beforeunload":
            self.noted.append(f"dialog: {self.page.url}")
        dialog.accept()

    def _request(self, request):
        if "canary" in request.url.split("/", 3)[2]:
            self.noted.append(f"outside: {request.url} on {self.page.url}")

    def log_in(self, username, code):
        self.page.goto(f"{self.base}/admin/login/")
        self.page.fill("input[name=username]", username)
        self.page.fill("input[name=password]", PASSWORD)
        self.page.click("button[type=submit]")
        if code:
            self.page.fill("input[name=code]", code)
            self.look()
            self.page.click("button[type=submit]")
        self.page.wait_for_url(f"{self.base}/admin/")
        self.is_in = True

    def open(self, address):
        """Whether it is a page this person gets; if so it is looked at."""
        try:
            answer = self.page.goto(address)
        except Error as error:
            if not any(reason in error.message for reason in NO_PAGE):
                raise
            self._renew()
            return False
        if answer is None or answer.status not in ANSWERS:
            self.noted.append(f"error: {answer and answer.status} {address}")
        if answer is None or (self.is_in and "/login/" in self.page.url):
            return False
        self.look()
        return answer.status == 200

    def look(self):
        self.page.wait_for_timeout(100)
        self.opened += 1
        for frame in self.page.frames:
            with contextlib.suppress(Error):  # a frame that goes away meanwhile
                self.noted += [f"alive: {frame.url}: {what}" for what in frame.evaluate(LOOK, [CALL, RESULT])]
                self.showing += (
                    CALL in frame.evaluate("document.documentElement.outerHTML") and frame.parent_frame is None
                )

    def choose(self):
        """Opens each kind of chooser of an editor: what it lists is put into the page by a script."""
        for name in dict.fromkeys(self.page.locator(CHOOSE).all_inner_texts()):
            self.page.locator(CHOOSE, has_text=name).first.click()
            self.page.wait_for_selector(".modal-dialog")
            self.look()
            self.page.locator(".modal-dialog .close, .modal-dialog [data-dismiss=modal]").first.click()
            self.page.wait_for_selector(".modal-dialog", state="hidden")

    def close(self):
        self.context.close()


@pytest.fixture(scope="module")
def cluster_of_canaries(tmp_path_factory):
    pytest_socket.enable_socket()
    port = free_port()
    there = Installation(
        tmp_path_factory.mktemp("canary") / "home", JIYUE_PORT=str(port), JIYUE_SECOND_FACTOR="off", PYTHONWARNINGS="ignore",
        DJANGO_SETTINGS_MODULE="tests.assurance.office.settings",
    )  # fmt: skip
    command = [sys.executable, "-m", "tests.assurance.canary"]
    built = subprocess.run(
        command, env=there.environment, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600
    )
    assert built.returncode == 0, built.stderr[-3000:]
    server = there.start("serve", "--port", str(port))
    try:
        wait_for(port)
        urllib.request.urlopen(
            f"http://localhost:{port}/admin/login/", timeout=120
        ).close()  # the first answer loads it all
        yield f"http://localhost:{port}", json.loads(built.stdout)
    finally:
        server.terminate()
        server.wait(30)


@pytest.fixture
def browsers(chromium, cluster_of_canaries):  # noqa: F811
    """``browsers("editor")``: one a role, logged in; ``""`` is nobody."""
    base, made = cluster_of_canaries
    opened = {}

    def browser(role):
        if role not in opened:
            opened[role] = Browser(chromium, base)
            if role:
                username = made["people"][role]
                opened[role].log_in(username, made["codes"].get(username, ""))
        return opened[role]

    browser.all = opened
    yield browser
    for each in opened.values():
        each.close()


def _answering(body, headers):
    return lambda route: route.fulfill(body=body, headers=headers)


@pytest.mark.promise(
    "input",
    "检测本身有效：未转义的同一批攻击文字全部被发现",
    "每种写法都至少以一种方式被发现；策略之下被浏览器拦下并报告",
)
def test_the_same_words_unescaped_are_all_seen(chromium, measured):  # noqa: F811
    seen = {}
    for policy in ("", content_policy("0" * 22)):
        for text in ATTACKS:
            browser = Browser(chromium, "http://canary.test")
            headers = {"content-type": "text/html"} | ({"content-security-policy": policy} if policy else {})
            body = f'<!doctype html><title>一</title><p>{text}</p><script type=application/json>"{text}"</script>'
            browser.page.route("http://canary.test/", _answering(body, headers))
            browser.page.goto("http://canary.test/")
            browser.look()
            seen[policy, text] = {line.split(":")[0] for line in browser.noted}
            browser.close()
    measured(写法=len(ATTACKS), 发现=sum(bool(ways) for ways in seen.values()))

    assert all(seen.values())
    assert seen["", ATTACKS[0]] >= {"ran", "alive", "outside"}
    assert seen[policy, ATTACKS[0]] >= {"forbidden", "alive"}
    assert "ran" not in seen[policy, ATTACKS[0]]


@pytest.mark.promise("input", "后台可填的每一处文字都试过", "0 个能填而没有填入攻击文字的字段")
def test_every_field_of_text_was_filled(cluster_of_canaries, measured):
    _base, made = cluster_of_canaries
    measured(未填=len(made["fields"]))

    assert made["fields"] == [], "fill them in canary.py, or say in GIVEN why nobody can"


@pytest.mark.promise(
    "input",
    "工作人员在任何一处填入的文字，在后台每个页面和每个公开页面上都只是文字",
    "真实浏览器打开全部页面：0 次运行，0 个对话框，0 次对外请求，0 次违反内容安全策略",
)
def test_what_people_typed_is_text_on_every_screen_and_every_page(browsers, cluster_of_canaries, size, measured):
    base, made = cluster_of_canaries
    everybody, doors = size(False, True), {}
    for screen in made["screens"]:
        if screen["name"] not in NO_SCREENS:
            doors.setdefault(screen["name"], []).append(screen)
    reached = {name for name, found in doors.items() if _in_the_office(browsers, base, found, everybody=everybody)}
    known = set() if everybody else {kind_of(found[0]["address"]) for found in doors.values()}
    for role in made["people"]:
        for _address, _answer in screens(browsers(role).page, base, known - {"admin/"}):
            browsers(role).look()
    _as_a_reader(browsers(""), base, made, every=size(3, 1))

    noted = [line for browser in browsers.all.values() for line in browser.noted]
    opened, showing = (
        sum(getattr(browser, name) for browser in browsers.all.values()) for name in ("opened", "showing")
    )
    measured(
        打开=opened, 含攻击文字=showing, 后台地址=len(doors), 打开的后台地址=len(reached), 公开页=len(made["public"][:: size(3, 1)]),
        发现=len(noted),
    )  # fmt: skip
    assert not noted, "\n".join(noted[:20])
    assert showing > opened / 2
    assert len(reached) > 80


def _in_the_office(browsers, base, found, *, everybody):
    """Opens what stands behind a door: one of its things as one who may, or all as everybody who may."""
    opened = None
    for screen in found if everybody else (found[-1], found[0]):
        for browser in _those_who_get_it(browsers, base + screen["address"], screen["who"], everybody=everybody):
            opened = browser, base + screen["address"]
        if opened and not everybody:
            break
    if opened and opened[0].page.locator("form[method=get i], [name=q]").count():
        opened[0].open(f"{opened[1]}?{urlencode(dict.fromkeys(ASKED, attack()))}")
    return bool(opened)


def _those_who_get_it(browsers, address, roles, *, everybody):
    for role in roles:
        if browsers(role).open(address):
            if "/edit/" in address:
                browsers(role).choose()
            yield browsers(role)
            if not everybody:
                return


def _as_a_reader(reader, base, made, *, every):
    for address in made["public"][::every]:
        reader.open(address)
    bureau = next(address for address in made["public"] if "//jyj." in address).split("/", 3)
    site = "/".join(bureau[:3])
    asked = urlencode(dict.fromkeys(ASKED, attack()))
    for address in (f"{site}/?{asked}", f"{site}/search?{asked}", f"{site}/{ADDRESS}", f"{base}/admin/login/?{asked}"):
        reader.open(address)
    reader.page.goto(f"{base}/admin/login/")
    reader.page.fill("input[name=username]", attack(150))
    reader.page.fill("input[name=password]", attack())
    reader.page.click("button[type=submit]")
    reader.page.wait_for_load_state()
    reader.look()
