"""Builds objects by calling the actions, so that no test starts from an impossible state."""

import io
from dataclasses import dataclass, field
from datetime import datetime

from django.core.files.images import ImageFile
from PIL import Image
from wagtail.models import Collection, Locale

from jiyue.accounts import actions as accounts
from jiyue.accounts.models import User
from jiyue.accounts.roles import Role
from jiyue.content import actions as content
from jiyue.content.actions import CHECKLIST
from jiyue.content.models import Article, ColumnPage
from jiyue.library.models import Picture, Release
from jiyue.organisations import actions as organisations
from jiyue.organisations.models import Unit
from jiyue.websites import actions as websites
from jiyue.websites.models import Website


@dataclass
class Cluster:
    at: datetime
    city: Unit
    bureau: Unit
    other_bureau: Unit
    portal: Website
    site: Website
    other_site: Website
    people: dict[str, User] = field(default_factory=dict)

    def __getattr__(self, name: str) -> User:
        """``cluster.editor``, ``cluster.reviewer``, ``cluster.outsider`` ..."""
        try:
            return self.__dict__["people"][name]
        except KeyError:
            raise AttributeError(name) from None

    def column(self, code: str = "gzdt", site: Website | None = None) -> ColumnPage:
        return ColumnPage.objects.get(website=site or self.site, slug=code)

    def draft(self, title: str = "全市中小学秋季开学", model=Article, column: str = "gzdt", **values):
        values.setdefault("source", "市教育局")
        values.setdefault("body", [("text", "<p>今天上午，全市中小学校如期开学。</p>")])
        return content.draft(model, self.column(column), by=self.editor, at=self.at, title=title, **values)

    def submitted(self, title: str = "全市中小学秋季开学", **values):
        return content.submit(self.draft(title, **values), by=self.editor, at=self.at)

    def published(self, title: str = "全市中小学秋季开学", **values) -> Release:
        submission = self.submitted(title, **values)
        approve(self, submission)
        return Release.objects.get(item=submission.page_id)


def approve(cluster: Cluster, submission) -> None:
    """The rest of the chain, each step by its own person."""
    content.review(submission, by=cluster.reviewer, at=cluster.at)
    content.clear(submission, by=cluster.secrecy_reviewer, at=cluster.at, checklist=list(CHECKLIST))
    submission.refresh_from_db()
    if submission.state == "signature":
        content.sign(submission, by=cluster.signing_leader, at=cluster.at)


def foundation() -> None:
    """What Wagtail's migrations leave behind; the tests' database is built without migrations."""
    Locale.objects.get_or_create(language_code="zh-hans")
    if not Collection.objects.exists():
        Collection.add_root(name="Root")


def cluster(*, at: datetime) -> Cluster:
    foundation()
    city = organisations.establish(name="云州市人民政府", code="yunzhou", level="city", kind="government")
    bureau, other = (
        organisations.establish(name=name, code=code, level="city", kind="department", parent=city)
        for name, code in (("云州市教育局", "jyj"), ("云州市水利局", "slj"))
    )
    a_website(city, "portal", at=at, host="localhost")
    for unit in (bureau, other):
        a_website(unit, "department", at=at, host=f"{unit.code}.localhost")
    for role in Role:
        if role in {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN}:
            a_person(role.value, role, city, at=at, kind=role.value)
        else:
            a_person(role.value, role, bureau, at=at)
    a_person("outsider", Role.EDITOR, other, at=at)
    return find_cluster(at=at)


def find_cluster(*, at: datetime) -> Cluster:
    """The cast as it stands in the database (built once for all tests of a process)."""
    units = [Unit.objects.get(code=code) for code in ("yunzhou", "jyj", "slj")]
    sites = [unit.websites.get() for unit in units]
    return Cluster(at, *units, *sites, people={user.username: user for user in User.objects.all()})


def a_website(unit: Unit, kind: str, *, at: datetime, host: str) -> Website:
    website = websites.register(
        unit=unit, kind=kind, code=unit.code, name=f"{unit.name}网站", hosts=[host], by=None, at=at
    )
    websites.put_online(website, by=None, at=at)
    website.refresh_from_db()
    return website


def a_person(username: str, role: Role, unit: Unit, *, at: datetime, kind: str = User.Kind.STAFF) -> User:
    user = accounts.enrol(username=username, name="云小舟", by=None, at=at, kind=kind, password="yunzhou-2026-demo")
    accounts.grant(user, role, unit, by=None, at=at)
    return user


def a_picture(unit: Unit, title: str = "校园", colour: str = "#12498f") -> Picture:
    file = io.BytesIO()
    Image.new("RGB", (64, 36), colour).save(file, "PNG")
    return Picture.objects.create(
        title=title, alt=title, unit=unit, width=64, height=36, file=ImageFile(file, name=f"{unit.code}.png")
    )
