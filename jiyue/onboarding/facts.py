"""What a page says about itself in words: labelled facts, document numbers, and which lines are not its text."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from jiyue.inspector import dates


_SPACED: Final = {
    "published": (
        "发布日期",
        "发布时间",
        "发文日期",
        "公布日期",
        "发稿时间",
        "发表时间",
        "更新时间",
        "时间",
        "日期",
    ),
    "source": ("信息来源", "稿件来源", "文章来源", "来源于", "来源"),
    "author": ("作者", "记者", "撰稿"),
    "editor": ("责任编辑", "责编", "编辑"),
    "doc_number": ("发文字号", "文件编号", "文号", "文件号"),
    "index_number": ("索引号", "索引"),
    "issuer": ("发文机关", "发文机构", "发布机构", "制发机关"),
    "column": ("所属栏目", "栏目"),
    "title": ("标题", "名称"),
}
_OTHER_LABELS: Final = "字体|字号|浏览次数|浏览|点击数|点击|阅读|打印|分享|主题分类|分类|主题词|有效性|有效期|成文日期|内容概述|关键词|公开方式|公开范围|体裁|组配分类"
DOC_NUMBER: Final = re.compile(
    r"(?:(?<=[^\u4e00-\u9fff])|^)([\u4e00-\u9fff][\u4e00-\u9fff·]{0,15}?)\s*[〔﹝\[［(（【]\s*((?:19|20)\d\d)\s*[〕﹞\]］)）】]\s*第?\s*(\d{1,5})\s*号"
)
ORDER_NUMBER: Final = re.compile(
    r"[\u4e00-\u9fff]{0,20}(?:令\s*[（(]?|公告\s*(?:19|20)\d\d\s*年)\s*第\s*[0-9〇○一二三四五六七八九十百]{1,6}\s*号"
)
_PLACE: Final = re.compile(
    r"^.{0,4}(?:当前位置|您?现在的?位置|您?所在的?位置|^位置)\s*[:：是]?|^\s*首页\s*(?:>|»|›|->)"
)
_FULL: Final = re.compile("[。；！？]")
_SENTENCE: Final = re.compile("[。；！？!?;]|，.*，|,.*,")


def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    spaced = "|".join(r"\s{0,2}".join(name) for name in names)
    return re.compile(rf"(?:^|[^\u4e00-\u9fff])(?:{spaced})\s*[:：]\s*([^\s:：|｜【】\[\]]{{1,60}}+)(?!\s*[:：])")


_LABELS: Final = {name: _pattern(names) for name, names in _SPACED.items()}
_ANY_LABEL: Final = re.compile(
    r"(?:^|[^\u4e00-\u9fff])(?:"
    + "|".join(r"\s{0,2}".join(n) for names in _SPACED.values() for n in names if n != "编辑")
    + rf"|{_OTHER_LABELS})\s*[:：]?(?![\u4e00-\u9fff])\s*"
)
_TOOLS: Final = re.compile(
    r"^[\W_]*(?:(?:【\d+】)+|打印(?:本页|本文|文章)?|关闭(?:窗口|本页)?|上一(?:篇|条|页)|下一(?:篇|条|页)|扫一扫.{0,16}|分享(?:到|至)?.{0,12}|收藏(?:本页)?|返回(?:顶部|首页|列表)?"
    r"|相关(?:阅读|稿件|链接|新闻|文章|文档|附件|政策|解读)|推荐阅读|热点新闻|纠错|我要纠错|网站纠错|加入收藏|设为首页|字[体号].{0,16}|[大中小默认超特\s\[\]]+|放大|缩小|正常"
    r"|保护视力色?.{0,12}|阅读次数.{0,8}|浏览次数.{0,10}|浏览量?.{0,10}|点击(?:数|量|次数)?.{0,8}|微信|微博|朋友圈|qzone|评论|图集|客户端|附件下载|\+1|【?详细】?|更多>*"
    r"|Produced By.*|版权所有.*|主办单位.*|承办单位.*|技术支持.*|网站标识码.*|.{0,3}ICP备.*|.{0,6}公网安备.*|地址[:：].*(?:邮编|电话).*)"
    r"[\W_]*(?:(?:打印|关闭|本页|窗口|返回顶部|分享|收藏)[\W_]*)*$",
    re.IGNORECASE,
)
_CLOSING: Final = re.compile(
    r"^[\W_]*(?:相关(?:阅读|稿件|链接|新闻|文章|文档|政策|解读)|推荐阅读|热点新闻|延伸阅读|上一篇|下一篇|版权所有|主办单位|扫一扫|网站地图|您可能感兴趣)"
)


@dataclass(frozen=True, slots=True)
class Facts:
    published_at: datetime | None = None
    source: str = ""
    author: str = ""
    editor: str = ""
    doc_number: str = ""
    index_number: str = ""
    issuer: str = ""
    column: str = ""
    title: str = ""


def facts_of(text: str) -> Facts:
    """The labelled facts of a page's visible text (发布日期：… 来源：… 文号：…)."""
    values = {name: labelled(text, name) for name in _LABELS if name != "published"}
    return Facts(published_at=_published(text), **values)


def labelled(text: str, name: str) -> str:
    for match in _LABELS[name].finditer(text):
        value = match[1].strip("　（）()《》，。、;；")
        if value and value not in {"无", "-", "--", "/"} and not _ANY_LABEL.match(value):
            return value
    return ""


def _published(text: str) -> datetime | None:
    for match in _LABELS["published"].finditer(text):
        found = dates.found_in(text[match.start(1) : match.start(1) + 40])
        if found:
            return found
    return None


def doc_number_in(text: str) -> str:
    """The first document number of a text in the standard form 某政发〔2020〕1号; an order is 第1号令 as printed."""
    match = DOC_NUMBER.search(text)
    if match:
        return f"{match[1]}〔{match[2]}〕{int(match[3])}号"
    order = ORDER_NUMBER.search(text)
    return re.sub(r"\s", "", order[0]) if order else ""


def is_place(line: str) -> bool:
    """A breadcrumb."""
    return bool(_PLACE.search(line)) and len(line) < 120


def has_sentence(line: str) -> bool:
    return bool(_SENTENCE.search(line))


def is_prose(line: str) -> bool:
    return has_sentence(line) or len(line) >= 60


def is_furniture(line: str) -> bool:
    """Lines around a text that belong to the page, not to the text: tools, labels, breadcrumbs."""
    if len(line) > 160:
        return False
    if is_place(line) or _TOOLS.match(line):
        return True
    rest = _ANY_LABEL.sub(" ", line)
    return rest != line and not _FULL.search(rest) and len(rest) < 60


def closes(line: str) -> bool:
    """After this line nothing of the text follows."""
    return len(line) < 60 and not _FULL.search(line) and bool(_CLOSING.match(line))


def same(one: str, other: str) -> bool:
    return squeezed(one) == squeezed(other)


def squeezed(text: str) -> str:
    """For comparing titles: no spaces, no punctuation."""
    return re.sub(r"[\W_]", "", text)
