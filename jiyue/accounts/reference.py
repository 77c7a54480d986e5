"""Pages of the documentation: the role matrix, from ``roles.py``, and the doors, from what the gate was told."""

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, get_resolver
from django.utils import translation

from jiyue.accounts.gate import Policy, policy_of
from jiyue.accounts.roles import ADMINISTRATORS, MATRIX, SUBTREE, VERB_NAMES, Role


INTRODUCTION = """# 角色权限表

本页由 `jiyue docs_roles` 从 `jiyue/accounts/roles.py` 生成，请勿手工修改。

权限只来自“某人在某单位担任某角色”。同一个人可以在不同单位担任不同角色；系统管理员、安全管理员、审计管理员互不兼任，
也不得兼任业务角色。采编、审核、保密审查、签发须由不同的人办理，角色再多也不例外。
"""


DOORS = """# 门

本页由 `jiyue docs_doors` 从闸门（`jiyue/accounts/gate.py`）的登记生成，请勿手工修改。

每个网址都须登记：谁可以打开，网址里写着对象时再查一遍对象是否属于本人的单位。没有登记的网址对任何人都答复 404。
未登录的人到闸门为止；登录而无权的人得到的答复，与网址不存在时一样。“检查”一栏为空的，由页面自己按单位取数，取不到即 404。
"""


def doors_page() -> str:
    doors = sorted(set(_doors(get_resolver().url_patterns)))
    open_ones = [(name, route, policy) for name, route in doors if (policy := policy_of(name))]
    closed = sum(policy_of(name) is None for name, _route in doors)
    with translation.override("zh-hans"):
        rows = [
            _row([f"`{_readable(route)}`", f"`{name}`", _who(policy), _check(policy)])
            for name, route, policy in open_ones
        ]
    table = ["| 网址 | 名称 | 谁可以打开 | 检查 |", "| --- | --- | --- | --- |", *rows]
    return "\n".join([DOORS, f"开着 {len(open_ones)} 个，关着 {closed} 个。", "", *table, ""])


def _doors(found: Any, prefix: str = "", namespace: str = "") -> Iterator[tuple[str, str]]:
    for entry in found:
        if isinstance(entry, URLPattern):
            yield ":".join(filter(None, [namespace, entry.name or ""])), prefix + str(entry.pattern)
        else:
            inner = ":".join(filter(None, [namespace, entry.namespace or ""]))
            yield from _doors(entry.url_patterns, prefix + str(entry.pattern), inner)


def _readable(route: str) -> str:
    return "/" + route.replace("^", "").replace("$", "").replace("|", "\\|")


def _who(policy: Policy) -> str:
    if policy.public:
        return "公众"
    if policy.anonymous:
        return "登录之前"
    names = [str(name) for verb, name in VERB_NAMES.items() if verb in policy.verbs]
    return "；".join(names) or "担任任一角色的人"


def _check(policy: Policy) -> str:
    return f"`{policy.check.__name__}`" if policy.check else ""


def roles_page() -> str:
    with translation.override("zh-hans"):
        return "\n".join([INTRODUCTION, *_matrix(), "", *_scopes(), ""])


def _matrix() -> list[str]:
    header = ["操作", *(str(role.label) for role in Role)]
    rows = [[str(name), *("✓" if verb in MATRIX[role] else "" for role in Role)] for verb, name in VERB_NAMES.items()]
    return [_row(header), _row(["---", *(":-:" for _role in Role)]), *(_row(row) for row in rows)]


def _scopes() -> list[str]:
    lines = ["| 角色 | 代码 | 范围 |", "| --- | --- | --- |"]
    return [*lines, *(_row([str(role.label), f"`{role.value}`", _scope(role)]) for role in Role)]


def _scope(role: Role) -> str:
    if role in ADMINISTRATORS:
        return "整个平台，不接触内容"
    return "本单位及全部下级单位" if role in SUBTREE else "本单位"


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
