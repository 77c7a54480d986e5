"""Alarms: one row for one thing, however often it is noticed, until a person takes note."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from jiyue.accounts.models import AuditEntry
from jiyue.common.errors import Refused
from jiyue.notices.actions import acknowledge, raise_alarm, settle
from jiyue.notices.models import Alarm


HOOK = "https://duty.example.gov.cn/alarm"


def ring(at, **values):
    return raise_alarm("publishing.tampered", subject="教育局网站", text="1 个文件被改动", at=at, **values)


def test_an_alarm_is_raised_once_and_recorded(cluster, friday):
    alarm = ring(friday, unit=cluster.bureau)

    assert alarm.is_ringing
    assert AuditEntry.objects.filter(action="notices.raise", target_id=str(alarm.pk), user=None).count() == 1


def test_the_same_alarm_again_is_counted_with_its_latest_text(cluster, friday):
    first = ring(friday)

    again = raise_alarm(
        "publishing.tampered", subject="教育局网站", text="3 个文件被改动", at=friday + timedelta(minutes=1)
    )

    assert again.pk == first.pk
    assert (again.times, again.text, again.raised_at) == (2, "3 个文件被改动", friday)
    assert AuditEntry.objects.filter(action="notices.raise").count() == 1


def test_what_is_noticed_after_the_acknowledgement_rings_anew(cluster, friday):
    acknowledge(ring(friday), by=cluster.system_admin, at=friday)

    again = ring(friday + timedelta(minutes=1))

    assert again.is_ringing
    assert Alarm.objects.count() == 2


def test_a_lasting_alarm_stays_quiet_once_acknowledged_until_it_is_settled(cluster, friday):
    acknowledge(ring(friday, lasting=True), by=cluster.system_admin, at=friday)
    ring(friday + timedelta(hours=2), lasting=True)

    assert not Alarm.objects.ringing().exists()

    assert settle("publishing.tampered", subject="教育局网站", at=friday + timedelta(hours=3))
    assert ring(friday + timedelta(hours=4), lasting=True).is_ringing


def test_what_does_not_ring_cannot_be_settled(cluster, friday):
    assert not settle("publishing.tampered", subject="教育局网站", at=friday)


def test_only_the_system_administrator_acknowledges(cluster, friday):
    alarm = ring(friday, unit=cluster.bureau)

    with pytest.raises(Refused, match="只有系统管理员"):
        acknowledge(alarm, by=cluster.supervisor, at=friday)


def test_an_alarm_is_acknowledged_once(cluster, friday):
    alarm = ring(friday)
    acknowledge(alarm, by=cluster.system_admin, at=friday)

    with pytest.raises(Refused, match="已经确认"):
        acknowledge(alarm, by=cluster.system_admin, at=friday)


def test_an_alarm_leaves_the_house_at_most_hourly(cluster, friday, settings):
    settings.ALARM_HOOK = HOOK
    alarm = ring(friday)
    assert alarm.deliver_at == friday
    Alarm.objects.update(deliver_at=None, delivered_at=friday)

    soon = ring(friday + timedelta(minutes=5))
    assert soon.deliver_at == friday + timedelta(hours=1)
    Alarm.objects.update(deliver_at=None, delivered_at=friday)

    later = ring(friday + timedelta(hours=3))
    assert later.deliver_at == friday + timedelta(hours=3)


def test_without_a_hook_nothing_waits_to_be_sent(cluster, friday):
    assert ring(friday).deliver_at is None


@pytest.mark.parametrize(
    "impossible", [{"acknowledged_at": "2026-09-04T16:00+08:00"}, {"acknowledged_by": "system_admin"}]
)
def test_the_database_refuses_half_an_acknowledgement(cluster, friday, impossible):
    ring(friday)
    values = {name: cluster.people.get(value, value) for name, value in impossible.items()}

    with pytest.raises(IntegrityError), transaction.atomic():
        Alarm.objects.update(**values)


def test_the_database_refuses_two_open_alarms_for_one_thing(cluster, friday):
    alarm = ring(friday)
    alarm.pk = None

    with pytest.raises(IntegrityError), transaction.atomic():
        alarm.save(force_insert=True)
