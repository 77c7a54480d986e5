import json

from tools import assurance


LINES = (assurance.DOCS / "assurance.jsonl").read_text().splitlines()


def test_the_page_shows_the_last_results():
    page = assurance.page(LINES, assurance.attacks())

    assert (assurance.DOCS / "assurance.md").read_text() == page, "run tools/assurance.py"


def test_every_result_belongs_to_an_attack():
    recorded = {json.loads(line)["test"].partition("[")[0] for line in LINES}

    assert recorded <= set(assurance.attacks())


def test_of_each_attack_and_size_the_last_result_stays():
    first, second, other, gone = (
        json.dumps({"test": test, "size": size, "figures": {"n": number}})
        for test, size, number in (
            ("a.py::t[x]", "short", 1),
            ("a.py::t[x]", "short", 2),
            ("a.py::t[x]", "long", 3),
            ("b.py::t", "long", 4),
        )
    )

    assert sorted(assurance.merged([first, other, gone, second], ["a.py::t"])) == sorted([second, other])
