"""What operators and their machines are told."""

import json
import logging

import pytest

from jiyue.common.logs import JsonFormatter, LineFormatter
from jiyue.operations.examination import Level, examine


def test_readiness_names_what_is_degraded_and_stays_ready(client, cluster, settings):
    answer = client.get("/-/readyz")

    assert answer.status_code == 200
    assert "backup" in answer.json()["degraded"]


def test_metrics_exist_for_whoever_has_the_token(client, cluster, settings):
    assert client.get("/-/metrics").status_code == 404
    settings.METRICS_TOKEN = "sesame"
    assert client.get("/-/metrics", headers={"authorization": "Bearer other"}).status_code == 404

    client.get("/-/healthz")
    client.get("/nothing-here")
    told = client.get("/-/metrics", headers={"authorization": "Bearer sesame"}).content.decode()

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
