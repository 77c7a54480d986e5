"""What stands in a page: tags some check asks for, pieces of text, and where."""

from dataclasses import dataclass, field
from typing import NamedTuple


Attributes = dict[str, str]


class Place(NamedTuple):
    """In the decoded source; both begin with 1, columns count characters."""

    line: int
    column: int


class Element(NamedTuple):
    """A tag that some check asks for. ``text`` is what stands in it (for images: their alternative text)."""

    tag: str
    attributes: Attributes
    line: int
    column: int
    hidden: str = ""  # how it is kept from the reader's eye, see styles.py; empty for what is shown
    text: str = ""
    labelled: bool = False  # stands inside a label

    def get(self, name: str) -> str:
        return self.attributes.get(name, "").strip()

    @property
    def place(self) -> Place:
        return Place(self.line, self.column)


class Run(NamedTuple):
    """A piece of text without markup in it."""

    text: str
    line: int
    column: int
    hidden: str = ""
    gap: str = ""  # what stands between it and the text before it: nothing, a space, the end of a line

    @property
    def place(self) -> Place:
        return Place(self.line, self.column)


@dataclass(slots=True)
class Contents:
    """What the reader collects, in the order of the page."""

    language: str | None = None
    titles: list[Run] = field(default_factory=list)
    metas: list[Element] = field(default_factory=list)
    links: list[Element] = field(default_factory=list)
    images: list[Element] = field(default_factory=list)
    scripts: list[Element] = field(default_factory=list)
    frames: list[Element] = field(default_factory=list)
    fields: list[Element] = field(default_factory=list)
    headings: list[Element] = field(default_factory=list)
    resources: list[Element] = field(default_factory=list)  # link, embed, object, base
    marked: list[Element] = field(default_factory=list)  # elements with an id, or labels: <label for>
    comments: list[Run] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    count: int = 0  # of all tags
    odd: int = 0  # tags pages of offices are not made of
    cut: bool = False  # more of one kind than is kept
