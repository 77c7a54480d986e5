"""README.md and README.en.md say the same: as many headings, the same commands, pictures and links."""

import re
from pathlib import Path

import pytest


ROOT = Path(__file__).parent.parent.parent
CHINESE = (ROOT / "README.md").read_text(encoding="utf-8")
ENGLISH = (ROOT / "README.en.md").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z][\w-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def _headings(text: str) -> list[str]:
    return re.findall(r"^(#+) ", text, re.MULTILINE)


def _commands(text: str) -> list[str]:
    """The lines of the shell blocks without their comments, and the commands within the text."""
    blocks = "\n".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL))
    lines = [line.partition("#")[0].strip() for line in blocks.splitlines()]
    return [*lines, *re.findall(r"`((?:make|jiyue|tools|JIYUE_\w+|[A-Z]+=)[^`]*)`", text)]


def _links(text: str) -> list[str]:
    return [link for link in re.findall(r"\]\(([^)]+)\)", text) if not link.startswith("README")]


@pytest.mark.parametrize("part", [_headings, _commands, _links])
def test_the_twins_agree(part):
    assert part(CHINESE) == part(ENGLISH)


@pytest.mark.parametrize("text", [CHINESE, ENGLISH], ids=["zh", "en"])
def test_a_readme_is_read_in_one_go(text):
    assert text.count("\n") <= 150


def test_every_make_command_exists():
    named = {command.split()[1] for command in _commands(CHINESE) if command.startswith("make ")}

    assert named <= TARGETS


@pytest.mark.parametrize("path", re.findall(r"`(tests/[\w/.]+|jiyue/\w+|tools/[\w.]+)`", CHINESE))
def test_what_the_readme_points_to_exists(path):
    assert (ROOT / path).exists()


@pytest.mark.parametrize("name", re.findall(r"docs/pictures/([\w-]+\.png)", CHINESE))
def test_pictures_are_small(name):
    assert (ROOT / "docs" / "pictures" / name).stat().st_size <= 200_000
