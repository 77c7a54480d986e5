"""紧急停用: who may, what readers get meanwhile, what stays behind."""

import pytest
from django.db import IntegrityError, transaction

from jiyue.accounts.models import AuditEntry
from jiyue.common.errors import Refused
from jiyue.notices.models import Alarm
from jiyue.websites.emergency import find_page, resume, suspend
from jiyue.websites.models import Suspension


def test_a_website_is_suspended_and_resumed_and_both_are_recorded(cluster, friday):
    suspend(cluster.site, reason="首页被篡改", by=cluster.site_manager, at=friday)

    assert [str(row) for row in Suspension.objects.active()] == ["云州市教育局网站"]
    assert AuditEntry.objects.filter(action="websites.suspend", user=cluster.site_manager).count() == 1
    assert Alarm.objects.ringing().get().unit == cluster.bureau

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
