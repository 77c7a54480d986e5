"""The certificates nginx shows: told a month before they end, and when somebody forgot to reload."""

import datetime as dt
import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import replace

import pytest
from django.core.management import CommandError, call_command

from jiyue.notices.models import Alarm
from jiyue.operations import certificates
from jiyue.operations.certificates import Front
from jiyue.operations.examination import Level, examine
from jiyue.publishing.nginx import certificate_of, configuration
from tests.publishing.test_nginx_tls import a_certificate


ENDS = dt.datetime(2036, 1, 1, tzinfo=dt.UTC)  # of those a_certificate makes
GOOD, MONTH, WEEK, OVER = (ENDS - dt.timedelta(days=days, hours=-1) for days in (31, 30, 7, 0))


@pytest.fixture
def nginx(settings, tmp_path, cluster):
    """Written as an operator would, with a certificate for the websites and one for the office."""
    settings.NGINX = tmp_path / "nginx.conf"
    settings.ADMIN_HOST = "office.test"
    settings.PUBLIC_SCHEME = "https"
    write(settings.NGINX, tmp_path, ["*.localhost", "localhost"], ["office.test"])
    return settings.NGINX


def write(file, folder, *names):
    told = [certificate_of(*a_certificate(folder, *each)) for each in names]
    text = configuration(port=80, application="127.0.0.1:1", run=folder, certificates=told, tls_port=1)
    file.write_text(text)


def found(nginx, at):
    return [(finding.level, finding.what) for finding in examine(nginx=nginx) if "证书" in finding.what]


def test_what_nginx_was_given_is_read_back(nginx):
    front = certificates.read_front(nginx)

    assert [(each.names, each.ends) for each in front.certificates] == [
        (("*.localhost", "localhost"), ENDS),
        (("office.test",), ENDS),
    ]


@pytest.mark.parametrize(
    ("at", "urgent", "text"),
    [(GOOD, None, ""), (MONTH, False, "还有 29 天"), (WEEK, True, "还有 6 天"), (OVER, True, "到期")],
)
def test_an_end_is_told_a_month_before_and_urgent_in_the_last_week(nginx, at, urgent, text):
    told = list(certificates.complaints(certificates.read_front(nginx), at))

    assert [complaint.urgent for complaint in told] == ([] if urgent is None else [urgent] * 2)
    assert all(text in complaint.text for complaint in told)


def test_an_alarm_rings_until_the_certificate_is_replaced(nginx, tmp_path):
    certificates.watch_certificates(GOOD)
    assert not Alarm.objects.exists()

    certificates.watch_certificates(MONTH)
    certificates.watch_certificates(MONTH + dt.timedelta(days=1))
    assert {(alarm.subject, alarm.times) for alarm in Alarm.objects.ringing()} == {
        ("*.localhost", 2),
        ("office.test", 2),
    }

    write(nginx, tmp_path, ["*.localhost"])
    certificates.watch_certificates(GOOD)
    assert not Alarm.objects.ringing().exists()


@pytest.mark.parametrize("lost", ["nginx.conf", "office.test.pem"])
def test_what_cannot_be_read_rings_too(nginx, tmp_path, friday, lost):
    (tmp_path / lost).unlink()

    certificates.watch_certificates(friday)

    assert lost in Alarm.objects.ringing().get().text
    assert (Level.BAD, "证书") in [(finding.level, finding.what) for finding in examine(nginx=nginx)]


def test_without_the_setting_nobody_is_told_but_the_doctor_says_so(cluster, settings, friday):
    settings.PUBLIC_SCHEME = "https"

    certificates.watch_certificates(friday)

    assert not Alarm.objects.exists()
    assert (Level.NOTE, "没有人看着证书的期限") in [(each.level, each.what) for each in examine(nginx=None)]


def test_the_doctor_names_every_host_without_a_certificate(nginx, tmp_path):
    findings = {finding.what: finding for finding in examine(nginx=nginx)}
    assert findings["每个域名都有证书"].level == Level.GOOD

    write(nginx, tmp_path, ["office.test"])
    findings = {finding.what: finding for finding in examine(nginx=nginx)}
    assert findings["每个域名都有证书"].level == Level.BAD
    assert "jyj.localhost" in findings["每个域名都有证书"].remedy


def test_the_command_looks_where_the_setting_says(nginx, capsys):
    with pytest.raises(CommandError):
        call_command("doctor")

    assert "证书 *.localhost 还有" in capsys.readouterr().out


def test_prometheus_is_told_when_each_ends(nginx, client, settings):
    settings.METRICS_TOKEN = "sesame"

    told = client.get("/-/metrics", headers={"authorization": "Bearer sesame"}).content.decode()

    line = next(line for line in told.splitlines() if line.startswith("jiyue_certificate_ends_timestamp_seconds"))
    assert line.startswith('jiyue_certificate_ends_timestamp_seconds{name="*.localhost"} ')
    assert float(line.split()[-1]) == ENDS.timestamp()


@pytest.fixture
def shown(tmp_path):
    """Somebody who shows a certificate on a port of this machine, as nginx does that was not told to reload."""
    folder = tmp_path / "shown"
    folder.mkdir()
    certificate, key = a_certificate(folder, "*.localhost")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)

        def serve():
            while not stop.is_set():
                with suppress(OSError), server.accept()[0] as raw, context.wrap_socket(raw, server_side=True) as secure:
                    secure.unwrap()

        thread = threading.Thread(target=serve)
        thread.start()
        yield certificate, server.getsockname()[1]
        stop.set()
        thread.join()


def test_a_new_file_that_nginx_does_not_show_yet_is_told(nginx, shown, tmp_path):
    certificate, port = shown
    front = certificates.read_front(nginx)
    reloaded = replace(front.certificates[0], body=ssl.PEM_cert_to_DER_cert(certificate.read_text()))

    assert not certificates.is_outdated(Front(port, front.certificates), reloaded)
    assert certificates.is_outdated(Front(port, front.certificates), front.certificates[0])
    told = certificates.complaints(Front(port, front.certificates[:1]), GOOD)
    assert [(complaint.urgent, "还在用旧的" in complaint.text) for complaint in told] == [(True, True)]
