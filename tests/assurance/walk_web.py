"""The doors of the back office, as a browser - or whoever forges what a browser sends - goes through them."""

import datetime as dt
import json
from typing import Any

from django.db import IntegrityError
from django.urls import reverse

from jiyue.accounts.models import User
from jiyue.content.actions import CHECKLIST
from jiyue.content.forms import SUBMIT
from jiyue.content.models import Article, ColumnPage, Submission
from jiyue.library.models import BasePage, Placement, StandingCall
from tests.assurance.walk import State, Walk, words_in


# What no form of ours has: Wagtail's own buttons, fields of the row, another revision to write into.
FORGED = {
    "action-publish": "1", "action-submit": "1", "action-unpublish": "1", "live": "true", "state": "published",
    "approved_go_live_at": "2001-01-01 00:00", "released_at": "2001-01-01", "receipt": "1", "digest": "x",
    "has_unpublished_changes": "", "alias_of": "", "website": "1", "unit": "1", "owner": "1",
}  # fmt: skip
# Addresses of Wagtail's that are open to nobody: name → its arguments after the page's number.
CLOSED: dict[str, tuple[Any, ...]] = {
    "wagtailadmin_pages:unpublish": (), "wagtailadmin_pages:delete": (), "wagtailadmin_pages:copy": (),
    "wagtailadmin_pages:move": (), "wagtailadmin_pages:convert_alias": (), "wagtailadmin_pages:lock": (),
    "wagtailadmin_pages:unlock": (), "wagtailadmin_pages:set_privacy": (), "wagtailadmin_pages:set_page_position": (),
    "wagtailadmin_pages:workflow_action": ("approve", 1), "wagtailadmin_pages:usage": (),
    **{f"wagtailadmin_api:pages:action {name}": (name,) for name in (
        "publish", "unpublish", "copy", "move", "delete", "create_alias", "revert_to_page_revision",
    )},
}  # fmt: skip
BULK = ("publish", "unpublish", "move", "delete")


def ask(walk: Walk, person: User, url: str, data: dict[str, Any], **more: Any) -> Any:
    """What a person's browser is answered. An error of the server is a finding of its own."""
    client = walk.stage.clients[person.pk]
    client.cookies.clear()
    client.cookies.load(client.logged_in)
    answer = client.post(url, data, **more)
    refused = walk.was_tampered_with and isinstance(answer.exc_info and answer.exc_info[1], IntegrityError)
    assert answer.status_code < 500 or refused, f"{url}: {answer.status_code} {answer.exc_info}"
    return answer


def done(answer: Any) -> bool:
    """Wagtail also sends whoever may not do something home."""
    return answer.status_code == 302 and answer.url != reverse("wagtailadmin_home")


def form_of(walk: Walk, page: Any, word: str) -> dict[str, Any]:
    """What the editor's form sends."""
    empty = {f"comments-{name}_FORMS": "0" for name in ("TOTAL", "INITIAL", "MIN_NUM")}
    values = {"title": f"题{word}", "comments-MAX_NUM_FORMS": "", **empty}
    if isinstance(page, ColumnPage):
        return values | {
            "slug": page.slug, "column_kind": page.column_kind, "layout": page.layout, "keywords": "词",
            "description": f"明{word}", "in_navigation": "on", "calls_need_review": "on",
        }  # fmt: skip
    text = {
        "key": "a",
        "text": f"文{word}",
        "type": "unstyled",
        "depth": 0,
        "inlineStyleRanges": [],
        "entityRanges": [],
    }
    body = {
        "deleted": "",
        "order": "0",
        "type": "text",
        "id": "",
        "value": json.dumps({"blocks": [text], "entityMap": {}}),
    }
    values |= {"source": "局", "body-count": "1", **{f"body-0-{name}": value for name, value in body.items()}}
    values |= {"cover": str(walk.stage.picture.pk)} if walk.chance(0.3) else {}
    values |= {"important": "on"} if walk.chance(0.3) else {}
    values |= {"go_live_at": f"{walk.at + dt.timedelta(hours=3):%Y-%m-%d %H:%M}"} if walk.chance(0.3) else {}
    values |= {"expire_at": f"{walk.at + dt.timedelta(days=1):%Y-%m-%d %H:%M}"} if walk.chance(0.2) else {}
    return values


def save(walk: Walk, person: User, url: str, page: Any, *, send: bool, **more: Any) -> bool:
    """Saves what somebody typed, and notes what was sent to the reviewers with it."""
    values = form_of(walk, page, walk.word(person))
    if walk.chance(0.3):
        values |= dict(walk.dice.sample(list(FORGED.items()), 4))
    if walk.chance(0.2) and page.pk:
        values["revision"] = str(walk.one_of(page.revisions.all()).pk)
    last = Submission.objects.order_by("pk").last()
    answer = ask(walk, person, url, values | ({SUBMIT: "1"} if send else {}), **more)
    for submission in Submission.objects.filter(pk__gt=last.pk if last else 0):
        walk.note_submission(submission)
    return done(answer)


def web_write(walk: Walk) -> bool:
    page = walk.item
    return save(
        walk,
        walk.somebody("editor", "site_manager"),
        reverse("wagtailadmin_pages:edit", args=[page.pk]),
        page,
        send=False,
    )


def web_write_and_submit(walk: Walk) -> bool:
    page = walk.item
    return save(
        walk,
        walk.somebody("editor", "site_manager"),
        reverse("wagtailadmin_pages:edit", args=[page.pk]),
        page,
        send=True,
    )


def web_write_new(walk: Walk) -> bool:
    column = ColumnPage.objects.get(website=walk.cluster.site, slug="gzdt")
    known = BasePage.objects.order_by("pk").last().pk
    url = reverse("wagtailadmin_pages:add", args=["content", "article", column.pk])
    saved = save(walk, walk.somebody("editor"), url, Article(), send=walk.chance(0.5))
    walk.items += BasePage.objects.filter(pk__gt=known).values_list("pk", flat=True)
    return saved


def web_save_automatically(walk: Walk) -> bool:
    """The editor's automatic save goes on writing into the revision it is told to."""
    person, page = walk.somebody("editor"), walk.item
    values = form_of(walk, page, walk.word(person))
    values["overwrite_revision_id"] = str(
        page.latest_revision_id if walk.chance(0.8) else walk.one_of(page.revisions.all()).pk
    )
    url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    answer = ask(walk, person, url, values, headers={"Accept": "application/json"})
    return answer.status_code == 200 and answer.json()["success"]


def web_decide(walk: Walk) -> bool:
    submission = walk.submission(*Submission.OPEN) if walk.chance(0.8) else walk.submission()
    right = {State.SECRECY: "secrecy_reviewer", State.SIGNATURE: "signing_leader"}.get(submission.state, "reviewer")
    person = walk.somebody(right)
    before, afterwards = submission.state, submission.after_reviewed_at
    seen = f"{walk.dice.choice(State.values) if walk.chance(0.1) else before} {submission.digest}"
    points = list(CHECKLIST)[: None if walk.chance(0.9) else 3]
    given = {"seen": seen, "decision": walk.dice.choice(["pass"] * 5 + ["return"]), "reason": "退", "checklist": points}
    ask(walk, person, reverse("content_review", args=[submission.pk]), given)
    submission.refresh_from_db()
    if before == State.SECRECY and submission.state in {State.SIGNATURE, State.SCHEDULED, State.PUBLISHED}:
        walk.note_clearing(submission, person)
    if before == State.PUBLISHED and submission.after_reviewed_at != afterwards:
        walk.note_review_afterwards(submission, person)
    return (submission.state, submission.after_reviewed_at) != (before, afterwards)


def web_act(walk: Walk) -> bool:
    """The acts on an item that have a screen of their own."""
    page, person = walk.item, walk.somebody("editor", "reviewer")
    name = walk.dice.choice(["withdraw", "restore", "recall", "discard", "undelete"])
    return done(ask(walk, person, reverse(f"content_{name}", args=[page.pk]), {"reason": "撤"}))


def web_emergency(walk: Walk) -> bool:
    page = walk.item
    person = walk.somebody("signing_leader")
    words, last = words_in(page.get_latest_revision()), Submission.objects.order_by("pk").last()
    answer = ask(walk, person, reverse("content_emergency", args=[page.pk]), {"reason": "急"})
    for submission in Submission.objects.filter(pk__gt=last.pk if last else 0):
        walk.note_submission(submission)
        walk.note_emergency(page, words, person)
    return done(answer)


def web_call(walk: Walk) -> bool:
    url = reverse("content_call", args=[walk.release.pk])
    return done(ask(walk, walk.somebody("editor"), url, {"column": walk.column.pk}))


def web_decide_call(walk: Walk) -> bool:
    placement = walk.one_of(Placement.objects.filter(release__item__in=walk.items))
    name = walk.dice.choice(["content_call_approve", "content_call_end"])
    return done(ask(walk, walk.somebody("editor", "reviewer"), reverse(name, args=[placement.pk]), {}))


def web_call_always(walk: Walk) -> bool:
    if walk.chance(0.3):
        standing = walk.one_of(StandingCall.objects.all())
        return done(ask(walk, walk.somebody("site_manager"), reverse("content_standing_end", args=[standing.pk]), {}))
    url = reverse("content_standing_new", args=[walk.column.pk])
    return done(ask(walk, walk.somebody("site_manager"), url, {"column": walk.column.pk}))


def web_import(walk: Walk) -> bool:
    """Word and paste: the preview's ticket goes into the draft it was made for - or into another."""
    person, page = walk.somebody("editor"), walk.item
    pasted = {"pasted": f"<p>文{walk.word(person)}</p>"}
    preview = ask(walk, person, reverse("onboarding_take", args=[page.pk]), pasted)
    if not hasattr(preview, "context_data") or "fill_url" not in preview.context_data:
        return False
    ticket = preview.context_data["form"].initial["ticket"]
    target = walk.item if walk.chance(0.2) else page
    given = {"ticket": ticket, "place": walk.dice.choice(["replace", "append"]), "with_title": "on"}
    return done(ask(walk, person, reverse("onboarding_fill", args=[target.pk]), given))


def web_media(walk: Walk) -> bool:
    """The words that come with a picture or a file. They are the library's: who changed them is not asked."""
    word = walk.word()
    if walk.chance(0.5):
        url, given = reverse("wagtailimages:edit", args=[walk.stage.picture.pk]), {"title": "图", "alt": f"替{word}"}
    else:
        url, given = reverse("wagtaildocs:edit", args=[walk.stage.attachment.pk]), {"title": f"附{word}"}
    return done(ask(walk, walk.somebody("editor"), url, {**given, "description": "", "tags": ""}))


def web_closed(walk: Walk) -> bool:
    """Wagtail's own acts on a page, one by one and as an interface for programs."""
    name, more = walk.dice.choice(list(CLOSED.items()))
    url = reverse(name.split()[0], args=[walk.item.pk, *more])
    answer = ask(walk, walk.person, url, {"confirm": "1", "action": "move", "new_parent_page": walk.column.pk})
    assert answer.status_code == 404, f"{url}: {answer.status_code}"
    return False


def web_bulk(walk: Walk) -> bool:
    url = reverse("wagtail_bulk_action", args=["library", "basepage", walk.dice.choice(BULK)])
    chosen = "&".join(f"id={pk}" for pk in walk.items)
    answer = ask(walk, walk.person, f"{url}?{chosen}", {"chooser": walk.column.pk, "include_descendants": "on"})
    assert answer.status_code == 404, f"{url}: {answer.status_code}"
    return False


WEIGHTS = {
    web_write: 8, web_write_and_submit: 8, web_write_new: 2, web_save_automatically: 5, web_decide: 16, web_act: 6,
    web_emergency: 3, web_call: 2, web_decide_call: 2, web_call_always: 1, web_import: 3, web_media: 4, web_closed: 2,
    web_bulk: 1,
}  # fmt: skip
