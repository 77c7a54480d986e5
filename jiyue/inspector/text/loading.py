"""Reads rule packs from files; whatever is wrong with one is said with file and line.

A pack is a head in TOML and, beside it, the tables it names: ``rules`` (what is written wrongly) and ``terms`` (what must
be written exactly so). A single CSV table of rules or terms is a pack as well; it uses the categories of the shipped one.
"""

import csv
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from jiyue.inspector.findings import Severity, Tier
from jiyue.inspector.text.packs import Category, Default, Pack, Rule, Term


SHIPPED = Path(__file__).parent.parent / "data" / "wording-2026.11.toml"
RULE_COLUMNS = (
    "id",
    "category",
    "kind",
    "wrong",
    "right",
    "default",
    "severity",
    "guard",
    "trigger",
    "basis",
    "reason",
)
TERM_COLUMNS = ("term", "category", "neighbours", "from", "to")
LONGEST = 64  # characters of a literal
Parsed = TypeVar("Parsed")


class PackError(ValueError):
    """A pack cannot be used. The message names file and line, for whoever keeps it."""


def load(path: Path) -> Pack:
    """The pack of a TOML head or of one CSV table. Raises ``PackError``."""
    if path.suffix.lower() != ".csv":
        return _with_tables(path, _head(path))
    known = shipped().categories
    pack = Pack(path.stem, "", known)
    is_terms = path.exists() and _columns(path)[:1] == ["term"]
    return replace(pack, terms=_terms(path, known)) if is_terms else replace(pack, rules=_rules(path, known))


@cache
def shipped() -> Pack:
    return load(SHIPPED)


def _head(path: Path) -> dict[str, Any]:
    try:
        head = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PackError(f"{path}: {error}") from error
    for wanted in ("name", "version", "categories"):
        if not head.get(wanted):
            raise PackError(f"{path}: 缺少 {wanted}")
    return head


def _with_tables(path: Path, head: dict[str, Any]) -> Pack:
    try:
        categories = {code: _category(code, row) for code, row in head["categories"].items()}
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise PackError(f"{path}: categories: {error}") from error
    return Pack(
        head["name"],
        str(head["version"]),
        categories,
        _rules(path.parent / head["rules"], categories) if "rules" in head else (),
        _terms(path.parent / head["terms"], categories) if "terms" in head else (),
    )


def _category(code: str, row: dict[str, Any]) -> Category:
    return Category(
        code,
        row["title"],
        row["title_en"],
        Severity(row["severity"]),
        row["reason"],
        row["reason_en"],
        Default(row.get("default", "on")),
        Tier(row.get("tier", 1)),
        bool(row.get("quotable", True)),
    )


def _rules(path: Path, categories: dict[str, Category]) -> tuple[Rule, ...]:
    rules = tuple(_parsed(path, RULE_COLUMNS, lambda row: _rule(row, categories)))
    seen: set[str] = set()
    for line, rule in enumerate(rules, start=2):
        if rule.id in seen:
            raise PackError(f"{path}:{line}: 编号重复：{rule.id}")
        seen.add(rule.id)
    return rules


def _terms(path: Path, categories: dict[str, Category]) -> tuple[Term, ...]:
    return tuple(_parsed(path, TERM_COLUMNS, lambda row: _term(row, categories)))


def _columns(path: Path) -> list[str]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return next(csv.reader(file), [])
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise PackError(f"{path}: {error}") from error


def _parsed(path: Path, columns: tuple[str, ...], parse: Callable[[dict[str, str]], Parsed]) -> Iterator[Parsed]:
    if tuple(_columns(path)) != columns:
        raise PackError(f"{path}:1: 第一行应为 {','.join(columns)}")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        try:
            for row in rows:
                if len(row) != len(columns):
                    raise PackError(f"{path}:{rows.line_num}: 应有 {len(columns)} 列，有 {len(row)} 列")
                try:
                    yield parse(dict(zip(columns, row, strict=True)))
                except (ValueError, re.error) as error:
                    raise PackError(f"{path}:{rows.line_num}: {error}") from error
        except (UnicodeDecodeError, csv.Error) as error:
            raise PackError(f"{path}:{rows.line_num}: {error}") from error


def _rule(row: dict[str, str], categories: dict[str, Category]) -> Rule:
    category = _of(row["category"], categories)
    if row["kind"] not in {"literal", "regex"}:
        raise ValueError(f"kind 应为 literal 或 regex：{row['kind']}")
    rule = Rule(
        row["id"],
        category,
        row["wrong"],
        row["right"],
        Default(row["default"] or category.default),
        Severity(row["severity"] or category.severity),
        row["kind"] == "regex",
        row["guard"],
        tuple(filter(None, row["trigger"].split(" "))),
        row["basis"],
        row["reason"],
    )
    _examine(rule)
    return rule


def _examine(rule: Rule) -> None:
    if not re.fullmatch(r"[a-z]+-[a-z0-9-]+", rule.id):
        raise ValueError(f"编号应如 typo-012：{rule.id!r}")
    if rule.guard:
        re.compile(rule.guard)
    for trigger in rule.triggers:
        _examine_literal(trigger, shortest=1)
    if rule.is_pattern:
        _examine_pattern(rule)
        return
    _examine_literal(rule.wrong)
    if rule.wrong == rule.right:
        raise ValueError(f"错的与对的相同：{rule.wrong}")


def _examine_literal(literal: str, shortest: int = 2) -> None:
    if not shortest <= len(literal) <= LONGEST or literal != literal.strip() or not literal.isprintable():
        raise ValueError(f"词应为 {shortest} 到 {LONGEST} 个可见字符，前后没有空格：{literal!r}")


def _examine_pattern(rule: Rule) -> None:
    pattern = re.compile(rule.wrong)
    if pattern.match(""):
        raise ValueError(f"正则可以匹配空串：{rule.wrong}")
    if not rule.triggers and rule.default is Default.ON:
        raise ValueError(f"默认启用的正则必须写触发词：{rule.wrong}")
    if any(int(group) > pattern.groups for group in re.findall(r"\\(\d)", rule.right)):
        raise ValueError(f"建议引用了不存在的分组：{rule.right}")


def _term(row: dict[str, str], categories: dict[str, Category]) -> Term:
    _examine_literal(row["term"], shortest=3)
    return Term(
        row["term"],
        _of(row["category"], categories),
        tuple(filter(None, row["neighbours"].split(" "))),
        date.fromisoformat(row["from"]) if row["from"] else date.min,
        date.fromisoformat(row["to"]) if row["to"] else date.max,
    )


def _of(code: str, categories: dict[str, Category]) -> Category:
    if code not in categories:
        raise ValueError(f"没有这个类别：{code}")
    return categories[code]
