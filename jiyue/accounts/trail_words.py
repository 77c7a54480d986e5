"""The data of an entry in words. What is not named here is shown as it was written."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from jiyue.accounts.chain import visible
from jiyue.accounts.models import AuditEntry, Factor, User
from jiyue.accounts.roles import Role
from jiyue.accounts.trail import name_of


FIELDS = {
    "address": _("网址"),
    "after": _("改为"),
    "approved": _("调用已审核"),
    "basis": _("依据"),
    "before": _("原为"),
    "bytes": _("字节数"),
    "code": _("告警代码"),
    "count": _("次数"),
    "counts": _("各项条数"),
    "digest": _("内容摘要"),
    "ended": _("结束的登录"),
    "entries": _("条数"),
    "event": _("操作"),
    "fields": _("改动的项目"),
    "file": _("文件"),
    "file_digest": _("文件摘要"),
    "files": _("文件数"),
    "first": _("首条"),
    "form": _("格式"),
    "found": _("处数"),
    "gaps": _("缺漏"),
    "gone": _("下线的网址"),
    "hosts": _("域名"),
    "keep": _("保留"),
    "kind": _("类别"),
    "kinds": _("类别"),
    "known": _("有这个账号"),
    "last": _("末条"),
    "left": _("还剩"),
    "month": _("月份"),
    "name": _("名称"),
    "new": _("新任"),
    "old": _("原任"),
    "opinion": _("意见"),
    "owed": _("未了的事"),
    "parent": _("上级单位"),
    "path": _("网址"),
    "placements": _("撤下的调用"),
    "places": _("位置"),
    "quarter": _("季度"),
    "query": _("筛选条件"),
    "reason": _("原因"),
    "receipt": _("结论编号"),
    "release": _("信息编号"),
    "revision": _("稿次"),
    "role": _("角色"),
    "roles": _("角色"),
    "rows": _("行数"),
    "signature": _("签名"),
    "since": _("起始时间"),
    "source": _("来源"),
    "state": _("办理结果"),
    "subject": _("统一身份"),
    "times": _("次数"),
    "user": _("人员"),
    "view": _("后台地址"),
    "way": _("登录方式"),
    "what": _("查看内容"),
}
_values: dict[str, dict[str, Any]] = {
    "role": dict(Role.choices),
    "kind": {**dict(User.Kind.choices), **dict(Factor.Kind.choices)},
    "way": {"password": _("密码"), "oidc": _("统一身份认证")},
    "what": {"accounts.person": _("用户与授权"), "accounts.report": _("任职清单")},
}
MOMENTS = frozenset({"since"})


def name_values(field: str, names: Mapping[str, Any]) -> None:
    """What the values of a field mean, from apps above. Called from their ``events.py``."""
    _values.setdefault(field, {}).update(names)


def words_of(entry: AuditEntry) -> list[tuple[str, str, str]]:
    """(code of the field, its name, its value) of everything the entry says."""
    said = [(field, value) for field, value in entry.data.items() if value not in ("", None)]
    return [(field, str(FIELDS.get(field, field)), visible(_value(field, value))) for field, value in said]


def brief(entries: Iterable[AuditEntry]) -> list[tuple[AuditEntry, str, str]]:
    """(entry, what was done, by whom) for the short lists."""
    return [(entry, name_of(entry.action), str(entry.user or who(entry))) for entry in entries]


def who(entry: AuditEntry) -> str:
    """The person; without one, somebody at the door or the machine itself."""
    if entry.user_name or entry.user:
        return entry.user_name or str(entry.user)
    return gettext("未登录者") if entry.address else gettext("系统")


def _value(field: str, value: Any) -> str:
    if isinstance(value, bool):
        return gettext("是") if value else gettext("否")
    if isinstance(value, list):
        return "、".join(_value(field, each) for each in value)
    if isinstance(value, dict):
        return "、".join(f"{name} {each}" for name, each in value.items())
    if field in MOMENTS:
        return f"{localtime(datetime.fromisoformat(value)):%Y-%m-%d %H:%M:%S}"
    if field == "event":
        return name_of(str(value))
    return str(_values.get(field, {}).get(str(value), value))
