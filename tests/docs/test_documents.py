"""Links lead somewhere, every page is reached, decisions are numbered once, and what code cites exists."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml


ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md")])
DECISIONS = sorted(DOCS.glob("adr/0*.md"))
SOURCES = [path for folder in ("jiyue", "bench", "tools", "tests") for path in (ROOT / folder).rglob("*.py")]


def _targets(page: Path) -> list[Path]:
    found = re.findall(r"\]\((?!https?:|mailto:|#)([^)#]+)", page.read_text(encoding="utf-8"))
    return [(page.parent / target).resolve() for target in found]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    assert [str(target) for target in _targets(page) if not target.exists()] == []


def test_every_page_is_reached_from_the_readme():
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page not in reached and page.suffix == ".md" and page.exists():
            reached.add(page)
            waiting += _targets(page)

    assert [str(page.relative_to(ROOT)) for page in PAGES if page not in reached] == []


def test_decisions_are_numbered_once_and_listed():
    numbers = [page.name[:4] for page in DECISIONS]
    index = (DOCS / "adr" / "README.md").read_text(encoding="utf-8")

    assert len(set(numbers)) == len(numbers)
    assert [page.name for page in DECISIONS if f"]({page.name})" not in index] == []


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.name)
def test_a_decision_says_its_number_and_date(page):
    first, _, third = page.read_text(encoding="utf-8").splitlines()[:3]

    assert first.startswith(f"# {page.name[:4]} · ")
    assert re.match(r"\d{4}-\d\d-\d\d · (accepted|superseded by \d{4})", third)


def test_documents_that_code_cites_exist():
    cited = {
        name
        for path in SOURCES
        for name in re.findall(r"docs/[a-z]+/[\w-]+(?:\.md)?", path.read_text(encoding="utf-8"))
    }

    assert [name for name in sorted(cited) if not list(ROOT.glob(f"{name}*"))] == []


def test_the_licence_is_apache_2_everywhere():
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    described = yaml.safe_load((ROOT / "publiccode.yml").read_text(encoding="utf-8"))

    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text
    assert project["license"] == described["legal"]["license"] == "Apache-2.0"
    assert project["version"] == described["softwareVersion"]
