"""A small world of pages nobody but these tests knows: a dictionary of texts per website stands for the content apps."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from jiyue.common import pages
from jiyue.common.pages import Rendered, Target
from jiyue.organisations.actions import establish
from jiyue.websites.actions import register
from tests import factories


AT = datetime(2026, 11, 21, 8, tzinfo=UTC)
LATER = AT + timedelta(minutes=1)


@dataclass
class World:
    """``texts[website][path]`` is what an address shows; it depends on ``text:<path>`` and on ``frame:<website>``."""

    texts: dict[int, dict[str, str]] = field(default_factory=dict)
    extra_keys: set[str] = field(default_factory=set)
    withdrawn: set[str] = field(default_factory=set)
    rendered: list[str] = field(default_factory=list)

    def write(self, website, **texts):
        shown = self.texts.setdefault(website.pk, {})
        for name, text in texts.items():
            shown[f"/{name}.html" if name != "home" else "/"] = text

    def render(self, website, targets):
        for target in targets:
            text = self.texts.get(website, {}).get(target.path)
            if text is not None:
                self.rendered.append(target.path)
                keys = frozenset({f"text:{target.path}", f"frame:{website}", *self.extra_keys})
                status = 410 if target.path in self.withdrawn else 200
                yield Rendered(target, f"<p>{text}</p>".encode(), keys, status)

    def locate(self, website, key):
        if key is None:
            return [Target(website, path, "text") for path in self.texts.get(website, {})]
        if key.startswith("text:"):
            path = key.removeprefix("text:")
            return [Target(site, path, "text") for site, texts in self.texts.items() if path in texts]
        return []


@pytest.fixture
def world(monkeypatch):
    world = World()
    monkeypatch.setattr(pages, "_renderers", {"text": world.render})
    monkeypatch.setattr(pages, "_locators", [world.locate])
    return world


@pytest.fixture(autouse=True)
def home(tmp_path, settings):
    settings.HOME = tmp_path
    settings.PUBLIC_ROOT = tmp_path / "public"
    settings.STORE_ROOT = tmp_path / "store"
    settings.STATIC_ROOT = tmp_path / "static"
    return tmp_path


def website_called(code, *, online=True):
    factories.foundation()
    unit = establish(name=f"云州市{code}局", code=code, level="city", kind="department")
    if online:
        return factories.a_website(unit, "department", at=AT, host=f"{code}.localhost")
    return register(
        unit=unit, kind="department", code=code, name=f"{code}网", hosts=[f"{code}.localhost"], by=None, at=AT
    )


@pytest.fixture
def website(db, world):
    return website_called("jtj")


@pytest.fixture
def public(home):
    """Reads a public file of the website ``jtj``; ``None`` when there is none."""

    def read(name, code="jtj"):
        file = home / "public" / code / name
        return file.read_bytes() if file.exists() else None

    return read
