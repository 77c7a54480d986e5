"""The role matrix as a page of the documentation, generated from ``roles.py``."""

from django.utils import translation

from jiyue.accounts.roles import ADMINISTRATORS, MATRIX, SUBTREE, VERB_NAMES, Role


INTRODUCTION = """# 角色权限表

本页由 `jiyue docs_roles` 从 `jiyue/accounts/roles.py` 生成，请勿手工修改。

权限只来自“某人在某单位担任某角色”。同一个人可以在不同单位担任不同角色；系统管理员、安全管理员、审计管理员互不兼任，
也不得兼任业务角色。采编、审核、保密审查、签发须由不同的人办理，角色再多也不例外。
"""


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
