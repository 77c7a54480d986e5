"""Every address × everybody × every method, with words planted in the other bureau that nobody else may read."""

import contextlib
import datetime as dt
import logging

import pytest
from django.core.management import CommandError, call_command, get_commands
from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone
from wagtail.models import Revision

from jiyue.common.errors import Refused
from jiyue.library.models import BasePage, Release
from tests.assurance import isolation, planting
from tests.assurance.attack import Attack
from tests.assurance.planting import KINDS


pytestmark = pytest.mark.django_db
PROMISE = (
    "isolation",
    "后台每个地址、每种身份、每种方法，都读不到也改不了别的单位的东西",
    "泄漏 0，越权写入 0，意外的 5xx 0，未声明的地址 0；短测每个地址 × 不少于 12 种身份 × GET 和 POST，长测不少于 50,000 格",
)
# Words nobody is shown: where an imported item came from, what somebody else typed and did not save, and Wagtail's comments,
# which our editor leaves out.
KEPT = {"origin", "unsaved", "comment", "reply"}


@pytest.fixture
def quiet(monkeypatch, settings):
    """No warnings; and nobody is shown out or asked again who they are, however slow the machine."""
    settings.IDLE_MINUTES = settings.IDLE_MINUTES_ADMINISTRATORS = 60 * 24
    settings.SESSION_HOURS = 24
    monkeypatch.setattr("jiyue.accounts.sittings.CONFIRMED_FOR", dt.timedelta(days=1))
    logging.getLogger("django.request").setLevel(logging.CRITICAL)
    yield
    logging.getLogger("django.request").setLevel(logging.NOTSET)


@pytest.fixture
def bureaus(cluster, friday):
    one = planting.plant(cluster.bureau, cluster.site, at=friday)
    other = planting.plant(cluster.other_bureau, cluster.other_site, at=friday)
    planting.share(one, other, at=friday)
    return one, other


@pytest.mark.promise(*PROMISE)
def test_every_address_says_what_stands_in_it():
    """A view without a policy, or with an address nobody knows how to fill, cannot be attacked and so cannot be trusted."""
    doors = isolation.doors()

    assert [
        door.name for door in doors if not door.name and door.policy is None and door.route.startswith("search")
    ] == []
    unknown = [door for door in doors if door.policy and door.is_filled and door.name not in isolation.FILLINGS]
    assert unknown == [], "say in FILLINGS (tests/assurance/isolation.py) what stands in these addresses"


@pytest.mark.promise(*PROMISE)
def test_nobody_reads_or_changes_anything_of_another_bureau(
    cluster, bureaus, friday, size, part, measured, stopwatch, quiet
):
    who = isolation.principals(*bureaus, cluster, at=friday)
    attackers = part([principal for principal in who if size(principal.home != "jyj", True)])
    with stopwatch() as took:
        attack = Attack(bureaus, who, share=size(0.02, 1))
        found = attack.run(attackers)

    measured(
        cells=found.cells, principals=len(attackers), doors=len(attack.doors), closed=len(attack.closed),
        leaks=len(found.leaks), errors=len(found.errors), oracles=len(found.oracles), writes=len(found.forbidden),
        alive=len(found.alive), seconds=round(took(), 1),
    )  # fmt: skip
    assert found.nothing(), str(found)
    doors = {door.name or door.route for door in attack.doors + attack.closed}
    every = {(who.name, door, method) for who in attackers for door in doors for method in ("get", "post")}
    assert every <= found.asked, f"never asked: {sorted(every - found.asked)[:10]}"
    assert set(KINDS) - KEPT == found.seen, "words that were planted where nobody could ever have read them"
    if part(who) == who:
        assert len(attackers) >= 12
        assert len(found.alive) >= 20, f"only these forms ever changed anything: {sorted(found.alive)}"
        assert found.cells >= size(5_000, 50_000)


# Commands that come with Wagtail and Django's apps: what each is given here, or None if it touches nothing of anybody's.
COMMANDS = {
    "publish_scheduled": [], "publish_scheduled_pages": [], "move_pages": ["source", "target"], "purge_revisions": [],
    "fixtree": [], "set_url_paths": [], "create_log_entries_from_revisions": [], "rebuild_references_index": [],
    "wagtail_update_image_renditions": [], "update_index": [], "wagtail_update_index": [], "deduplicate_tags": [],
    "remove_orphaned_tags": [],
    **dict.fromkeys((
        "api_tokens", "convert_mariadb_uuids", "purge_embeds", "show_references_index", "enable_fuzzystrmatch",
        "enable_trigram", "enable_unaccent", "runserver", "collectstatic", "findstatic", "clearsessions",
        "remove_stale_contenttypes", "db_worker", "prune_db_task_results",
    )),
}  # fmt: skip


@pytest.mark.promise(*PROMISE)
def test_every_command_is_known():
    """A command that comes with an upgrade is looked at first; Django's own work on the database as a whole."""
    brought = {name for name, app in get_commands().items() if not _is_ours_or_djangos(app)}

    assert brought == COMMANDS.keys()


def _is_ours_or_djangos(app):
    return app == "django.core" or (app if isinstance(app, str) else app.__module__).startswith("jiyue.")


@pytest.mark.promise(*PROMISE)
def test_no_command_publishes_or_gives_away(bureaus, measured):
    """As somebody at the machine, or its clock, would run them."""
    one, other = bureaus
    Revision.objects.filter(pk__in=[thing.pk for thing in one.things["revision"]]).update(
        approved_go_live_at=timezone.now() - dt.timedelta(hours=1)
    )
    given = {"source": one.things["home"][0].pk, "target": other.things["home"][0].pk}
    before, changed = _standing(), []

    for command, names in COMMANDS.items():
        if names is None:
            continue
        with contextlib.suppress(Refused, CommandError, ProtectedError), transaction.atomic():
            call_command(command, *(given[name] for name in names), verbosity=0)
        changed += [command] if _standing() != before else []

    measured(commands=len(COMMANDS), changed=len(changed))
    assert changed == []


def _standing():
    """What is public, on whose receipt, and whose each page is."""
    releases = Release.objects.order_by("pk").values_list("pk", "digest", "receipt", "withdrawn_at", "body_html")
    pages = BasePage.objects.order_by("pk").values_list("pk", "unit", "website", "path", "live", "locked")
    return list(releases), list(pages)
