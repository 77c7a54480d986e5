"""Writes the table of docs/reference/page-checks.md: every rule of the page checks, its clause and what to do.

python tools/page_checks.py           write the page
python tools/page_checks.py --check   exit 1 when the page is stale
"""

import sys
from pathlib import Path

from jiyue.inspector.inspection import CHECKS
from jiyue.inspector.rules import RULES, table


PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "page-checks.md"
HEAD = """# 网页检查

由 `make docs` 从 `jiyue/inspector/rules.py` 生成，`make test` 检查是否过期。这里是对**一个已取得的网页**的检查，不访问网络；
抓取、链接是否可达、可用性不在这里。文字的检查见[用语检查](wording.md)。

* **级别**：S1 可能导致整站单项否决，S2 严重，S3 错误，S4 改进。**把握**：确定，或疑似（须人工核实）。
* **可信度**：A2 在两处以上读到原文，A 在一处读到，B 凭了解且部分印证。没有核实到原文的不作为依据，写作“本平台建议”。
* 网页标签、页脚、发布时间与来源只对政府网站检查：域名以 `.gov.cn`、`.政务` 结尾，或网页带有网站标签。
* 首页、栏目页、内容页由标签、地址和正文判断；知道的可以指定。
* 同类问题（如缺替代文字的图片）只报第一处和总数。位置是解码后源码的行、列；证据摘要是所读字节的 SHA-256。
* 更新情况有三种结果：已更新、未更新、**未测得**。没有日期、由脚本载入列表的网页是未测得，不是未更新。

检查名称（`--only`）：{checks}。共 {count} 条规则。

"""


def main() -> int:
    text = HEAD.format(checks="、".join(f"`{name}`" for name in CHECKS), count=len(RULES)) + table()
    if "--check" in sys.argv:
        if not PAGE.exists() or PAGE.read_text() != text:
            sys.stderr.write(f"{PAGE} is stale: make docs\n")
            return 1
        return 0
    PAGE.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
