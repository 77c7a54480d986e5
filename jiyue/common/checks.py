from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

from jiyue.common.catalogues import is_stale


def catalogues_are_compiled(**kwargs: Any) -> list[CheckMessage]:
    """A folder nobody may write to keeps Wagtail's English labels without a word: say so."""
    return [
        Error(f"词条文件 {po} 没有编译。", hint="在可写的目录中运行 jiyue catalogues 后重新打包。", id="common.E001")
        for root in settings.LOCALE_PATHS
        for po in sorted(Path(root).glob("*/LC_MESSAGES/*.po"))
        if is_stale(po)
    ]
