"""The page of settings, the sample file and the code name the same variables with the same defaults."""

import ast
import re
from pathlib import Path

import pytest


ROOT = Path(__file__).parent.parent.parent
SETTINGS = ast.parse((ROOT / "jiyue" / "settings.py").read_text(encoding="utf-8"))
PAGE = (ROOT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")
SAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")


def _read_by_the_code() -> dict[str, str | None]:
    """Variable → its default, where that is a plain value (``None`` where it is computed)."""
    found: dict[str, str | None] = {}
    for call in ast.walk(SETTINGS):
        if (
            isinstance(call, ast.Call)
            and ast.unparse(call.func) in {"env", "flag"}
            and isinstance(call.args[0], ast.Constant)
        ):
            name = f"JIYUE_{call.args[0].value}"
            found.setdefault(name, "0" if ast.unparse(call.func) == "flag" else _default(call))
    return found


def _default(call: ast.Call) -> str | None:
    if len(call.args) == 1:
        return ""
    return call.args[1].value if isinstance(call.args[1], ast.Constant) else None


def _on_the_page() -> dict[str, str]:
    table = PAGE.partition("## ")[0]
    return {
        name: default.strip() for name, default in re.findall(r"^\| `(JIYUE_\w+)` \| ([^|]*) \|", table, re.MULTILINE)
    }


def _in_the_sample() -> dict[str, str]:
    return dict(re.findall(r"^#(JIYUE_\w+)=(.*)$", SAMPLE, re.MULTILINE))


READ = _read_by_the_code()


def test_the_page_names_every_variable_the_code_reads():
    assert sorted(_on_the_page()) == sorted(READ)


def test_the_sample_names_every_variable_the_code_reads():
    assert sorted(_in_the_sample()) == sorted(READ)


@pytest.mark.parametrize("name", [name for name, default in READ.items() if default is not None])
def test_page_and_sample_state_the_default_of_the_code(name):
    assert _on_the_page()[name] == (f"`{READ[name]}`" if READ[name] else "（空）")
    assert _in_the_sample()[name] == READ[name]


def test_nothing_but_the_settings_reads_the_environment():
    readers = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "jiyue").rglob("*.py")
        if re.search(r"(environ\.get|getenv)\(\s*f?[\"']JIYUE_", path.read_text(encoding="utf-8"))
    ]

    assert readers == ["jiyue/settings.py"]
