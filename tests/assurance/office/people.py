"""People at their browsers: HTTP as cheap as it gets, so that what is measured is the server."""

import http.client
import json
import re
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

from selectolax.lexbor import LexborHTMLParser

from tests.assurance.office.build import PASSWORD


PATIENCE = 60.0  # seconds, for one request with its repetitions
_TEXT = {"type": "unstyled", "depth": 0, "inlineStyleRanges": [], "entityRanges": []}


class Unanswered(Exception):  # noqa: N818 -- says what is the case
    """The server went away in the middle: nobody can know whether the act was done."""


@dataclass
class Answer:
    status: int
    location: str
    text: str


@dataclass
class Person:
    name: str
    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    took: list[tuple[str, float]] = field(default_factory=list)  # what, seconds
    connection: http.client.HTTPConnection | None = None

    def get(self, path: str, what: str = "") -> Answer:
        """Asked again while nobody answers: reading changes nothing."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return self._ask("GET", path, None, what)
            except Unanswered:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def post(self, path: str, fields: dict[str, str] | list[tuple[str, str]], what: str = "") -> Answer:
        return self._ask("POST", path, urlencode(fields), what)

    def log_in(self) -> None:
        answer = self.get("/admin/login/")
        fields = inputs(answer.text, "form") | {"username": self.name, "password": PASSWORD}
        answer = self.post("/admin/login/", fields)
        assert answer.status == 302, (answer.status, answer.text[:3000])

    def _ask(self, method: str, path: str, body: str | None, what: str) -> Answer:
        headers = {"Host": f"localhost:{self.port}", "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            self.connection.request(method, path, body, headers)
            response = self.connection.getresponse()
            text = response.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException) as error:
            if self.connection is not None:
                self.connection.close()
            self.connection = None
            raise Unanswered(path) from error
        if what:
            self.took.append((what, time.perf_counter() - began))
        for line in response.headers.get_all("Set-Cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return Answer(response.status, response.headers.get("Location", ""), text)

    # the three steps of an item

    def edit_and_submit(self, page: int, title: str, text: str) -> int:
        """Answers the number of the submission."""
        path = f"/admin/pages/{page}/edit/"
        form = self.get(path, "edit: open")
        if form.status != 200:
            raise AssertionError(("edit: open", form.status, form.location, problems(form.text)))
        fields = inputs(form.text, "#page-edit-form") | article(title, text) | {"action-submit-review": "1"}
        answer = self.post(path, fields, "edit: submit")
        if answer.status != 302:
            raise AssertionError((answer.status, problems(answer.text)))
        submission = self.submission_of(page)
        assert submission is not None, "nothing was submitted"
        return submission

    def submission_of(self, page: int) -> int | None:
        found = re.search(r"/admin/submissions/(\d+)/", self.get(f"/admin/items/{page}/", "item").text)
        return int(found[1]) if found else None

    def leave(self) -> None:
        if self.connection is not None:
            self.connection.close()

    def decide(self, submission: int, what: str, *, decision: str = "pass") -> Answer | None:
        """``None`` when there is nothing to decide any more."""
        path = f"/admin/submissions/{submission}/"
        screen = self.get(path, f"{what}: open")
        page = LexborHTMLParser(screen.text)
        found = page.css_first("input[name=seen]")
        if found is None:
            return None
        fields = [("seen", found.attributes["value"]), ("decision", decision), ("csrfmiddlewaretoken", token(screen))]
        fields += [("checklist", point.attributes["value"]) for point in page.css("input[name=checklist]")]
        return self.post(path, fields, f"{what}: decide")


def token(answer: Answer) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', answer.text)
    assert found
    return found[1]


def article(title: str, text: str) -> dict[str, str]:
    blocks = json.dumps({"blocks": [_TEXT | {"key": "a", "text": text}], "entityMap": {}}, ensure_ascii=False)
    return {
        "title": title, "body-count": "1", "body-0-deleted": "", "body-0-order": "0", "body-0-type": "text",
        "body-0-id": "", "body-0-value": blocks,
    }  # fmt: skip


def inputs(text: str, form: str) -> dict[str, str]:
    """What a browser would send back unchanged (without buttons)."""
    values = {}
    for node in LexborHTMLParser(text).css(f"{form} input, {form} textarea, {form} select"):
        name, kind = node.attributes.get("name"), node.attributes.get("type")
        if (
            not name
            or kind in {"submit", "button", "file"}
            or (kind in {"checkbox", "radio"} and "checked" not in node.attributes)
        ):
            continue
        if node.tag == "select":
            chosen = node.css_first("option[selected]")
            values[name] = (chosen.attributes.get("value") or "") if chosen else ""
        else:
            values[name] = node.text() if node.tag == "textarea" else node.attributes.get("value") or ""
    return values


def problems(text: str) -> str:
    found = LexborHTMLParser(text).css(".messages li, .error-message, .w-message, title")
    return " | ".join(node.text(strip=True) for node in found)[:500]
