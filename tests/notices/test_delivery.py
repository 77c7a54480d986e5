"""Alarms leave by the hook, signed, and are tried again when nobody takes them."""

import base64
import json
import sys
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.core.management import call_command

from jiyue.common import signing
from jiyue.notices.actions import acknowledge, raise_alarm
from jiyue.notices.delivery import SIGNATURE, deliver_due
from jiyue.notices.models import Alarm


@pytest.fixture
def duty(settings):
    """A server that takes alarms, or refuses them: ``status`` is what it answers."""

    class Duty(BaseHTTPRequestHandler):
        status, taken = 204, []

        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            Duty.taken.append((body, self.headers[SIGNATURE]))
            self.send_response(Duty.status)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Duty)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.ALARM_HOOK = f"http://127.0.0.1:{server.server_port}/alarm"
    yield Duty
    server.shutdown()
    server.server_close()


@pytest.fixture
def hook(settings, tmp_path):
    """A command that writes what it reads to a file."""
    script = tmp_path / "hook.py"
    script.write_text(f"import sys; open({str(tmp_path / 'taken')!r}, 'wb').write(sys.stdin.buffer.read())")
    settings.ALARM_HOOK = f"{sys.executable} {script}"
    return tmp_path / "taken"


def ring(at, subject="教育局网站"):
    return raise_alarm(
        "publishing.tampered", subject=subject, text="1 个文件被改动", at=at, evidence="/admin/tampering/"
    )


@pytest.mark.enable_socket
def test_an_alarm_is_posted_signed(cluster, friday, duty):
    alarm = ring(friday)

    assert deliver_due(at=friday) == 1

    [(body, signature)] = duty.taken
    Ed25519PublicKey.from_public_bytes(signing.public_key("alarm")).verify(
        base64.b64decode(signature.removeprefix("ed25519=")), body
    )
    told = json.loads(body)
    assert (told["subject"], told["times"]) == ("教育局网站", 1)
    assert told["evidence"].endswith("/admin/tampering/")
    alarm.refresh_from_db()
    assert (alarm.deliver_at, alarm.delivered_at) == (None, friday)
    assert deliver_due(at=friday) == 0


@pytest.mark.enable_socket
def test_an_alarm_nobody_takes_is_tried_again_ever_more_slowly(cluster, friday, duty):
    duty.status = 500
    alarm = ring(friday)
    pauses = []
    for _ in range(10):
        at = alarm.deliver_at
        deliver_due(at=at)
        alarm.refresh_from_db()
        pauses.append(alarm.deliver_at - at)

    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (timedelta(seconds=30), timedelta(hours=1))
    assert "500" in alarm.failure

    duty.status = 200
    assert deliver_due(at=alarm.deliver_at) == 1


def test_a_command_reads_the_alarm(cluster, friday, hook):
    ring(friday)

    assert deliver_due(at=friday) == 1

    assert json.loads(hook.read_bytes())["text"] == "1 个文件被改动"


def test_a_command_that_fails_is_tried_again(cluster, friday, settings):
    settings.ALARM_HOOK = "false"
    alarm = ring(friday)

    assert deliver_due(at=friday) == 0

    alarm.refresh_from_db()
    assert (alarm.tries, alarm.deliver_at) == (1, friday + timedelta(seconds=30))


def test_what_was_acknowledged_is_not_sent_any_more(cluster, friday, hook):
    acknowledge(ring(friday), by=cluster.system_admin, at=friday)

    assert deliver_due(at=friday) == 0
    assert not hook.exists()


def test_the_hook_can_be_tried_out(db, hook, capsys):
    call_command("alarm", test=True)

    assert "试验告警" in hook.read_text()
    assert "已送到" in capsys.readouterr().out


def test_whoever_raises_an_alarm_waits_for_nobody(cluster, friday, settings, django_capture_on_commit_callbacks):
    settings.ALARM_HOOK = "sleep 60"

    with django_capture_on_commit_callbacks(execute=True):
        ring(friday)

    assert Alarm.objects.get().deliver_at == friday
