"""``.env.example`` against ``jiyue/settings.py``, by running the settings: as it stands the sample changes nothing, and
every line of it does something when it is changed. (Names and defaults in words: tests/docs/test_settings_page.py.)"""

import ast
import os
import re
import runpy
from pathlib import Path

import pytest


ROOT = Path(__file__).parent.parent.parent
SETTINGS = ROOT / "jiyue" / "settings.py"
SAMPLE = dict(re.findall(r"^#(JIYUE_\w+)=(.*)$", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
# Another value for what is neither a number nor a switch nor free text.
OTHER = {
    "JIYUE_DATABASE_URL": "postgresql://jiyue:%2F@db.example:5433/jiyue",
    "JIYUE_MEDIA_S3": "https://key:secret@objects.example/media",
    "JIYUE_STORE_S3": "https://key:secret@objects.example/store",
    "JIYUE_STAFF_NETWORKS": "10.0.0.0/8",
    "JIYUE_ROLE_NETWORKS": "security_admin=10.1.0.0/16",
    "JIYUE_PASSWORD_PROFILE": "asvs",
    "JIYUE_PUBLIC_PORT": ":8443",
    "JIYUE_LOG_FORMAT": "json",
}


@pytest.fixture
def settings_with(monkeypatch, tmp_path):
    """``settings_with({"JIYUE_PORT": "81"})``: what the settings come to under these variables and no others."""
    original = os.environ.get("PROMETHEUS_MULTIPROC_DIR")

    def run(variables):
        for name in [name for name in os.environ if name.startswith("JIYUE_")]:
            monkeypatch.delenv(name)
        monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR", raising=False)
        for name, value in {"JIYUE_HOME": str(tmp_path), **variables}.items():
            monkeypatch.setenv(name, value)
        found = runpy.run_path(str(SETTINGS))
        return {name: _plain(value) for name, value in found.items() if name.isupper()}

    yield run
    if original is None:
        os.environ.pop("PROMETHEUS_MULTIPROC_DIR", None)  # the settings set it; monkeypatch does not know


def _plain(value):
    return repr([str(value.file), *list.__iter__(value)] if hasattr(value, "registered") else value)


def changed(name):
    value = SAMPLE[name]
    if name in OTHER:
        return OTHER[name]
    if value in {"0", "1"} and name.endswith(("DEMO", "HTTPS", "ADMINISTRATORS")):
        return "1" if value == "0" else "0"
    return str(int(value) + 1) if value.isdecimal() else f"{value}x"


def test_the_sample_as_it_stands_changes_nothing(settings_with):
    as_sampled = {name: value for name, value in SAMPLE.items() if name != "JIYUE_HOME"}

    assert settings_with(as_sampled) == settings_with({})


@pytest.mark.parametrize("name", SAMPLE)
def test_every_line_of_the_sample_does_something(settings_with, tmp_path, name):
    value = str(tmp_path / "elsewhere") if name == "JIYUE_HOME" else changed(name)
    more = {"JIYUE_DATABASE_URL": OTHER["JIYUE_DATABASE_URL"]} if name == "JIYUE_STATEMENT_TIMEOUT" else {}

    assert settings_with({**more, name: value}) != settings_with(more)


def test_the_settings_read_nothing_the_sample_does_not_name():
    read = {
        f"JIYUE_{call.args[0].value}"
        for call in ast.walk(ast.parse(SETTINGS.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and ast.unparse(call.func) in {"env", "flag"}
        and isinstance(call.args[0], ast.Constant)
    }

    assert read == set(SAMPLE)


def test_compose_asks_for_nothing_the_sample_does_not_name():
    compose = (ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8")
    asked = set(re.findall(r"\$\{(\w+)", compose))

    assert {name for name in asked if not name.startswith("POSTGRES_")} <= set(SAMPLE)
