"""Random people at random doors: whatever they do, only what was cleared, by somebody else than its writer and its
reviewer, is ever public. Every text carries a word of its own, so that each public byte can be traced to its approval.
"""

import contextlib
import datetime as dt
import json
import random
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.http import Http404
from wagtail.actions.copy_page import CopyPageAction
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.models import Revision

from jiyue.accounts.actions import grant
from jiyue.accounts.models import User
from jiyue.accounts.roles import Role
from jiyue.common.errors import Refused
from jiyue.content import actions
from jiyue.content.actions import CHECKLIST
from jiyue.content.models import Article, ColumnPage, Submission
from jiyue.library import actions as library
from jiyue.library.digest import media_of
from jiyue.library.models import Attachment, BasePage, Placement, Receipt, Release
from jiyue.onboarding.actions import approve_in_demo
from jiyue.search.documents import documents, searchable
from jiyue.websites import actions as websites
from tests.assurance.isolation import CONTENT_ROLES
from tests.content.pages_kit import rendered
from tests.factories import a_person, a_picture, approve


pytestmark = pytest.mark.django_db
WORD = re.compile(r"zq\d+zq")
REFUSALS = (Refused, ValidationError, PermissionDenied, Http404, CommandError)
STEPS = 9
State = Submission.State


class Walk:
    """One random walk over the doors, and what a bystander with a notebook knows about it."""

    def __init__(self, cluster: Any, items: list[Any], people: list[User], picture: Any, attachment: Any) -> None:
        self.cluster, self.items, self.people = cluster, items, people
        self.picture, self.attachment = picture, attachment
        self.at, self.words = cluster.at, 0
        self.writers: dict[str, set[int]] = {}  # word → who wrote it
        self.cleared: dict[int, set[str]] = {}  # page → words somebody cleared
        self.firsts: dict[int, tuple[Any, str]] = {}
        self.at_submission: dict[int, set[str]] = {}
        self.did: Counter[str] = Counter()
        self.tried: Counter[str] = Counter()
        self.refused = 0
        for release in Release.objects.all():
            self.cleared.setdefault(release.item_id, set()).update(words_of(release))

    def begin(self, seed: int) -> None:
        self.dice = random.Random(seed)

    def step(self) -> str:
        door = self.dice.choices(DOORS, WEIGHTS)[0]
        self.tried[door.__name__] += 1
        self.at += dt.timedelta(minutes=self.dice.choice((1, 1, 1, 60, 2000)))
        try:
            with transaction.atomic():
                door(self)
            self.did[door.__name__] += 1
        except REFUSALS:
            self.refused += 1
        except IntegrityError:
            if door not in TAMPERINGS:
                raise
        return door.__name__

    def word(self, by: User | None = None) -> str:
        self.words += 1
        made = f"zq{self.words}zq"
        self.writers[made] = {by.pk} if by else set()
        return made

    @property
    def item(self) -> Any:
        return BasePage.objects.get(pk=self.dice.choice(self.items).pk).specific

    @property
    def person(self) -> User:
        return User.objects.get(pk=self.dice.choice(self.people).pk)

    def submission(self, *states: str) -> Submission:
        found = list(Submission.objects.filter(state__in=states or State.values).order_by("pk"))
        if not found:
            raise Refused("nothing")
        return self.dice.choice(found)

    def submissions_to_clear(self) -> Submission:
        return self.submission(State.SECRECY, State.SECRECY, State.REVIEW)


def words_of(thing: Any) -> set[str]:
    values = {field.attname: getattr(thing, field.attname) for field in thing._meta.concrete_fields}
    return set(WORD.findall(json.dumps(values, default=str, ensure_ascii=False)))


def words_in(revision: Revision) -> set[str]:
    """What a reviewer is shown: the text, and what its pictures and files are called at that moment."""
    text = set(WORD.findall(json.dumps(revision.content, default=str, ensure_ascii=False)))
    return text.union(*(words_of(thing) for thing in media_of(revision.as_object())))


# The doors. Each is tried by anybody at any time.


def write(walk: Walk) -> None:
    person, page = walk.person, walk.item
    word = walk.word(person)
    values: dict[str, Any] = {"title": f"题{word}"}
    if isinstance(page, Article) and walk.dice.random() < 0.5:
        values |= {"body": [("text", f"<p>文{word}</p>")], "important": walk.dice.random() < 0.3}
        values |= {"cover": walk.picture} if walk.dice.random() < 0.3 else {}
        values |= {"go_live_at": walk.at + dt.timedelta(hours=3)} if walk.dice.random() < 0.3 else {}
        values |= {"expire_at": walk.at + dt.timedelta(days=1)} if walk.dice.random() < 0.2 else {}
    actions.revise(page, by=person, at=walk.at, **values)


def write_new(walk: Walk) -> None:
    person = walk.person
    column = ColumnPage.objects.get(website=walk.cluster.site, slug="gzdt")
    page = actions.draft(Article, column, by=person, at=walk.at, title=f"题{walk.word(person)}", source="局")
    walk.items.append(page)


def submit(walk: Walk) -> None:
    submission = actions.submit(walk.item, by=walk.person, at=walk.at)
    walk.at_submission[submission.pk] = words_in(submission.revision)


def review(walk: Walk) -> None:
    actions.review(walk.submission(State.REVIEW), by=walk.person, at=walk.at)


def clear(walk: Walk) -> None:
    submission, person = walk.submissions_to_clear(), walk.person
    actions.clear(submission, by=person, at=walk.at, checklist=list(CHECKLIST))
    _note(walk, submission, person)


def sign(walk: Walk) -> None:
    actions.sign(walk.submission(State.SIGNATURE), by=walk.person, at=walk.at)


def by_the_right_people(walk: Walk) -> None:
    """As it should be: otherwise hardly anything would ever be published."""
    cast, submission = walk.cluster, walk.submission(State.REVIEW, State.SECRECY, State.SIGNATURE)
    if submission.state == State.REVIEW:
        actions.review(submission, by=cast.reviewer, at=walk.at)
    elif submission.state == State.SIGNATURE:
        actions.sign(submission, by=cast.signing_leader, at=walk.at)
    else:
        actions.clear(submission, by=cast.secrecy_reviewer, at=walk.at, checklist=list(CHECKLIST))
        _note(walk, submission, cast.secrecy_reviewer)


def _note(walk: Walk, submission: Submission, person: User) -> None:
    words = words_in(Revision.objects.get(pk=submission.revision_id))
    submission.refresh_from_db()
    assert words == walk.at_submission.get(submission.pk, words), "cleared another text than was submitted"
    writers = set().union(*(walk.writers.get(word, set()) for word in words)) | {submission.author_id}
    assert person.pk not in writers | {submission.reviewer_id}, "cleared by its writer or its reviewer"
    assert submission.reviewer_id not in writers, "reviewed by its writer"
    walk.cleared.setdefault(submission.page_id, set()).update(words)


def send_back(walk: Walk) -> None:
    actions.send_back(walk.submission(*Submission.OPEN), reason="退", by=walk.person, at=walk.at)


def recall(walk: Walk) -> None:
    actions.recall(walk.submission(*Submission.OPEN), by=walk.person, at=walk.at)


def emergency(walk: Walk) -> None:
    page, person = walk.item, walk.person
    words = words_in(page.get_latest_revision())
    actions.publish_in_emergency(page, reason="急", by=person, at=walk.at)
    assert person.memberships.filter(role=Role.SIGNING_LEADER).exists(), "an emergency by whoever may not"
    walk.cleared.setdefault(page.pk, set()).update(words)


def review_afterwards(walk: Walk) -> None:
    submission, person = walk.submission(State.PUBLISHED), walk.person
    keep = walk.dice.random() < 0.5
    actions.review_afterwards(submission, opinion="看过", keep=keep, by=person, at=walk.at)
    writers = set().union(*(walk.writers.get(word, set()) for word in words_in(submission.revision)))
    assert person.pk not in writers | {submission.author_id}, "reviewed afterwards by its writer"


def withdraw(walk: Walk) -> None:
    actions.withdraw(walk.item, reason="撤", by=walk.person, at=walk.at)


def restore(walk: Walk) -> None:
    actions.restore(walk.item, by=walk.person, at=walk.at)


def discard(walk: Walk) -> None:
    actions.discard(walk.item, by=walk.person, at=walk.at)


def the_clock(walk: Walk) -> None:
    actions.publish_due(at=walk.at)
    actions.withdraw_expired(at=walk.at)


def wagtail_revision(walk: Walk) -> None:
    walk.dice.choice(list(walk.item.revisions.all())).publish()


def wagtail_page(walk: Walk) -> None:
    page = walk.item
    page.publish(walk.dice.choice(list(page.revisions.all())), user=walk.person)


def wagtail_action(walk: Walk) -> None:
    revision = walk.dice.choice(list(walk.item.revisions.all()))
    PublishPageRevisionAction(revision, user=walk.person).execute(skip_permission_checks=True)


def wagtail_copy(walk: Walk) -> None:
    CopyPageAction(walk.item, keep_live=True, update_attrs={"slug": f"k{walk.word()}"}).execute(
        skip_permission_checks=True
    )


def wagtail_command(walk: Walk) -> None:
    pages = walk.item.revisions.order_by("-pk")[:1]
    Revision.objects.filter(pk__in=list(pages.values_list("pk", flat=True))).update(approved_go_live_at=walk.at)
    call_command("publish_scheduled", verbosity=0)


def the_library(walk: Walk) -> None:
    """The one door itself, with any revision of any page."""
    page, other = walk.item, walk.item
    revision = walk.dice.choice(list((other if walk.dice.random() < 0.3 else page).revisions.all()))
    library.publish_page(page, revision, by=walk.person, at=walk.at)


def bring_in_and_approve(walk: Walk) -> None:
    approve_in_demo(walk.item, by=walk.person, at=walk.at)


def call(walk: Walk) -> None:
    release = walk.dice.choice([*Release.objects.filter(item__in=walk.items), None]) or Release.objects.first()
    column = walk.dice.choice(list(ColumnPage.objects.filter(slug__in=["gzdt", "tzgg", "bmdt"])))
    actions.call(release, column, by=walk.person, at=walk.at)


def approve_call(walk: Walk) -> None:
    waiting = list(Placement.objects.filter(home=False))
    if waiting:
        library.approve_call(walk.dice.choice(waiting), by=walk.person, at=walk.at)


def call_always(walk: Walk) -> None:
    columns = list(ColumnPage.objects.filter(slug__in=["gzdt", "tzgg", "bmdt"]))
    library.call_always(walk.dice.choice(columns), walk.dice.choice(columns), by=walk.person, at=walk.at)


def register(walk: Walk) -> None:
    websites.amend(walk.cluster.site, by=walk.person, at=walk.at, short_name="云教")


def tamper_revision(walk: Walk) -> None:
    revision = walk.dice.choice(list(walk.item.revisions.all()))
    name = walk.dice.choice(["title", "slug", "summary", "draft_title"])
    revision.content |= {name: f"题{walk.word()}"}
    Revision.objects.filter(pk=revision.pk).update(content=revision.content)


def tamper_page(walk: Walk) -> None:
    word = walk.word()
    BasePage.objects.filter(pk=walk.item.pk).update(title=f"题{word}", draft_title=f"题{word}", live=True)


def tamper_picture(walk: Walk) -> None:
    walk.picture.alt = f"替{walk.word()}"
    walk.picture.save(update_fields=["alt"])


def tamper_bytes(walk: Walk) -> None:
    path = Path(walk.picture.file.path)
    path.write_bytes(path.read_bytes()[:200] + walk.word().encode())


def tamper_submission(walk: Walk) -> None:
    """Another item's receipt, and everybody's name under it."""
    cast, foreign = walk.cluster, walk.dice.choice(list(Receipt.objects.all()))
    Submission.objects.filter(pk=walk.submission().pk).update(
        receipt=foreign, reviewer=cast.reviewer, secrecy_reviewer=cast.secrecy_reviewer, signer=cast.signing_leader,
        digest=foreign.digest, state=State.SCHEDULED, publish_at=walk.at - dt.timedelta(minutes=1),
    )  # fmt: skip


TAMPERINGS = (tamper_revision, tamper_page, tamper_picture, tamper_bytes, tamper_submission)
WEIGHED: dict[Callable[[Walk], None], int] = {
    write: 14, write_new: 3, submit: 14, review: 6, clear: 6, sign: 4, by_the_right_people: 22, send_back: 2, recall: 3,
    emergency: 4, review_afterwards: 3, withdraw: 4, restore: 4, discard: 2, the_clock: 6, wagtail_revision: 3,
    wagtail_page: 3, wagtail_action: 2, wagtail_copy: 1, wagtail_command: 2, the_library: 5, bring_in_and_approve: 1,
    call: 3, approve_call: 2, call_always: 1, register: 1, **dict.fromkeys(TAMPERINGS, 3),
}  # fmt: skip
DOORS, WEIGHTS = list(WEIGHED), list(WEIGHED.values())


def check(walk: Walk, *, every: bool = False) -> None:
    """What must hold after every step, whoever did what. ``every``: of all that is public, not only of what the walk
    is about."""
    shown: set[str] = set()
    mine = Release.objects.select_related("receipt")
    found_by_search = searchable()
    if not every:
        keys = [item.pk for item in walk.items]
        mine, found_by_search = mine.filter(item__in=keys), found_by_search.filter(item__in=keys)
    for release in mine:
        first = walk.firsts.setdefault(release.item_id, (release.released_at, release.address))
        assert first == (release.released_at, release.address), "the first publication moved"
        receipt = release.receipt
        assert (receipt.item_id, receipt.digest) == (release.item_id, release.digest), "another text's receipt"
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
def stage(cluster, friday):
    """One person who holds every content role, the right people, an outsider; a draft, a public item, a column."""
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
    items = [cluster.draft("草稿"), public, scheduled.page, cluster.column("gzdt").specific]
    return lambda: Walk(cluster, list(items), people, picture, attachment)


@pytest.mark.promise(
    "chain", "不论从哪个门，没有经过审查的一个字节也不会公开；自己不能审自己", "长跑 10,000 次随机操作，违反 0"
)
def test_no_byte_becomes_public_that_nobody_cleared(stage, size, measured, stopwatch):
    runs, pages, did, tried, refused = size(200, 10_000), 0, Counter(), Counter(), 0
    picture = stage().picture
    original = Path(picture.file.path).read_bytes()
    with stopwatch() as took:
        for seed in range(runs):
            walk, trace = stage(), []
            walk.begin(seed)
            with _undone():
                for _ in range(STEPS):
                    trace.append(walk.step())
                    _with_trace(check, walk, seed, trace)
                _with_trace(lambda walk: check(walk, every=True), walk, seed, trace)
                if seed % 25 == 0:
                    pages += _with_trace(check_bytes, walk, seed, trace)
            Path(picture.file.path).write_bytes(original)
            did += walk.did
            tried += walk.tried
            refused += walk.refused

    seconds = took()
    published = did["by_the_right_people"] + did["emergency"] + did["the_clock"]
    measured(
        runs=runs, steps=runs * STEPS, done=sum(did.values()), refused=refused, pages=pages, doors=len(DOORS),
        runs_per_second=round(runs / seconds, 1), seconds=round(seconds, 1),
    )  # fmt: skip
    assert published > runs / 10, "hardly anything was ever published: the walk proves nothing"
    assert tried.keys() == {door.__name__ for door in DOORS}, "a door nobody tried"


@contextlib.contextmanager
def _undone() -> Any:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _with_trace(look: Callable[[Walk], Any], walk: Walk, seed: int, trace: list[str]) -> Any:
    try:
        return look(walk)
    except AssertionError as error:
        raise AssertionError(f"{error} (run {seed}: {' → '.join(trace)})") from error
