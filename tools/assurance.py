"""Writes docs/reference/assurance.md from the last results (docs/reference/assurance.jsonl): ``make assure``.

``tools/assurance.py var/assurance.jsonl`` takes results of a run over first: of each attack and size the last one stays.
"""

import ast
import json
import sys
from collections import defaultdict
from pathlib import Path


ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs" / "reference"
SECTIONS = {
    "isolation": "隔离：别的单位的东西看不见、动不了",
    "chain": "审核链：未审内容从任何入口都上不了网",
    "audit": "审计：记录不可改、不可删、不分叉",
    "crash": "崩溃：任何一步断电，要么旧要么新",
    "tamper": "防篡改：被改的页面找得到、还得回",
    "login": "登录：身份、会话与三员分立",
    "input": "输入输出：恶意内容进不来、出不去",
    "database": "数据库与规模：PostgreSQL、Redis、对象存储",
    "operation": "运行：备份、恢复、应急",
    "supply": "供应链：依赖可核、可换",
    "load": "负载：多人同时工作",
}
OUTCOMES = {"passed": "通过", "failed": "**未通过**", "skipped": "**未运行**"}
HEAD = """# 保证与证明

每一行是一项保证、攻击它的测试和最近一次结果。由 `make assure` 生成（长测），`make assure-short` 是每次合入前运行的短测。
数字来自两核共享机器，只宜比较、不宜照抄。English: every row is a promise, the test that attacks it and its last result.
"""


def attacks() -> list[str]:
    """The test functions of tests/assurance."""
    return [
        f"{path.relative_to(ROOT)}::{node.name}"
        for path in sorted((ROOT / "tests" / "assurance").rglob("test_*.py"))
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]


def page(lines: list[str], attacks: list[str]) -> str:
    """The results by section, then the attacks without one: what is not known to hold is said."""
    results = [json.loads(line) for line in lines]
    by_section = defaultdict(list)
    for result in results:
        by_section[result["section"]].append(result)
    parts = [HEAD]
    for section, title in SECTIONS.items():
        rows = "".join(_row(result) for result in sorted(by_section[section], key=lambda result: result["test"]))
        if rows:
            parts.append(f"\n## {title}\n\n| 保证 | 目标 | 结果 | 测试 |\n|---|---|---|---|\n{rows}")
    recorded = {result["test"].partition("[")[0] for result in results}
    missing = [f"* `{test.removeprefix('tests/assurance/')}`\n" for test in attacks if test not in recorded]
    if missing:
        parts.append(f"\n## 写好了、还没有完整结果的攻击\n\n{''.join(missing)}")
    return "".join(parts)


def _row(result: dict) -> str:
    figures = "；".join(f"{name} {_number(value)}" for name, value in result["figures"].items())
    outcome = f"{OUTCOMES[result['outcome']]}（{'长' if result['size'] == 'long' else '短'}，{result['on']}）{figures}"
    cells = [result["promise"], result["goal"], outcome, f"`{result['test'].removeprefix('tests/assurance/')}`"]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _number(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:.3g}" if isinstance(value, float) else str(value)


def merged(lines: list[str], known: list[str]) -> list[str]:
    """The last result of each attack and size; results of attacks that are gone go, too."""
    last = {}
    for line in lines:
        result = json.loads(line)
        if result["test"].partition("[")[0] in known:
            last[result["test"], result["size"]] = line
    return [last[key] for key in sorted(last)]


if __name__ == "__main__":
    results = DOCS / "assurance.jsonl"
    files = [results, *map(Path, sys.argv[1:])]
    lines = merged([line for file in files if file.exists() for line in file.read_text().splitlines()], attacks())
    results.write_text("".join(f"{line}\n" for line in lines))
    (DOCS / "assurance.md").write_text(page(lines, attacks()))
