"""Builds the sample city in an empty installation."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from jiyue.accounts.models import User
from jiyue.common.models import DirtyKey
from jiyue.content import actions as content
from jiyue.content.actions import CHECKLIST
from jiyue.content.models import Announcement, Article, ColumnPage
from jiyue.demo import foundation, markup, staging
from jiyue.demo.bulk import Press, Staff
from jiyue.demo.city import city as sample_city
from jiyue.demo.foundation import Columns
from jiyue.demo.material import read
from jiyue.demo.shapes import CHINA, FIRST_DAY, City, Item
from jiyue.library.models import BasePage, Placement, Release, StandingCall
from jiyue.organisations.models import Unit


Progress = Callable[[str, int, int], None]  # what is being done, how much of it, of how much
OPENED = datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day, 8, tzinfo=CHINA)


def is_built() -> bool:
    """The accounts come last, so a build that was broken off does not count."""
    return User.objects.filter(username=read("accounts")["accounts"][-1]["username"]).exists()


@transaction.atomic
def build(*, sites: int, at: datetime, items_per_site: int | None = None, progress: Progress = lambda *_: None) -> City:
    """Everything but files and index: units, people, websites, a year of published items, and work on every desk."""
    city = sample_city(sites, items_per_site=items_per_site)
    progress("单位、人员和网站", 0, len(city.websites))
    units = foundation.establish_units(city)
    staff = foundation.hire(city, units, at=OPENED)
    websites = foundation.register_websites(city, units, at=OPENED)
    foundation.tree_root()
    press = Press(staff)
    columns = foundation.lay_out(press, websites, city, at=OPENED)
    progress("单位、人员和网站", len(city.websites), len(city.websites))
    publish_year(press, city, units, columns, progress=progress)
    call_into_portal(city, columns, staff, at=at)
    foundation.open_accounts(units, at=OPENED)
    fill_desks(columns, at=at)
    return city


def publish_year(press: Press, city: City, units: dict[str, Unit], columns: Columns, *, progress: Progress) -> None:
    """Topics come last: they show items, which must be there to be checked."""
    hung = staging.hang_pictures(city, units, at=OPENED)
    ordered = sorted(city.items, key=lambda item: (item.kind == "topic", item.released_at))
    first_topic = next((n for n, item in enumerate(ordered) if item.kind == "topic"), len(ordered))
    keys = {item.key: press.key(BasePage) for item in ordered}
    placed: dict[str, Any] = {}
    for number, item in enumerate(ordered):
        if number == first_topic or number % 1000 == 999:
            press.write()
        _publish(press, item, hung, keys, placed, columns)
        if number % 50 == 0:
            progress("一年的信息", number, len(ordered))
    press.write()
    progress("一年的信息", len(ordered), len(ordered))


@transaction.atomic
def call_into_portal(city: City, columns: Columns, staff: dict[int, Staff], *, at: datetime) -> None:
    """The portal's columns show what departments and counties publish, by one standing decision each."""
    for site in city.websites[1:]:
        county = site.kind == "portal"
        source = columns[site.code, "ywdt/yw" if county else "gzdt"]
        target = columns["portal", "ywdt/qxdt" if county else "ywdt/bmdt"]
        StandingCall.objects.create(source_id=source.pk, target_id=target.pk, at=at)
        releases = Release.objects.filter(column=source.pk).values_list("pk", "released_at")
        Placement.objects.bulk_create(
            [Placement(release_id=pk, column_id=target.pk, released_at=day, at=day) for pk, day in releases],
            batch_size=200,
        )


def fill_desks(columns: Columns, *, at: datetime) -> None:
    """Some items in every state of the chain, so that every role finds work when it logs in."""
    people = {user.username: user for user in User.objects.all()}
    for entry in read("desk"):
        if (entry["site"], entry["column"]) in columns:
            _bring_to_state(entry, columns, people, at=at)


@transaction.atomic
def settle() -> None:
    """After a full build of files and index nothing is left to do: forgets what the build itself put in the outbox."""
    DirtyKey.objects.all().delete()


def _publish(
    press: Press, item: Item, hung: dict[str, Any], keys: dict[str, int], placed: dict[str, Any], columns: Columns
) -> None:
    page = staging.page_of(item, hung, keys, placed)
    column = columns[item.website, item.column]
    press.place(page, column)
    press.publish(page, at=item.released_at, column=column)
    if item.kind == "policy":
        placed[item.key] = page


def _text(entry: dict[str, Any]) -> str:
    return markup.paragraphs(entry["text"].splitlines())


def _put_online(item: BasePage, editor: User, reviewer: User, clearer: User, *, at: datetime) -> None:
    submission = content.submit(item, by=editor, at=at)
    content.review(submission, by=reviewer, at=at + timedelta(minutes=40))
    content.clear(submission, by=clearer, at=at + timedelta(minutes=65), checklist=list(CHECKLIST))


def _bring_to_state(entry: dict[str, Any], columns: Columns, people: dict[str, User], *, at: datetime) -> None:
    editor = people.get(
        {"jyj": "jiaoyu", "slj": "shuili"}.get(entry["site"], f"{entry['site']}-editor"), people["jiaoyu"]
    )
    reviewer, clearer = people["shenhe"], people["baomi"]
    began, state = at - timedelta(hours=entry["hours"]), entry["state"]
    column = ColumnPage.objects.get(pk=columns[entry["site"], entry["column"]].pk)
    tomorrow = timezone.localtime(at).replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(
        days=entry.get("days", 0)
    )
    first = entry.get("before", entry)
    item = content.draft(
        Announcement if entry.get("kind") == "notice" else Article, column, by=editor, at=began - timedelta(hours=1),
        title=first["title"], source=column.unit.name, body=[("text", _text(first))],
        important=entry.get("important", False), go_live_at=tomorrow if state == "scheduled" else None,
    )  # fmt: skip
    if "before" in entry:
        _put_online(item, editor, reviewer, clearer, at=began - timedelta(days=first["days"]))
        body = [("text", _text(entry))]
        content.revise(item, by=editor, at=began - timedelta(minutes=20), title=entry["title"], body=body)
    if state == "draft":
        return
    if state == "emergency":
        content.publish_in_emergency(item, reason=entry["reason"], by=people["qianfa"], at=began)
        return
    submission = content.submit(item, by=editor, at=began)
    if state == "returned":
        content.send_back(submission, reason=entry["reason"], by=reviewer, at=began + timedelta(minutes=50))
    elif state != "review":
        content.review(submission, by=reviewer, at=began + timedelta(minutes=30))
        if state != "secrecy":
            content.clear(submission, by=clearer, at=began + timedelta(minutes=55), checklist=list(CHECKLIST))
