import json

from tools import assurance


LINES = (assurance.DOCS / "assurance.jsonl").read_text().splitlines()


def test_the_page_shows_the_last_results():
    page = assurance.page(LINES, assurance.attacks())

    assert (assurance.DOCS / "assurance.md").read_text() == page, "run tools/assurance.py"


def test_every_result_belongs_to_an_attack():
    recorded = {json.loads(line)["test"].partition("[")[0] for line in LINES}

    assert recorded <= set(assurance.attacks())
