"""One random walk over the doors to the public, what a bystander with a notebook knows about it, and the doors below the
screens: the actions, Wagtail's own, the clock, the commands, and whoever writes into the database."""

import contextlib
import datetime as dt
import io
import json
import random
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.http import Http404
from django.utils import timezone
from wagtail.actions.copy_page import CopyPageAction
from wagtail.actions.create_alias import CreatePageAliasAction
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.models import Revision

from jiyue.accounts.models import User
from jiyue.accounts.roles import Role
from jiyue.common.errors import Refused
from jiyue.content import actions
from jiyue.content.actions import CHECKLIST
from jiyue.content.models import Article, ColumnPage, Submission
from jiyue.library import actions as library
from jiyue.library.digest import media_of
from jiyue.library.models import BasePage, Placement, Receipt, Release, StandingCall
from jiyue.onboarding.actions import approve_in_demo, bring_in
from jiyue.onboarding.blocks import Block
from jiyue.onboarding.page import Page
from jiyue.onboarding.reading import Document
from jiyue.websites import actions as websites
from tests.assurance.writes import writing


WORD = re.compile(r"zq\d+zq")
REFUSALS = (Refused, ValidationError, PermissionDenied, Http404, CommandError, ProtectedError)
COLUMNS = ("gzdt", "tzgg", "bmdt", "ztzl")
PUBLIC = {"library_release", "library_receipt", "library_placement", "websites_website"}
State = Submission.State


@dataclass
class Stage:
    """What every walk begins with. ``clients``: a browser a person, logged in."""

    cluster: Any
    items: list[Any]
    people: list[User]
    clients: dict[int, Any]
    picture: Any
    attachment: Any
    folder: Path
    cleared: dict[int, set[str]] = field(default_factory=dict)  # page → what was public before anybody walked

    def __post_init__(self) -> None:
        for release in Release.objects.all():
            self.cleared.setdefault(release.item_id, set()).update(words_of(release))


class Walk:
    def __init__(self, stage: Stage, seed: int, clock: Any) -> None:
        self.stage, self.cluster, self.clock = stage, stage.cluster, clock
        self.items, self.dice = [item.pk for item in stage.items], random.Random(seed)
        self.at, self.words = stage.cluster.at, 0
        self.writers: dict[str, set[int]] = {}  # word → who wrote it
        self.cleared = {page: set(words) for page, words in stage.cleared.items()}  # page → words somebody cleared
        self.firsts: dict[int, tuple[Any, str]] = {}
        self.at_submission: dict[int, set[str]] = {}
        self.trace: list[str] = []
        self.did: Counter[str] = Counter()
        self.tried: Counter[str] = Counter()

    def step(self, door: Any) -> bool:
        """Whether anything was written of which the public could see something."""
        self.trace.append(door.__name__)
        self.tried[door.__name__] += 1
        self.clock.at = self.at = self.at + dt.timedelta(minutes=self.dice.choice((1, 1, 1, 60, 2000)))
        try:
            with transaction.atomic(), writing() as tables:
                if door(self) is not False:
                    self.did[door.__name__] += 1
        except REFUSALS:
            return False
        except IntegrityError:
            if not self.was_tampered_with:
                raise
            return False
        return bool(tables & PUBLIC)

    def word(self, by: User | None = None) -> str:
        self.words += 1
        made = f"zq{self.words}zq"
        self.writers[made] = {by.pk} if by else set()
        return made

    @property
    def item(self) -> Any:
        return BasePage.objects.get(pk=self.dice.choice(self.items)).specific

    @property
    def person(self) -> User:
        return User.objects.get(pk=self.dice.choice(self.stage.people).pk)

    def somebody(self, *right: str) -> User:
        """Half the time one of those who may: otherwise hardly anything would ever be done."""
        person = (
            self.cluster.people[self.dice.choice(right)] if self.chance(0.5) else self.dice.choice(self.stage.people)
        )
        return User.objects.get(pk=person.pk)

    @property
    def column(self) -> Any:
        columns = ColumnPage.objects.filter(slug__in=COLUMNS)
        return self.dice.choice(list(columns.filter(website=self.cluster.site) if self.chance(0.5) else columns))

    @property
    def release(self) -> Release:
        found = [*Release.objects.filter(item__in=self.items), None]
        return self.dice.choice(found) or Release.objects.first()

    @property
    def was_tampered_with(self) -> bool:
        """The database may refuse what somebody tampered with."""
        return any(door.__name__ in self.trace for door in TAMPERINGS)

    def chance(self, share: float) -> bool:
        return self.dice.random() < share

    def one_of(self, rows: Any) -> Any:
        found = list(rows)
        if not found:
            raise Refused("nothing")
        return self.dice.choice(found)

    def submission(self, *states: str) -> Submission:
        return self.one_of(Submission.objects.filter(state__in=states or State.values).order_by("pk"))

    # The notebook.

    def note_submission(self, submission: Submission) -> None:
        self.at_submission[submission.pk] = words_in(submission.revision)

    def note_clearing(self, submission: Submission, person: User) -> None:
        words = words_in(Revision.objects.get(pk=submission.revision_id))
        submission.refresh_from_db()
        assert words == self.at_submission.get(submission.pk, words), "cleared another text than was submitted"
        writers = self.writers_of(words - self.published_before(submission)) | {submission.author_id}
        assert person.pk not in writers | {submission.reviewer_id}, "cleared by its writer or its reviewer"
        assert submission.reviewer_id not in writers, "reviewed by its writer"
        self.cleared.setdefault(submission.page_id, set()).update(words)

    def note_emergency(self, page: Any, words: set[str], person: User) -> None:
        assert person.memberships.filter(role=Role.SIGNING_LEADER).exists(), "an emergency by whoever may not"
        self.cleared.setdefault(page.pk, set()).update(words)

    def note_review_afterwards(self, submission: Submission, person: User) -> None:
        words = words_in(submission.revision) - self.published_before(submission)
        assert person.pk not in self.writers_of(words) | {submission.author_id}, "reviewed afterwards by its writer"

    def writers_of(self, words: set[str]) -> set[int]:
        return set().union(*(self.writers.get(word, set()) for word in words))

    def published_before(self, submission: Submission) -> set[str]:
        """The words of earlier texts of the item that went out."""
        earlier = submission.page.submissions.filter(state=State.PUBLISHED, pk__lt=submission.pk)
        keys = earlier.filter(revision__lt=submission.revision_id).values_list("pk", flat=True)
        return set().union(*(self.at_submission.get(pk, set()) for pk in keys))


def words_of(thing: Any) -> set[str]:
    values = {field.attname: getattr(thing, field.attname) for field in thing._meta.concrete_fields}
    return set(WORD.findall(json.dumps(values, default=str, ensure_ascii=False)))


def words_in(revision: Revision) -> set[str]:
    """What a reviewer is shown: the text, and what its pictures and files are called at that moment."""
    text = set(WORD.findall(json.dumps(revision.content, default=str, ensure_ascii=False)))
    return text.union(*(words_of(thing) for thing in media_of(revision.as_object())))


# Doors of the actions. Each is tried by anybody at any time.


def write(walk: Walk) -> None:
    person, page = walk.somebody("editor"), walk.item
    word = walk.word(person)
    values: dict[str, Any] = {"title": f"题{word}"}
    if isinstance(page, Article) and walk.chance(0.5):
        values |= {"body": [("text", f"<p>文{word}</p>"), *_file(walk)], "important": walk.chance(0.3)}
        values |= {"cover": walk.stage.picture} if walk.chance(0.3) else {}
        values |= {"go_live_at": walk.at + dt.timedelta(hours=3)} if walk.chance(0.3) else {}
        values |= {"expire_at": walk.at + dt.timedelta(days=1)} if walk.chance(0.2) else {}
    actions.revise(page, by=person, at=walk.at, **values)


def _file(walk: Walk) -> list[Any]:
    return [("file", {"file": walk.stage.attachment, "title": ""})] if walk.chance(0.2) else []


def write_new(walk: Walk) -> None:
    person = walk.somebody("editor")
    page = actions.draft(Article, _news(walk), by=person, at=walk.at, title=f"题{walk.word(person)}", source="局")
    walk.items.append(page.pk)


def _news(walk: Walk) -> ColumnPage:
    return ColumnPage.objects.get(website=walk.cluster.site, slug="gzdt")


def submit(walk: Walk) -> None:
    walk.note_submission(actions.submit(walk.item, by=walk.somebody("editor"), at=walk.at))


def review(walk: Walk) -> None:
    actions.review(walk.submission(State.REVIEW), by=walk.somebody("reviewer"), at=walk.at)


def clear(walk: Walk) -> None:
    submission, person = walk.submission(State.SECRECY, State.SECRECY, State.REVIEW), walk.somebody("secrecy_reviewer")
    actions.clear(submission, by=person, at=walk.at, checklist=list(CHECKLIST))
    walk.note_clearing(submission, person)


def sign(walk: Walk) -> None:
    actions.sign(walk.submission(State.SIGNATURE), by=walk.somebody("signing_leader"), at=walk.at)


def by_the_right_people(walk: Walk) -> None:
    """As it should be: otherwise hardly anything would ever be published."""
    cast, submission = walk.cluster, walk.submission(State.REVIEW, State.SECRECY, State.SIGNATURE)
    if submission.state == State.REVIEW:
        actions.review(submission, by=cast.reviewer, at=walk.at)
    elif submission.state == State.SIGNATURE:
        actions.sign(submission, by=cast.signing_leader, at=walk.at)
    else:
        actions.clear(submission, by=cast.secrecy_reviewer, at=walk.at, checklist=list(CHECKLIST))
        walk.note_clearing(submission, cast.secrecy_reviewer)


def send_back(walk: Walk) -> None:
    actions.send_back(
        walk.submission(*Submission.OPEN), reason="退", by=walk.somebody("reviewer", "secrecy_reviewer"), at=walk.at
    )


def recall(walk: Walk) -> None:
    actions.recall(walk.submission(*Submission.OPEN), by=walk.somebody("editor"), at=walk.at)


def emergency(walk: Walk) -> None:
    page, person = walk.item, walk.somebody("signing_leader")
    words = words_in(page.get_latest_revision())
    walk.note_submission(actions.publish_in_emergency(page, reason="急", by=person, at=walk.at))
    walk.note_emergency(page, words, person)


def review_afterwards(walk: Walk) -> None:
    submission, person = walk.submission(State.PUBLISHED), walk.somebody("reviewer")
    actions.review_afterwards(submission, opinion="看过", keep=walk.chance(0.5), by=person, at=walk.at)
    walk.note_review_afterwards(submission, person)


def withdraw(walk: Walk) -> None:
    actions.withdraw(walk.item, reason="撤", by=walk.somebody("reviewer"), at=walk.at)


def restore(walk: Walk) -> None:
    actions.restore(walk.item, by=walk.somebody("reviewer"), at=walk.at)


def discard(walk: Walk) -> None:
    actions.discard(walk.item, by=walk.somebody("editor"), at=walk.at)


def undelete(walk: Walk) -> None:
    actions.undelete(walk.item, by=walk.somebody("editor"), at=walk.at)


def the_library(walk: Walk) -> None:
    """The one door itself, with any revision of any page."""
    page, other = walk.item, walk.item
    revision = walk.one_of((other if walk.chance(0.3) else page).revisions.all())
    library.publish_page(page, revision, by=walk.person, at=walk.at)


def bring_in_old(walk: Walk) -> None:
    """An import; its text is nobody's who works here."""
    word = walk.word()
    document = Document(Page(f"题{word}", f"<p>文{word}</p>"), [Block("text", f"<p>文{word}</p>")])
    brought = bring_in(document, _news(walk), source=f"{word}.html", by=walk.somebody("editor"), at=walk.at)
    walk.items.append(brought.item.pk)


def bring_in_and_approve(walk: Walk) -> None:
    approve_in_demo(walk.item, by=walk.person, at=walk.at)


def call(walk: Walk) -> None:
    actions.call(walk.release, walk.column, by=walk.somebody("editor"), at=walk.at)


def approve_call(walk: Walk) -> None:
    library.approve_call(walk.one_of(Placement.objects.filter(home=False)), by=walk.somebody("reviewer"), at=walk.at)


def end_call(walk: Walk) -> None:
    library.end_call(
        walk.one_of(Placement.objects.filter(release__item__in=walk.items)), by=walk.somebody("editor"), at=walk.at
    )


def call_always(walk: Walk) -> None:
    library.call_always(walk.column, walk.column, by=walk.somebody("site_manager"), at=walk.at)


def end_call_always(walk: Walk) -> None:
    library.end_standing_call(walk.one_of(StandingCall.objects.all()), by=walk.somebody("site_manager"), at=walk.at)


def register(walk: Walk) -> None:
    websites.amend(walk.cluster.site, by=walk.somebody("site_manager"), at=walk.at, short_name="云教")


# The clock, the commands, and Wagtail's own doors.


def the_clock(walk: Walk) -> None:
    actions.publish_due(at=walk.at)
    actions.withdraw_expired(at=walk.at)


def command_scheduled(walk: Walk) -> None:
    pages = walk.item.revisions.order_by("-pk")[:1]
    Revision.objects.filter(pk__in=list(pages.values_list("pk", flat=True))).update(approved_go_live_at=walk.at)
    call_command(walk.dice.choice(["publish_scheduled", "publish_scheduled_pages"]), verbosity=0)


def command_import(walk: Walk) -> None:
    """``jiyue import``, also with the switch that is for the demonstration only."""
    word = walk.word()
    path = walk.stage.folder / f"{word}.txt"
    path.write_text(
        f"关于{word}开学的消息\n\n" + f"　　文{word}，今天上午，全市中小学校如期开学，各校秩序井然。\n\n" * 5
    )
    known = set(BasePage.objects.values_list("pk", flat=True))
    switches = {"approve_in_demo": True} if walk.chance(0.3) else {}
    with contextlib.redirect_stdout(io.StringIO()):
        call_command("import", str(path), website=walk.cluster.site.code, column="gzdt", **switches)
    walk.items += BasePage.objects.exclude(pk__in=known).values_list("pk", flat=True)


def command_of_wagtails(walk: Walk) -> None:
    name = walk.dice.choice(["move_pages", "purge_revisions", "fixtree", "set_url_paths"])
    given = [walk.column.pk, walk.column.pk] if name == "move_pages" else []
    with contextlib.redirect_stdout(io.StringIO()):
        call_command(name, *given, verbosity=0, **({"interactive": False} if name == "fixtree" else {}))


def wagtail_revision(walk: Walk) -> None:
    walk.one_of(walk.item.revisions.all()).publish()


def wagtail_page(walk: Walk) -> None:
    page = walk.item
    page.publish(walk.one_of(page.revisions.all()), user=walk.person)


def wagtail_action(walk: Walk) -> None:
    revision = walk.one_of(walk.item.revisions.all())
    PublishPageRevisionAction(revision, user=walk.person).execute(skip_permission_checks=True)


def wagtail_copy(walk: Walk) -> None:
    CopyPageAction(walk.item, keep_live=True, update_attrs={"slug": f"k{walk.word()}"}).execute(
        skip_permission_checks=True
    )


def wagtail_alias(walk: Walk) -> None:
    page = walk.item
    CreatePageAliasAction(page, parent=page.get_parent(), update_slug=f"a{walk.word()}").execute(
        skip_permission_checks=True
    )


def wagtail_move(walk: Walk) -> None:
    walk.item.move(walk.column, pos="last-child")


# Somebody with a hand in the database or on the disk.


def tamper_revision(walk: Walk) -> None:
    revision = walk.one_of(walk.item.revisions.all())
    name = walk.dice.choice(["title", "slug", "summary", "draft_title"])
    revision.content |= {name: f"题{walk.word()}"}
    Revision.objects.filter(pk=revision.pk).update(content=revision.content)


def tamper_page(walk: Walk) -> None:
    word = walk.word()
    BasePage.objects.filter(pk=walk.item.pk).update(title=f"题{word}", draft_title=f"题{word}", live=True)


def tamper_picture(walk: Walk) -> None:
    picture = walk.stage.picture
    type(picture).objects.filter(pk=picture.pk).update(alt=f"替{walk.word()}")


def tamper_bytes(walk: Walk) -> None:
    path = Path(walk.stage.picture.file.path)
    path.write_bytes(path.read_bytes()[:200] + walk.word().encode())


def tamper_submission(walk: Walk) -> None:
    """Another item's receipt, and everybody's name under it."""
    cast, foreign = walk.cluster, walk.dice.choice(list(Receipt.objects.all()))
    Submission.objects.filter(pk=walk.submission().pk).update(
        receipt=foreign, reviewer=cast.reviewer, secrecy_reviewer=cast.secrecy_reviewer, signer=cast.signing_leader,
        digest=foreign.digest, state=State.SCHEDULED, publish_at=walk.at - dt.timedelta(minutes=1),
    )  # fmt: skip


TAMPERINGS = (tamper_revision, tamper_page, tamper_picture, tamper_bytes, tamper_submission)
WEIGHTS = {
    write: 14, write_new: 3, submit: 14, review: 6, clear: 6, sign: 4, by_the_right_people: 22, send_back: 2, recall: 3,
    emergency: 4, review_afterwards: 3, withdraw: 4, restore: 4, discard: 2, undelete: 1, the_library: 5,
    bring_in_old: 2, bring_in_and_approve: 1, call: 3, approve_call: 2, end_call: 1, call_always: 1, end_call_always: 1,
    register: 1, the_clock: 6, command_scheduled: 2, command_import: 1, command_of_wagtails: 1, wagtail_revision: 3,
    wagtail_page: 3, wagtail_action: 2, wagtail_copy: 1, wagtail_alias: 1, wagtail_move: 1,
    **dict.fromkeys(TAMPERINGS, 3),
}  # fmt: skip


class Clock:
    """The one everything looks at, screens and Wagtail included."""

    def __init__(self, monkeypatch: Any, at: dt.datetime) -> None:
        self.at = at
        monkeypatch.setattr(timezone, "now", lambda: self.at)
