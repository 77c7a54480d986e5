import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as Caution

from jiyue.common.catalogues import is_stale


def catalogues_are_compiled(**kwargs: Any) -> list[CheckMessage]:
    """A folder nobody may write to keeps Wagtail's English labels without a word: say so."""
    return [
        Error(f"词条文件 {po} 没有编译。", hint="在可写的目录中运行 jiyue catalogues 后重新打包。", id="common.E001")
        for root in settings.LOCALE_PATHS
        for po in sorted(Path(root).glob("*/LC_MESSAGES/*.po"))
        if is_stale(po)
    ]


def deployment(**kwargs: Any) -> list[CheckMessage]:
    """``jiyue check --deploy``: what a sample city may and a government's installation may not."""
    return [
        message(text, hint=hint, id=f"common.{number}") for number, message, text, hint, wrong in _faults() if wrong
    ]


def _faults() -> Iterator[tuple[str, Callable[..., CheckMessage], str, str, bool]]:
    home = Path(settings.HOME)
    yield "E101", Error, "演示环境没有关闭。", "去掉 JIYUE_DEMO。", settings.DEMO
    yield "E102", Error, "后台域名还是默认值。", "设置 JIYUE_ADMIN_HOST。", settings.ADMIN_HOST == "localhost"
    yield "E103", Error, "对外没有使用 HTTPS。", "设置 JIYUE_HTTPS=1。", settings.PUBLIC_SCHEME != "https"
    yield (
        "E104",
        Error,
        "后台没有要求第二因素登录。",
        "去掉 JIYUE_SECOND_FACTOR。",
        settings.SECOND_FACTOR != "required",
    )
    yield "E105", Error, "数据目录其他人可以写入。", f"chmod -R o-w {home}", _is_open(home)
    yield "E106", Error, "密钥目录其他人可以读。", f"chmod 700 {home / 'keys'}", _is_open(home / "keys", 0o077)
    yield "E107", Error, "应用程序以 root 身份运行。", "用专门的系统账号运行，见部署说明。", os.geteuid() == 0
    named = list.__iter__(settings.ALLOWED_HOSTS)
    loose = any(host == "*" or host.endswith("localhost") for host in named)
    yield "E108", Error, "应用程序应答任意域名或本机域名。", "设置 JIYUE_ALLOWED_HOSTS= （空）。", loose
    yield "W101", Caution, "没有设置查毒服务。", "安装 clamav-daemon 并设置 JIYUE_CLAMD。", not settings.CLAMD
    hint = "设置 JIYUE_TRUSTED_PROXIES，否则所有访问者都算作同一个地址。"
    yield "W102", Caution, "没有设置前端代理的地址。", hint, not settings.TRUSTED_PROXIES


def _is_open(path: Path, bits: int = 0o002) -> bool:
    return path.exists() and bool(path.stat().st_mode & bits)
