"""What operators and their machines are told."""

import json
import logging
from datetime import timedelta

import pytest

from jiyue.accounts.anchors import anchor_head
from jiyue.common.clock import now
from jiyue.common.logs import JsonFormatter, LineFormatter
from jiyue.common.models import DirtyKey
from jiyue.library.models import Release
from jiyue.operations import readiness
from jiyue.operations.examination import Level, examine
from jiyue.operations.models import Run


@pytest.fixture
def healthy(cluster, settings, tmp_path, friday, monkeypatch):
    """An installation with nothing to complain about, at this moment."""
    settings.HOME = tmp_path
    monkeypatch.setattr(readiness, "DISK_FREE", 0)
    at = now()
    for kind in ("backup", "drill"):
        Run.objects.create(kind=kind, place="/x", name="x", began_at=at, ended_at=at, succeeded=True)
    DirtyKey.objects.all().delete()
    anchor_head(at)
    return settings


def full_disk(settings, monkeypatch):
    monkeypatch.setattr(readiness, "DISK_FREE", 2**62)


def silent_cache(settings, monkeypatch):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}


def dead_redis(settings, monkeypatch):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    }


def stuck_outbox(settings, monkeypatch):
    DirtyKey.objects.create(consumer="publishing", key="x", at=now() - timedelta(minutes=3))


def no_anchor(settings, monkeypatch):
    (settings.HOME / "anchors" / "audit.jsonl").unlink()


def no_backup(settings, monkeypatch):
    Run.objects.filter(kind="backup").delete()


def wrong_clock(settings, monkeypatch):
    monkeypatch.setitem(readiness.SIGNS, "clock", lambda at: True)  # two servers' clocks cannot be set apart here


@pytest.mark.parametrize(
    ("wrong", "sign"),
    [
        (full_disk, "disk"), (silent_cache, "cache"), (dead_redis, "cache"), (stuck_outbox, "outbox"),
        (no_anchor, "audit_anchor"), (no_backup, "backup"), (wrong_clock, "clock"),
    ],
)  # fmt: skip
def test_readiness_names_what_is_degraded_and_stays_ready(client, healthy, monkeypatch, wrong, sign):
    before = client.get("/-/readyz").json()["degraded"]
    wrong(healthy, monkeypatch)
    answer = client.get("/-/readyz")

    assert before == []
    assert (answer.status_code, answer.json()["degraded"]) == (200, [sign])


def test_metrics_exist_for_whoever_has_the_token(client, cluster, settings):
    assert client.get("/-/metrics").status_code == 404
    settings.METRICS_TOKEN = "sesame"
    assert client.get("/-/metrics", headers={"authorization": "Bearer other"}).status_code == 404

    client.get("/-/healthz")
    client.get("/nothing-here")
    told = client.get("/-/metrics", headers={"authorization": "Bearer sesame"}).content.decode()

    assert 'jiyue_requests_total{area="missing",status="404"}' in told
    assert f"\njiyue_published_items {float(Release.objects.items().count())}\n" in told
    for name in (
        "jiyue_requests_total", "jiyue_request_seconds_bucket", "jiyue_outbox_waiting", "jiyue_outbox_oldest_seconds",
        "jiyue_tasks_waiting", "jiyue_logins_total", "jiyue_audit_verified_timestamp_seconds", "jiyue_tamper_restored_total",
        "jiyue_last_backup_timestamp_seconds", "jiyue_last_drill_timestamp_seconds", "jiyue_published_items",
    ):  # fmt: skip
        assert f"\n{name}" in told, name


HOSTILE = "a\r\n2026-01-01 ERROR forged\x1b[31m\u202e\u2028"


@pytest.mark.parametrize("formatter", [JsonFormatter(), LineFormatter("%(levelname)s %(request_number)s %(message)s")])
def test_an_event_is_one_line_whatever_text_it_carries(formatter):
    line = formatter.format(logging.LogRecord("jiyue", logging.INFO, "", 0, "%s", (HOSTILE,), None))

    assert len(line.splitlines()) == 1
    assert not set(line) & set("\r\n\x1b\u202e\u2028")


def test_json_lines_carry_what_was_added_and_nothing_else():
    record = logging.LogRecord("jiyue.access", logging.INFO, "", 0, "GET", (), None)
    record.__dict__.update(status=200, actor=7, phone="13800000000")

    told = json.loads(JsonFormatter().format(record))

    assert (told["status"], told["actor"], "phone" in told) == (200, 7, False)


def test_the_doctor_says_what_is_wrong_and_what_to_do(cluster, settings, tmp_path):
    settings.ALLOWED_HOSTS = ["*"]
    findings = {finding.what: finding for finding in examine(nginx=tmp_path / "nix.conf")}

    assert findings["应答的域名"].level == Level.BAD
    assert findings["三员"].level == Level.GOOD
    assert findings["备份与演练"].level == Level.BAD
    assert all(finding.remedy for finding in findings.values() if finding.level == Level.BAD)
