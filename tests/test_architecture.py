"""Facts about the code base that no linter checks."""

import io
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command


ROOT = Path(__file__).parent.parent
CONTRACT = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0]
LEVEL = {name.strip(" ()"): depth for depth, row in enumerate(CONTRACT["layers"]) for name in row.split("|")}
OURS = [app for app in apps.get_app_configs() if app.name.startswith("jiyue.")]


@pytest.mark.parametrize("model", [m for app in OURS for m in app.get_models()], ids=lambda m: m._meta.label)
def test_foreign_keys_point_down(model):
    upward = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and field.related_model
        and LEVEL.get(field.related_model._meta.app_label, 99) < LEVEL[model._meta.app_label]
    ]  # fmt: skip
    assert upward == []


@pytest.mark.parametrize("app", OURS, ids=lambda app: app.label)
def test_every_app_says_what_it_is_for(app):
    assert app.module.__doc__


@pytest.mark.parametrize("path", sorted(ROOT.glob("jiyue/*/migrations/0*.py")), ids=lambda p: f"{p.parts[-3]}/{p.name}")
def test_migrations_have_names(path):
    assert "_auto_" not in path.name


def test_the_table_of_clauses_is_fresh():
    command = [sys.executable, ROOT / "tools" / "clauses.py", "--check"]
    checked = subprocess.run(command, check=False, capture_output=True, text=True)

    assert checked.returncode == 0, checked.stderr


def test_every_word_of_the_house_has_its_place():
    drawers = {"utils.py", "helpers.py", "services.py", "misc.py"}

    assert [path for path in ROOT.glob("jiyue/**/*.py") if path.name in drawers] == []


@pytest.mark.migrations
@pytest.mark.django_db
def test_the_database_is_built_from_the_migrations():
    said = io.StringIO()

    call_command(
        "makemigrations", "--check", "--dry-run", stdout=said
    )  # leaves with status 1 when something is missing

    assert "No changes detected" in said.getvalue()
