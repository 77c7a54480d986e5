import json
import os
import re
import subprocess
import sys

from django.urls import reverse

from jiyue.common.hosts import AllowedHosts


def test_no_script_runs_in_the_back_office_but_ours(client, cluster):
    client.force_login(cluster.editor)
    answer = client.get(reverse("wagtailadmin_home"))
    again = client.get(reverse("wagtailadmin_home"))
    policy = answer["Content-Security-Policy"]
    (number,) = re.findall(r"script-src 'self' 'nonce-([\w-]{20,})';", policy)

    assert "unsafe-eval" not in policy
    assert "unsafe-inline" not in policy
    assert number not in again["Content-Security-Policy"]
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in answer["Permissions-Policy"]
    assert "private" in answer["Cache-Control"] or "no-store" in answer["Cache-Control"]


def test_every_inline_script_of_the_editor_carries_the_number(client, cluster):
    client.force_login(cluster.editor)
    page = cluster.draft()

    answer = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk]))

    (number,) = set(re.findall(r"'nonce-([^']+)'", answer["Content-Security-Policy"]))
    scripts = re.findall(r"<script(?![^>]*(?:src=|application/json|text/))([^>]*)>", answer.content.decode())
    assert scripts
    assert [script for script in scripts if f'nonce="{number}"' not in script] == []


def test_the_style_of_a_preview_carries_the_number_of_its_answer(client, cluster):
    """The preview asks the application again inside the request: one answer, one number."""
    client.force_login(cluster.editor)
    page = cluster.draft()

    answer = client.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk]))

    (number,) = re.findall(r"style-src 'self' 'nonce-([^']+)'", answer["Content-Security-Policy"])
    assert re.findall(r"<style([^>]*)>", answer.content.decode()) == [f' nonce="{number}"']


def test_the_register_of_hosts_is_read_again_when_it_changes(tmp_path):
    file = tmp_path / "hosts.json"
    hosts = AllowedHosts(["office.example"], file)
    assert list(hosts) == ["office.example"]

    file.write_text(json.dumps({"a.example": "a", "*": "b"}))

    assert list(hosts) == ["office.example", "a.example"]


def deployment(home, **variables):
    """What ``jiyue check --deploy`` says under these settings, as somebody who is not root."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("JIYUE_")}
    named = {f"JIYUE_{name}": value for name, value in {"HOME": str(home), **variables}.items()}
    command = [sys.executable, "-m", "jiyue", "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(command, env=environment | named, capture_output=True, text=True, check=False, timeout=120)


def test_a_documented_installation_passes_the_check_and_a_sample_city_does_not(tmp_path):
    tmp_path.chmod(0o750)
    production = {
        "ADMIN_HOST": "cms.yunzhou.gov.cn", "ALLOWED_HOSTS": "", "HTTPS": "1", "BASE_URL": "https://cms.yunzhou.gov.cn",
        "TRUSTED_PROXIES": "127.0.0.1", "CLAMD": "/run/clamav/clamd.ctl", "SECRET_KEY": "k7-" * 20 + "Jq0zX",
    }  # fmt: skip

    good = deployment(tmp_path, **production)
    bad = deployment(tmp_path, DEMO="1")

    said = set(re.findall(r"\(([\w.]+[EW]\d+)\)", good.stdout + good.stderr))
    as_root, no_database_yet = "common.E107", "accounts.W001"
    assert said <= {as_root, no_database_yet}, good.stderr
    assert {"common.E101", "common.E102", "common.E103", "common.E108"} <= set(
        re.findall(r"\(([\w.]+[EW]\d+)\)", bad.stdout + bad.stderr)
    )
