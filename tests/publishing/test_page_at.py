"""A page as it was on any day, and the proof that it was so (P17)."""

import importlib.util
import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from jiyue.content import actions as content
from jiyue.library import actions as library
from jiyue.publishing.actions import publish_all, publish_keys
from jiyue.publishing.models import OutputHistory
from jiyue.publishing.page_at import canonical, find_address, proof_of, version_at, versions_of
from tests.factories import approve
from tests.publishing.conftest import AT


spec = importlib.util.spec_from_file_location("verify_page", Path(__file__).parents[2] / "tools" / "verify_page.py")
verify_page = importlib.util.module_from_spec(spec)
spec.loader.exec_module(verify_page)
HOUR = timedelta(hours=1)


@pytest.fixture
def told(world, website):
    """/a.html: first 甲, an hour later 乙, then withdrawn, then nothing, then 丙."""
    states = ["甲", "乙", "410", None, "丙"]
    publish_all(at=AT, workers=1)
    for number, state in enumerate(states):
        world.withdrawn = {"/a.html"} if state == "410" else set()
        world.texts[website.pk] = {} if state is None else {"/a.html": state}
        publish_keys(["text:/a.html"], at=AT + number * HOUR)
        publish_keys(["text:/a.html"], at=AT + number * HOUR + timedelta(minutes=1))
    return website


@pytest.mark.parametrize(
    ("hours", "expected"), [(0.5, "<p>甲</p>"), (1, "<p>乙</p>"), (2.5, "<p>410</p>"), (3.5, None), (9, "<p>丙</p>")]
)
def test_every_change_is_in_the_history(told, hours, expected):
    version = version_at(told, "/a.html", AT + hours * HOUR)

    assert (version and version.body().decode()) == expected


def test_the_history_has_no_gap_and_no_overlap(told):
    versions = versions_of(told, "/a.html")

    assert [version.status for version in versions] == [200, 410, 200, 200]
    assert [version.until for version in versions] == [None, AT + 3 * HOUR, AT + 2 * HOUR, AT + HOUR]


def test_before_the_first_publication_there_was_nothing(told):
    assert version_at(told, "/a.html", AT - HOUR) is None


@pytest.mark.parametrize(
    "url", ["http://jtj.localhost:8000/x/index.html?q=1", "jtj.localhost/x/", "https://JTJ.localhost/x/"]
)
def test_an_address_is_found_by_its_host(website, url):
    assert find_address(url) == (website, "/x/")


def test_an_address_elsewhere_is_not_found(website):
    assert find_address("https://www.example.com/") is None


def test_page_and_proof_are_verified_without_us(told, tmp_path, capsys):
    page, proof = tmp_path / "page.html", tmp_path / "proof.json"
    call_command("page-at", "http://jtj.localhost/a.html", "2026-11-21 17:30", out=page, proof=proof)

    assert page.read_text() == "<p>乙</p>"
    assert "版本　4" in capsys.readouterr().out
    given = json.loads(proof.read_text())
    assert verify_page.verify(given, page.read_bytes(), given["public_key"]) == []
    assert verify_page.verify(given, b"other") == ["the page is not the one of the proof"]
    given["statement"]["since"] = "2020-01-01T00:00:00+08:00"
    assert verify_page.verify(given, page.read_bytes()) == ["the statement was changed after it was signed"]


@pytest.mark.parametrize(
    ("date", "words"), [("2020-01-01", "没有内容"), ("gestern", "看不懂"), ("2026-13-41", "看不懂")]
)
def test_what_cannot_be_told_is_said(told, date, words):
    with pytest.raises(CommandError, match=words):
        call_command("page-at", "http://jtj.localhost/a.html", date)


def test_the_proof_of_an_item_names_who_cleared_it_and_its_trail(cluster, friday, home):
    release = cluster.published("秋季开学")
    publish_all(at=friday, workers=1)
    item = release.item.specific
    item.title = "秋季开学（更正）"
    item.save_revision(user=cluster.editor)
    cluster.at = later = friday + HOUR
    approve(cluster, content.submit(item, by=cluster.editor, at=later))
    publish_all(at=later, workers=1)
    library.withdraw(item, by=cluster.reviewer, at=later + HOUR, reason="有误")
    publish_all(at=later + HOUR, workers=1)

    first, second, third = reversed(versions_of(cluster.site, release.address))
    statement = proof_of(first, friday, at=later)["statement"]
    assert (first.status, second.status, third.status) == (200, 200, 410)
    assert statement["cleared"]["by"] == str(cluster.secrecy_reviewer)
    assert statement["cleared"]["receipt"] != proof_of(second, later, at=later)["statement"]["cleared"]["receipt"]
    assert [row["action"] for row in statement["trail"]][:2] == ["library.receipt", "library.publish"]
    assert "秋季开学（更正）".encode() in second.body()
    assert canonical(statement) == canonical(json.loads(json.dumps(statement)))


def test_the_screen_shows_page_versions_and_proof_to_readers_of_the_unit(client, cluster, friday, home):
    (home / "static").mkdir()
    release = cluster.published("秋季开学")
    publish_all(at=friday, workers=1)
    query = {"url": f"http://jyj.localhost{release.address}"}
    client.force_login(cluster.editor)

    text = client.get("/admin/that-day/", query).text
    page = client.get("/admin/that-day/page/", query)
    proof = client.get("/admin/that-day/proof/", query).json()

    assert OutputHistory.objects.count() == 0
    assert "全部版本" in text
    assert "秋季开学" in page.text
    assert page["Content-Security-Policy"].startswith("sandbox;")
    assert f'<base href="http://jyj.localhost{settings.PUBLIC_PORT}/"' in page.text
    assert proof["statement"]["path"] == release.address
    client.force_login(cluster.outsider)
    assert "不属于您的单位" in client.get("/admin/that-day/", query).text
    assert client.get("/admin/that-day/page/", query).status_code == 404
    assert client.get("/admin/that-day/proof/", query).status_code == 404
