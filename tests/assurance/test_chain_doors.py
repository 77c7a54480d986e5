"""Random people at random doors: whatever they do, only what was cleared, by somebody else than its writer and its
reviewer, is ever public. Every text carries a word of its own, so that each public byte can be traced to its approval.
"""

import contextlib
import datetime as dt
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client

from jiyue.accounts.actions import grant
from jiyue.accounts.roles import Role
from jiyue.content import actions
from jiyue.content.actions import CHECKLIST
from jiyue.library import actions as library
from jiyue.library.models import Attachment, Receipt, Release
from jiyue.search.documents import documents, searchable
from tests.assurance import walk as below
from tests.assurance import walk_web as screens
from tests.assurance.planting import CONTENT_ROLES
from tests.assurance.walk import WORD, Clock, Stage, Walk, words_of
from tests.content.pages_kit import rendered
from tests.factories import a_person, a_picture, approve


pytestmark = pytest.mark.django_db
STEPS = 9
WEIGHTS = below.WEIGHTS | screens.WEIGHTS
DOORS = list(WEIGHTS)
WAITING = (("待审核的一条", False), ("待保密审查的一条", False), ("待签发的一条", True))
NEVER = {
    "wagtail_page",
    "wagtail_revision",
    "wagtail_move",
    "web_closed",
    "web_bulk",
    "bring_in_and_approve",
}  # open to nobody


def check(walk: Walk, *, every: bool = False) -> None:
    """What must hold after every step that wrote something public, and at the end. ``every``: of all that is public, not
    only of what the walk is about."""
    shown: set[str] = set()
    mine = Release.objects.select_related("receipt")
    found_by_search = searchable()
    if not every:
        mine, found_by_search = mine.filter(item__in=walk.items), found_by_search.filter(item__in=walk.items)
    for release in mine:
        first = walk.firsts.setdefault(release.item_id, (release.released_at, release.address))
        assert first == (release.released_at, release.address), "the first publication moved"
        receipt = release.receipt
        assert (receipt.item_id, receipt.digest) == (release.item_id, release.digest), "another text's receipt"
        assert receipt.basis != Receipt.Basis.DEMO, "a receipt of the demonstration"
        assert words_of(release) <= walk.cleared.get(release.item_id, set()), "public and cleared by nobody"
        if release.withdrawn_at is None:
            shown |= words_of(release)
    found = {word for document in documents(found_by_search) for word in WORD.findall(repr(document))}
    assert found <= shown, "found by search and not public"


def check_bytes(walk: Walk) -> int:
    """Every page, feed, sitemap and file as the publisher would write it now."""
    live = {word for release in Release.objects.live() for word in words_of(release)}
    pages = 0
    for website in (walk.cluster.site, walk.cluster.portal):
        for path, page in rendered(website).items():
            words = set(WORD.findall(page.body.decode("utf-8", "replace")))
            assert words <= live, f"{path} shows {words - live}"
            pages += 1
    return pages


@pytest.fixture
def clock(monkeypatch, settings, friday):
    settings.IDLE_MINUTES = settings.SESSION_COOKIE_AGE = 60 * 24 * 365  # nobody is shown out on the way
    settings.SESSION_HOURS = 24 * 365
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.assurance.unseen.Unrendered"]
    return Clock(monkeypatch, friday)


@pytest.fixture
def stage(cluster, friday, clock, tmp_path):
    """One person who holds every content role, the right people, an outsider; a draft, a public item, one for later,
    one at every step, a column."""
    tempted = a_person("tempted", Role.EDITOR, cluster.bureau, at=friday)
    for role in CONTENT_ROLES[1:]:
        grant(tempted, role, cluster.bureau, by=None, at=friday)
    names = ("editor", "reviewer", "secrecy_reviewer", "signing_leader", "site_manager", "clerk", "outsider")
    people = [tempted, tempted, *(cluster.people[name] for name in names)]
    picture = a_picture(cluster.bureau)
    attachment = Attachment(title="附件", unit=cluster.bureau, file=ContentFile(b"text", name="a.txt"))
    attachment.save()
    public = cluster.published("公开的一条", cover=picture).item
    scheduled = cluster.submitted("定时的一条", go_live_at=friday + dt.timedelta(hours=5))
    approve(cluster, scheduled)
    waiting = [cluster.submitted(title, important=important) for title, important in WAITING]
    for submission in waiting[1:]:
        actions.review(submission, by=cluster.reviewer, at=friday)
    actions.clear(waiting[2], by=cluster.secrecy_reviewer, at=friday, checklist=list(CHECKLIST))
    actions.call(public.release, cluster.column("tzgg"), by=cluster.editor, at=friday)
    library.call_always(cluster.column("bmdt", cluster.portal), cluster.column("ztzl"), by=None, at=friday)
    items = [cluster.draft("草稿"), public, scheduled.page, cluster.column("gzdt").specific]
    items += [submission.page for submission in waiting]
    return Stage(
        cluster, items, people, {person.pk: _browser(person) for person in people}, picture, attachment, tmp_path
    )


def _browser(person: Any) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(person)
    client.logged_in = {name: morsel.value for name, morsel in client.cookies.items()}
    return client


@pytest.mark.promise(
    "chain",
    "不论从哪个门（界面、动作、接口、批量、导入、定时、命令、Wagtail 自带入口、直接改库改盘），没有经过审查的一个字节也不会公开；自己不能审自己",
    "长跑 10,000 次随机行走（每次 9 步），违反 0",
)
def test_no_byte_becomes_public_that_nobody_cleared(stage, clock, size, part, measured, stopwatch):
    seeds = part(range(size(200, 10_000)))
    pages, did, tried = 0, Counter(), Counter()
    picture = Path(stage.picture.file.path)
    original = picture.read_bytes()
    with stopwatch() as took:
        for seed in seeds:
            walk = Walk(stage, seed, clock)
            with _undone():
                for door in walk.dice.choices(DOORS, WEIGHTS.values(), k=STEPS):
                    if _with_trace(lambda walk, door=door: walk.step(door), walk, seed):
                        _with_trace(check, walk, seed)
                _with_trace(lambda walk, seed=seed: check(walk, every=seed % 5 == 0), walk, seed)
                if seed % 25 == 0:
                    pages += _with_trace(check_bytes, walk, seed)
            picture.write_bytes(original)
            did += walk.did
            tried += walk.tried

    seconds = took()
    steps = len(seeds) * STEPS
    measured(
        runs=len(seeds), seeds=f"{seeds[0]}–{seeds[-1]}", steps=steps, done=sum(did.values()),
        refused=steps - sum(did.values()), pages=pages, doors=len(DOORS), passed=len(did), violations=0,
        runs_per_second=round(len(seeds) / seconds, 1), seconds=round(seconds, 1),
    )  # fmt: skip
    published = did["by_the_right_people"] + did["emergency"] + did["the_clock"] + did["web_decide"]
    assert published > len(seeds) / 10, "hardly anything was ever published: the walk proves nothing"
    assert not NEVER & did.keys(), "a door that is open to nobody let somebody through"
    if len(seeds) == size(200, 10_000):
        names = {door.__name__ for door in DOORS}
        assert tried.keys() == names, "a door nobody tried"
        assert len(names - NEVER - did.keys()) <= size(10, 0), f"never passed: {names - NEVER - did.keys()}"


@contextlib.contextmanager
def _undone() -> Any:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _with_trace(look: Callable[[Walk], Any], walk: Walk, seed: int) -> Any:
    try:
        return look(walk)
    except Exception as error:
        raise AssertionError(f"{error!r} (run {seed}: {' → '.join(walk.trace)})") from error
