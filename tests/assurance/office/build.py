"""``python -m tests.assurance.office.build SITES REVIEWERS``: fills the empty database of the environment.

Website ``s001`` has the editor ``e001`` with one draft; reviewers and confidentiality reviewers share the websites.
Prints the drafts as JSON."""

import json
import sys
from pathlib import Path

import django


PASSWORD = "yunzhou-2026-Demo!"


def build(sites: int, reviewers: int) -> list[dict[str, object]]:
    from django.conf import settings
    from django.core.management import call_command

    from jiyue.accounts.roles import Role
    from jiyue.common import outbox
    from jiyue.common.clock import now
    from jiyue.organisations import actions as organisations
    from jiyue.publishing.actions import publish_all
    from tests import factories

    call_command("migrate", run_syncdb=True, verbosity=0)
    factories.foundation()
    at = now()
    city = organisations.establish(name="云州市人民政府", code="yunzhou", level="city", kind="government")
    factories.a_website(city, "portal", at=at, host="portal.localhost")
    half = reviewers // 2
    people = {name: _person(name, at) for name in _reviewers(half)}
    drafts = []
    for number in range(1, sites + 1):
        unit = organisations.establish(
            name=f"云州市第{number}局", code=f"s{number:03}", level="city", kind="department", parent=city
        )
        site = factories.a_website(unit, "department", at=at, host=f"s{number:03}.localhost")
        editor = _person(f"e{number:03}", at)
        reviewer, secrecy = people[f"r{number % half:02}"], people[f"c{number % half:02}"]
        for user, role in ((editor, Role.EDITOR), (reviewer, Role.REVIEWER), (secrecy, Role.SECRECY_REVIEWER)):
            _grant(user, role, unit, at)
        drafts.append(_draft(site, editor, at) | {"reviewer": reviewer.username, "secrecy": secrecy.username})
    publish_all(at=at, workers=2)
    for name in outbox.consumers():
        while outbox.drain(name, at=at):
            pass
    static = Path(settings.STATIC_ROOT)
    static.mkdir(exist_ok=True)
    (static / "staticfiles.json").write_text("{}")
    return drafts


def _reviewers(half: int) -> list[str]:
    return [f"{letter}{number:02}" for letter in "rc" for number in range(half)]


def _person(username: str, at):
    from jiyue.accounts import actions as accounts

    return accounts.enrol(username=username, name=f"云{username}", by=None, at=at, password=PASSWORD)


def _grant(user, role, unit, at) -> None:
    from jiyue.accounts import actions as accounts

    accounts.grant(user, role, unit, by=None, at=at)


def _draft(site, editor, at) -> dict[str, object]:
    from jiyue.content import actions as content
    from jiyue.content.models import Article, ColumnPage

    column = ColumnPage.objects.get(website=site, slug="gzdt")
    item = content.draft(
        Article, column, by=editor, at=at, title=f"{site.code}第0次", source="测试", body=[("text", "<p>起</p>")]
    )
    return {"editor": editor.username, "page": item.pk, "site": site.code, "column": column.pk}


if __name__ == "__main__":
    django.setup()
    json.dump(build(int(sys.argv[1]), int(sys.argv[2])), sys.stdout)
