"""Writes docs/reference/commands.md: every management command of ours with its arguments, from the parsers themselves.

python tools/commands.py           write the page
python tools/commands.py --check   exit 1 when the page is stale
"""

import argparse
import os
import sys
from importlib import import_module
from pathlib import Path

import django


for name in [name for name in os.environ if name.startswith("JIYUE_") and name != "JIYUE_HOME"]:
    del os.environ[name]  # defaults as shipped, not as set here
os.environ["DJANGO_SETTINGS_MODULE"] = "jiyue.settings"
django.setup()

from django.conf import settings  # noqa: E402 -- after the set-up
from django.core.management import get_commands, load_command_class  # noqa: E402
from django.core.management.base import BaseCommand  # noqa: E402
from django.utils import translation  # noqa: E402

from jiyue.cli import WITHOUT_DJANGO  # noqa: E402


PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "commands.md"
HEAD = """# 命令

由 `make docs` 从各命令的参数定义生成，`make test` 检查是否过期。这里只列本平台自己的命令；`jiyue help` 列出全部
（含 Django 与 Wagtail 的，如 `migrate`、`check`、`collectstatic`）。命令对环境变量 `JIYUE_HOME` 所指的安装起作用。
`jiyue check-text` 不需要安装，也不装载 Django，`jiyue help` 不列它。
"""


def _actions_of(command: BaseCommand) -> list[argparse.Action]:
    return command.create_parser("jiyue", "")._actions  # noqa: SLF001 -- argparse has no public list of them


DJANGOS = frozenset(action.dest for action in _actions_of(BaseCommand()))


def page() -> str:
    ours = sorted((name, app) for name, app in get_commands().items() if app.startswith("jiyue."))
    with translation.override("zh-hans"):
        sections = [(name, _section(name, app)) for name, app in ours]
    sections += [(name, _section_without_django(name, module)) for name, module in WITHOUT_DJANGO.items()]
    return "\n".join([HEAD, *(section for _, section in sorted(sections))])


def _section(name: str, app: str) -> str:
    command = load_command_class(app, name)
    actions = [action for action in _actions_of(command) if action.dest not in DJANGOS]
    return _written(name, command.help, app, actions)


def _section_without_django(name: str, module: str) -> str:
    parser = import_module(module).parser("zh")
    actions = [action for action in parser._actions if action.dest != "help"]  # noqa: SLF001
    return _written(name, parser.description, module.rpartition(".")[0], actions)


def _written(name: str, purpose: str, app: str, actions: list[argparse.Action]) -> str:
    lines = [f"## jiyue {name}", "", f"{purpose}（`{app}`）", ""]
    if actions:
        lines += ["| 参数 | 说明 | 默认 |", "|---|---|---|", *map(_row, actions), ""]
    return "\n".join(lines)


def _row(action: argparse.Action) -> str:
    return f"| {_name(action)} | {action.help or ''} | {_default(action)} |"


def _name(action: argparse.Action) -> str:
    value = action.metavar or action.dest.upper()
    if not action.option_strings:
        return f"`{value}`"
    spelled = "、".join(
        f"`{option}`" if action.nargs == 0 else f"`{option} {value}`" for option in action.option_strings
    )
    return f"{spelled}（必填）" if action.required else spelled


def _default(action: argparse.Action) -> str:
    if not action.default or action.default is argparse.SUPPRESS:
        return ""
    return f"`{str(action.default).replace(str(settings.HOME), 'JIYUE_HOME')}`"


def main() -> None:
    text = page()
    if "--check" in sys.argv:
        sys.exit(0 if PAGE.exists() and PAGE.read_text(encoding="utf-8") == text else f"{PAGE} is stale: make docs")
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
