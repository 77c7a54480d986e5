"""Signs that a page is not what its owner wrote: gambling words in its title, decoy tags, hidden links, cloaking.

Hijacked copies of government pages keep the genuine text and put a line before it, so the title and the source are
judged apart from the body; a notice about *fighting* gambling must pass.
"""

import re
from collections import Counter
from typing import Final

from django.utils.translation import gettext as _
from selectolax.lexbor import LexborHTMLParser


_BRANDS: Final = re.compile(
    r"be(?:a)?t\s?365|365(?:体育|手机版|官网|bet)|bet体育|必威|亚博|开云(?:体育|app)|乐鱼|华体会|爱游戏app|万博(?:体育|app)"
    r"|皇冠(?:体育|足球|投注)|澳门(?:新?葡京|威尼斯|永利|银河|金沙|百家乐)|新葡京|太阳城(?:集团|娱乐)|威尼斯人(?:娱乐|官网)|金沙娱乐"
    r"|百家乐|六合彩|时时彩|北京赛车|pk10|真人(?:娱乐|荷官)|棋牌(?:app|官网|平台|游戏)|彩票(?:app|平台|官网|登录|注册)|体育投注"
    r"|投注官网|娱乐(?:城|平台)?(?:官网|登录|注册)|(?:体育|娱乐)app|app登录入口|老虎机|博彩(?:公司|平台|官网)|电竞(?:投注|竞猜)",
    re.IGNORECASE,
)
_AGAINST: Final = re.compile("打击|赌博|涉赌|禁赌|反诈|诈骗|查处|查获|警方|公安|整治|违法|犯罪")
_TITLE: Final = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_CLOAK: Final = re.compile(
    r"document\.referrer[\s\S]{0,400}?(?:baidu|sogou|so\.com|google)[\s\S]{0,400}?location",
    re.IGNORECASE,
)
_OFFSTAGE: Final = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|text-indent\s*:\s*-\d{3}|(?:left|top)\s*:\s*-\d{3}|font-size\s*:\s*0",
    re.IGNORECASE,
)
DECOYS: Final = 6


def signs(html: str, tree: LexborHTMLParser) -> list[str]:
    """What is wrong, for the person who decides; empty for an honest page."""
    found = [
        (_coded_title(html), _("标题用字符编码隐藏博彩词语")),
        (_in_title(tree), _("标题或首行带有博彩词语")),
        (_decoys(tree) >= DECOYS, _("夹杂大量无内容的随机标签（同一编号重复出现）")),
        (_hidden_links(tree) >= 3, _("有隐藏的博彩链接")),
        (bool(_CLOAK.search(html)), _("脚本按搜索引擎来源跳转")),
        (spam_in(_text(tree)) >= 3, _("正文反复出现博彩词语")),
    ]
    return [reason for present, reason in found if present]


def spam_in(text: str) -> int:
    """How often gambling names occur outside sentences that speak against gambling."""
    return sum(
        1
        for match in _BRANDS.finditer(text)
        if not _AGAINST.search(text[max(match.start() - 20, 0) : match.end() + 20])
    )


def _text(tree: LexborHTMLParser) -> str:
    body = tree.body
    return "\n".join(
        node.text_content or ""
        for node in (body.traverse(include_text=True) if body is not None else ())
        if node.tag == "-text" and node.parent is not None and node.parent.tag not in {"script", "style"}
    )


def _coded_title(html: str) -> bool:
    """Characters of a Chinese title written as numeric entities are there to deceive filters."""
    title = _TITLE.search(html)
    if title is None or len(re.findall(r"&#\d{4,5};", title[1])) < 4:
        return False
    plain = re.sub(r"&#(\d{4,5});", lambda match: chr(int(match[1])), title[1])
    return spam_in(plain) > 0


def _in_title(tree: LexborHTMLParser) -> bool:
    title = tree.css_first("title")
    descriptions = [
        node.attributes.get("content") or ""
        for node in tree.css("meta[name]")
        if (node.attributes.get("name") or "").lower() in {"keywords", "description", "articletitle"}
    ]
    opening = re.sub(r"\s+", " ", _text(tree)).strip()[:200]
    return any(spam_in(text) for text in (title.text() if title else "", opening, *descriptions))


def _decoys(tree: LexborHTMLParser) -> int:
    """How often one meaningless id is repeated on different, empty tags."""
    tags: dict[str, set[str]] = {}
    counts: Counter[str] = Counter()
    for node in tree.css("[id]"):
        name = node.attributes.get("id") or ""
        if re.fullmatch(r"[0-9a-z]{4,8}", name) and len((node.text() or "").strip()) < 8:
            counts[name] += 1
            tags.setdefault(name, set()).add(node.tag or "")
    return max((count for name, count in counts.items() if len(tags[name]) >= 4), default=0)


def _hidden_links(tree: LexborHTMLParser) -> int:
    hidden = (node for node in tree.css("[style]") if _OFFSTAGE.search(node.attributes.get("style") or ""))
    return sum(1 for node in hidden for link in node.css("a[href]") if _BRANDS.search(link.text() or ""))
