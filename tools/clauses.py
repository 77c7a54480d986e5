"""Writes docs/reference/clauses.md: every duty of the five documents, the tests that prove it, the code they exercise.

python tools/clauses.py           write the page
python tools/clauses.py --check   exit 1 when the page is stale or a test names an unknown clause
"""

import ast
import csv
import sys
from collections import defaultdict
from pathlib import Path


ROOT = Path(__file__).resolve().parent.parent
DUTIES = ROOT / "docs" / "reference" / "clauses.csv"
PAGE = ROOT / "docs" / "reference" / "clauses.md"
HEAD = """# 条款对照 / Clauses

条款 → 证明它的测试 → 测试所用的代码。由 `make docs` 生成，`make test` 检查是否过期；没有测试的条款还没有做完。

"""


def duties() -> list[dict[str, str]]:
    with DUTIES.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def proofs() -> dict[str, list[tuple[str, str]]]:
    """Clause id → (test, modules of ours its file imports)."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        code = ", ".join(sorted(_modules(tree)))
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            for clause in _clauses(function):
                found[clause].append((f"{path.relative_to(ROOT)}::{function.name}", code))
    return found


def page() -> str:
    proven = proofs()
    unknown = sorted(set(proven) - {duty["id"] for duty in duties()})
    if unknown:
        sys.exit(f"tests name clauses that do not exist: {', '.join(unknown)}")
    rows = [_row(duty, proven.get(duty["id"], [])) for duty in duties()]
    done = sum(1 for duty in duties() if duty["id"] in proven)
    table = "| 条款 | 文件 | 要求 | 能力 | 测试 | 代码 |\n|---|---|---|---|---|---|\n" + "\n".join(rows)
    return f"{HEAD}共 {len(rows)} 条，已有测试证明的 {done} 条。\n\n{table}\n"


def _row(duty: dict[str, str], tests: list[tuple[str, str]]) -> str:
    named = "<br>".join(f"`{name}`" for name, _ in tests)
    code = "<br>".join(f"`{module}`" for module in sorted({m for _, code in tests for m in code.split(", ") if m}))
    section = f"{duty['document']} {duty['section']}"
    return f"| {duty['id']} | {section} | {duty['duty']} | {duty['requirements']} | {named} | {code} |"


def _clauses(function: ast.FunctionDef) -> list[str]:
    return [
        str(call.args[0].value)
        for call in function.decorator_list
        if isinstance(call, ast.Call)
        and ast.unparse(call.func).split(".")[-1] == "clause"
        and isinstance(call.args[0], ast.Constant)
    ]


def _modules(tree: ast.AST) -> set[str]:
    """Modules with behaviour: actions, permissions, views and the like, not models."""
    names = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    names |= {
        f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
        if alias.name in {"actions", "permissions", "views"}
    }
    return {
        name
        for name in names
        if name.startswith("jiyue.") and name.count(".") >= 2 and not name.endswith((".models", ".errors"))
    }


def main() -> None:
    text = page()
    if "--check" in sys.argv:
        sys.exit(0 if PAGE.exists() and PAGE.read_text(encoding="utf-8") == text else f"{PAGE} is stale: make docs")
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
