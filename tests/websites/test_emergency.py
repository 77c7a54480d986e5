"""紧急停用: who may, what readers get meanwhile, what stays behind."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from jiyue.accounts.models import AuditEntry
from jiyue.common.errors import Refused
from jiyue.notices.models import Alarm
from jiyue.websites.emergency import find_page, resume, suspend
from jiyue.websites.models import Suspension
from tests.queries import queries_of


def test_a_website_is_suspended_and_resumed_and_both_are_recorded(cluster, friday):
    suspend(cluster.site, reason="首页被篡改", by=cluster.site_manager, at=friday)

    assert [str(row) for row in Suspension.objects.active()] == ["云州市教育局网站"]
    assert AuditEntry.objects.filter(action="websites.suspend", user=cluster.site_manager).count() == 1
    alarm = Alarm.objects.ringing().get()
    assert (alarm.unit, alarm.evidence) == (cluster.bureau, reverse("websites_suspensions"))

    resume(cluster.site, by=cluster.site_manager, at=friday)

    assert not Suspension.objects.active().exists()
    assert AuditEntry.objects.filter(action="websites.resume").count() == 1
    assert not Alarm.objects.ringing().exists()


@pytest.mark.parametrize("who", ["site_manager", "signing_leader", "supervisor", "system_admin"])
def test_who_answers_for_a_website_may_suspend_it(cluster, friday, who):
    suspend(cluster.site, path="/x.html", reason="差错", by=getattr(cluster, who), at=friday)

    assert Suspension.objects.active().get().path == "/x.html"


@pytest.mark.parametrize("who", ["editor", "reviewer", "outsider", "security_admin", "audit_admin"])
def test_nobody_else_may(cluster, friday, who):
    with pytest.raises(Refused):
        suspend(cluster.site, reason="差错", by=getattr(cluster, who), at=friday)


def test_only_who_runs_the_platform_suspends_all_websites(cluster, friday):
    with pytest.raises(Refused):
        suspend(None, reason="攻击", by=cluster.supervisor, at=friday)

    suspend(None, reason="攻击", by=cluster.system_admin, at=friday)


def test_a_manager_has_no_say_about_another_website(cluster, friday):
    with pytest.raises(Refused):
        suspend(cluster.other_site, reason="差错", by=cluster.site_manager, at=friday)


def test_a_suspension_has_a_reason_and_happens_once(cluster, friday):
    with pytest.raises(Refused):
        suspend(cluster.site, reason=" ", by=None, at=friday)
    suspend(cluster.site, reason="差错", by=None, at=friday)
    with pytest.raises(Refused):
        suspend(cluster.site, reason="差错", by=None, at=friday)


def test_what_is_not_suspended_cannot_be_resumed(cluster, friday):
    with pytest.raises(Refused):
        resume(None, by=None, at=friday)


@pytest.mark.parametrize("website", ["site", None])
def test_the_database_knows_one_active_suspension(cluster, friday, website):
    row = {"website": website and cluster.site, "reason": "差错", "since": friday}
    Suspension.objects.create(**row)

    with pytest.raises(IntegrityError), transaction.atomic():
        Suspension.objects.create(**row)


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("http://jyj.localhost:8000/gzdt/2026/09/1.html", "/gzdt/2026/09/1.html"),
        ("jyj.localhost/gzdt/index.html", "/gzdt/"),
        ("https://JYJ.localhost", "/"),
    ],
)
def test_a_page_is_named_by_its_address(cluster, url, path):
    assert find_page(url) == (cluster.site, path)


@pytest.mark.parametrize(
    "url", ["http://elsewhere.example/x", "http://jyj.localhost/../x", "//jyj.localhost/.gone/x", ""]
)
def test_other_addresses_are_refused(cluster, url):
    with pytest.raises(Refused):
        find_page(url)


TOLD = "停用中：公众看到的是暂停公告"


@pytest.mark.parametrize(
    ("who", "knows", "why", "resumes"),
    [
        ("site_manager", True, True, True),
        ("signing_leader", True, True, True),
        ("supervisor", True, True, True),
        ("system_admin", True, True, True),
        ("editor", True, False, False),
        ("reviewer", True, False, False),
        ("outsider", False, False, False),
        ("security_admin", False, False, False),
        ("audit_admin", False, True, False),  # from the trail
    ],
)
def test_whoever_works_for_a_suspended_website_reads_it_at_home(client, cluster, friday, who, knows, why, resumes):
    row = suspend(cluster.site, reason="首页被篡改一案", by=None, at=friday)
    client.force_login(cluster.people[who])

    text = client.get("/admin/").text

    assert (TOLD in text, "首页被篡改一案" in text, reverse("websites_resume", args=[row.pk]) in text) == (
        knows, why, resumes,
    )  # fmt: skip
    resume(cluster.site, by=None, at=friday)
    assert TOLD not in client.get("/admin/").text


def test_everybody_reads_that_all_websites_are_suspended_and_only_who_may_ends_it(client, cluster, friday):
    row = suspend(None, reason="攻击", by=None, at=friday)

    seen = {}
    for who in ("system_admin", "site_manager", "outsider"):
        client.force_login(cluster.people[who])
        text = client.get("/admin/").text
        seen[who] = TOLD in text and "全部网站" in text, reverse("websites_resume", args=[row.pk]) in text

    assert seen == {"system_admin": (True, True), "site_manager": (True, False), "outsider": (True, False)}


def test_home_asks_as_often_for_three_suspensions_as_for_one(client, cluster, friday):
    client.force_login(cluster.site_manager)
    suspend(cluster.site, reason="差错", by=None, at=friday)
    client.get("/admin/")
    one = queries_of(lambda: client.get("/admin/"))
    for number in range(2):
        suspend(cluster.site, path=f"/{number}.html", reason="差错", by=None, at=friday)

    assert queries_of(lambda: client.get("/admin/")) == one
