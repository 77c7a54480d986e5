"""A public page is a function from stored data to bytes. This module is the contract between those who can render
something (content, later hall, letters ...) and those who keep the files (publishing).

* A ``Target`` is one address of one website, with the name of its renderer and what to render.
* A ``Renderer`` takes many targets of one website and one kind at once, so that it can select their data in a few
  queries, and yields ``Rendered`` pages in any order. A target it does not yield no longer exists.
* While it renders a page, code calls ``depends_on(key)``; the keys travel with the page.
* A ``Locator`` says which targets a key is *about* (a new item has no output yet that could depend on it), or, for
  ``None``, every target of a website.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Target:
    website: int
    path: str  # from the root of the host, with leading slash; "/" and "…/" mean their index.html
    kind: str
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Rendered:
    target: Target
    body: bytes
    keys: frozenset[str]
    status: int = 200  # 410 for a withdrawn page: its notice is served with that status


Renderer = Callable[[int, Sequence[Target]], Iterable[Rendered]]
Locator = Callable[[int | None, str | None], Iterable[Target]]

_renderers: dict[str, Renderer] = {}
_locators: list[Locator] = []
_keys: ContextVar[set[str] | None] = ContextVar("surrogate_keys", default=None)


def register_renderer(kind: str, renderer: Renderer) -> None:
    """``renderer(website_id, targets)`` renders targets of this kind of one website."""
    _renderers[kind] = renderer


def register_locator(locator: Locator) -> None:
    """``locator(website_id, None)`` lists all targets of a website; ``locator(None, key)`` those a key is about."""
    _locators.append(locator)


def render(website: int, kind: str, targets: Sequence[Target]) -> Iterable[Rendered]:
    return _renderers[kind](website, targets)


def targets_of(website: int) -> Iterator[Target]:
    for locator in _locators:
        yield from locator(website, None)


def targets_about(key: str) -> Iterator[Target]:
    for locator in _locators:
        yield from locator(None, key)


def depends_on(*keys: str) -> None:
    """Notes that the page now being rendered must be rendered again when one of these keys changes."""
    current = _keys.get()
    if current is not None:
        current.update(keys)


@contextmanager
def recording() -> Iterator[set[str]]:
    """Collects the keys named by ``depends_on`` while one page renders."""
    keys: set[str] = set()
    token = _keys.set(keys)
    try:
        yield keys
    finally:
        _keys.reset(token)
