"""Writes docs/reference/events.md: every event of the trail, what it means and what it must say.

python tools/events.py           write the page
python tools/events.py --check   exit 1 when the page is stale
"""

import os
import sys
from pathlib import Path

import django


os.environ["DJANGO_SETTINGS_MODULE"] = "jiyue.settings"
django.setup()

from django.utils import translation  # noqa: E402 -- after the set-up

from jiyue.accounts.trail import Event, events  # noqa: E402


PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "events.md"
HEAD = """# 审计事件

由 `make docs` 从各应用的 `events.py` 生成，`make test` 检查是否过期。没有在这里声明的操作、缺少必填内容的记录都写不进审计记录
（程序错误，连同当时的操作一起撤销）。每条记录另有：时间、人员、单位、对象、网络地址、请求编号，见[审计记录的格式](audit.md)。

| 代码 | 含义 | 必填内容 |
|---|---|---|
"""


def page() -> str:
    with translation.override("zh-hans"):
        return HEAD + "".join(_row(code, event) for code, event in events().items())


def _row(code: str, event: Event) -> str:
    return f"| `{code}` | {event.label} | {'、'.join(f'`{name}`' for name in event.requires)} |\n"


def main() -> None:
    text = page()
    if "--check" in sys.argv:
        sys.exit(0 if PAGE.exists() and PAGE.read_text(encoding="utf-8") == text else f"{PAGE} is stale: make docs")
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
