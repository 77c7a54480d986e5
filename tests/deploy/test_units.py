"""The files of deploy/ name commands and variables that exist. They are not run here; systemd reads its units itself."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands, load_command_class


ROOT = Path(__file__).parent.parent.parent
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
SAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
ENDURING = {"web", "worker", "tasks", "scheduler", "guard"}


def _parse(words):
    """Lets the command's own parser judge its options."""
    name, *options = words
    command = load_command_class(get_commands()[name], name)
    return command.create_parser("jiyue", name).parse_args(options)


def _start(unit):
    return re.search(r"^ExecStart=/opt/jiyue/.venv/bin/jiyue (.+)$", unit.read_text(), re.MULTILINE)[1].split()


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_starts_a_command_that_exists(unit):
    assert _parse(_start(unit)).verbosity == 1  # an option it does not have would have ended the parser


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_is_hardened(unit):
    text = unit.read_text()
    wanted = ["NoNewPrivileges=yes", "ProtectSystem=strict", "PrivateTmp=yes", "TimeoutStopSec=30", "User=jiyue"]
    assert [line for line in wanted if line not in text] == []
    assert "ReadWritePaths=/var/lib/jiyue" in text


def test_everything_jiyue_up_runs_has_a_unit_that_restarts():
    restarting = {unit.stem.removeprefix("jiyue-") for unit in UNITS if "Restart=always" in unit.read_text()}

    assert restarting == ENDURING


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="SYSTEMD IS NOT INSTALLED: units are only parsed")
def test_systemd_reads_the_units_without_a_complaint(tmp_path):
    for file in (DEPLOY / "systemd").iterdir():
        text = file.read_text().replace("/opt/jiyue/.venv/bin/jiyue", "/bin/true")
        (tmp_path / file.name).write_text(text.replace("User=jiyue\nGroup=jiyue\n", ""))
    names = [str(tmp_path / file.name) for file in (DEPLOY / "systemd").iterdir()]

    told = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *names], capture_output=True, text=True, check=False
    )

    assert [line for line in told.stderr.splitlines() if "jiyue-" in line] == []


def test_compose_runs_commands_and_sets_variables_that_exist():
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    ours = {name: service for name, service in compose["services"].items() if "build" in service}

    assert set(ours) == ENDURING
    for service in ours.values():
        _parse(service["command"])
        for name in service["environment"]:
            assert f"#{name}=" in SAMPLE, name
        for volume in service["volumes"]:
            assert volume.partition(":")[0] in compose["volumes"]


def test_access_logs_are_kept_for_half_a_year():
    text = (DEPLOY / "logrotate.conf").read_text()

    assert int(re.search(r"rotate (\d+)", text)[1]) >= 183
    assert int(re.search(r"maxage (\d+)", text)[1]) >= 183


def test_the_image_installs_what_is_locked():
    text = (DEPLOY / "Dockerfile").read_text()

    assert "--require-hashes -r requirements.txt" in text
    for source in re.findall(r"^COPY (\S+(?: \S+)*) \S+$", text, re.MULTILINE):
        assert all((ROOT / name).exists() for name in source.split())
