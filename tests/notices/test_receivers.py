from django.db import connection

from jiyue.accounts import verification
from jiyue.notices.models import Alarm
from tests import append_only


def test_a_broken_trail_rings_once(cluster, settings, tmp_path):
    settings.HOME = tmp_path
    with append_only.lifted(), connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_auditentry SET target_name = 'x' WHERE seq = 2")
    verification.verify(at=cluster.at)
    verification.verify(at=cluster.at)

    alarm = Alarm.objects.get(code="accounts.trail_broken")
    assert (alarm.subject, alarm.evidence) == ("#2", "/admin/trail/2/")
    assert "被改动过" in alarm.text
