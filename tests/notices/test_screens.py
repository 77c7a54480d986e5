"""Alarms in the back office."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from jiyue.notices.actions import raise_alarm
from jiyue.notices.kinds import kind_of
from jiyue.notices.models import Alarm
from tests.queries import queries_of


LIST = "/admin/alarms/"


@pytest.fixture
def alarm(cluster, friday):
    return raise_alarm(
        "publishing.tampered", subject="教育局网站", text="1 个文件被改动", at=friday, unit=cluster.bureau
    )


def test_the_system_administrator_sees_it_at_home_and_takes_note(client, cluster, alarm):
    client.force_login(cluster.system_admin)

    assert "1 个文件被改动" in client.get("/admin/").text

    client.post(reverse("notices_acknowledge", args=[alarm.pk]), {"next": LIST})
    alarm.refresh_from_db()
    assert alarm.acknowledged_by == cluster.system_admin
    assert "1 个文件被改动" not in client.get("/admin/").text
    assert "已确认" in client.get(LIST).text


def test_a_supervisor_reads_those_of_the_own_units_and_presses_nothing(client, cluster, alarm, friday):
    raise_alarm("operations.backup", subject="备份", text="备份过期", at=friday)
    raise_alarm("publishing.tampered", subject="水利局网站", text="被改动", at=friday, unit=cluster.other_bureau)
    client.force_login(cluster.supervisor)

    text = client.get(LIST).text

    assert "教育局网站" in text
    assert "备份过期" not in text
    assert "水利局网站" not in text
    assert reverse("notices_acknowledge", args=[alarm.pk]) not in text
    assert client.post(reverse("notices_acknowledge", args=[alarm.pk])).status_code == 404


@pytest.mark.parametrize("name", ["editor", "reviewer", "security_admin", "audit_admin", "outsider"])
def test_nobody_else_finds_the_list(client, cluster, alarm, name):
    client.force_login(cluster.people[name])

    assert client.get(LIST).status_code == 404


def test_the_list_can_be_narrowed_to_what_rings(client, cluster, alarm):
    client.force_login(cluster.system_admin)

    assert "教育局网站" in client.get(LIST, {"ringing": "true"}).text
    assert "教育局网站" not in client.get(LIST, {"ringing": "false"}).text


def test_the_list_asks_the_database_as_often_for_three_as_for_one(client, cluster, alarm, friday):
    client.force_login(cluster.system_admin)
    client.get(LIST)
    one = queries_of(lambda: client.get(LIST))
    for number in range(2):
        raise_alarm("x", subject=f"{number}", text="x", at=friday, unit=cluster.bureau)

    assert queries_of(lambda: client.get(LIST)) == one
    assert Alarm.objects.count() == 3


def test_what_rings_is_settled_in_the_list_itself(cluster, alarm):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cluster.system_admin)
    text = browser.get(LIST).text
    assert "网页被改动" in text

    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text.split(f"alarms/{alarm.pk}/acknowledge")[1])
    browser.post(reverse("notices_acknowledge", args=[alarm.pk]), {"next": LIST, "csrfmiddlewaretoken": token[1]})

    alarm.refresh_from_db()
    assert alarm.acknowledged_by == cluster.system_admin


def test_every_alarm_raised_has_a_name():
    raised = set()
    for file in Path(apps.get_app_config("common").path).parent.rglob("*.py"):
        raised |= set(re.findall(r'^\w*(?:ALARM|_LATE)\w*(?:, \w+)* = "([a-z_.]+)"', file.read_text(), re.MULTILINE))
        raised |= set(re.findall(r'raise_alarm\(\s*"([a-z_.]+)"', file.read_text()))

    assert len(raised) > 3
    assert [code for code in raised if kind_of(code) == code] == []
