"""The foot of a government page: six marks and the site map (《政府网站发展指引》, 底部功能区)."""

import re
from collections.abc import Iterator
from typing import Final

from jiyue.inspector.checks import Case, Kind, Notice, check
from jiyue.inspector.findings import Tier
from jiyue.inspector.norms import CODE
from jiyue.inspector.page import Page


_MARKS: Final = {
    "foot-organ": re.compile(r"bszs\.conac\.cn|dcs\.conac\.cn|conac\.cn/sitename|党政机关(?:网站)?标识|党政机关\"|事业单位标识", re.IGNORECASE),
    "foot-errors": re.compile(r"pucha\.kaipuyun\.cn|zfwzgl\.www\.gov\.cn|jiucuo(?:page)?\.(?:gif|png|jpg|js|html)|找错|网站纠错"),
    "foot-host": re.compile(r"主办(?:单位)?\s*[:：]?|版权所有\s*[:：]|主管单位\s*[:：]"),
    "foot-contact": re.compile(
        r"(?:联系(?:电话|方式|我们|人)|电话|传真|热线|邮箱|E-?mail|联系地址|地址)\s*[:：]?\s*|(?<!\d)0\d{2,3}[-－—]\d{7,8}(?!\d)|[\w.-]+@[\w-]+\.\w+", re.IGNORECASE
    ),
    "foot-icp": re.compile(r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]\s*ICP\s*[备证]\s*\d{6,8}\s*号", re.IGNORECASE),
    "foot-police": re.compile(r"公网安备\s*\d{11,14}\s*号?|beian\.(?:mps\.)?gov\.cn/portal/registerSystemInfo\?recordcode=\d+", re.IGNORECASE),
    "foot-map": re.compile(r"(?:网站|站点)(?:地图|导航)|sitemap", re.IGNORECASE),
}  # fmt: skip
_CODE_LINE: Final = re.compile(r"(?:网站)?标识码\s*[:：]?\s*([A-Za-z0-9-]{0,16})")
_LAST: Final = 6_000  # characters of the visible text in which a foot may stand


@check("foot")
def foot(case: Case) -> Iterator[Notice]:
    if not case.governmental:
        return
    page = case.page
    words = _words(page)
    code = _CODE_LINE.search(page.text[-_LAST:])
    missing = [rule for rule, mark in _MARKS.items() if not mark.search(words)]
    if code is None and "foot-code" not in missing:
        missing.append("foot-code")
    # A foot that a script or a server include puts in cannot be seen here; nor does everybody repeat all of it inside.
    unsure = len(missing) > len(_MARKS) - 2 or case.kind is not Kind.HOME
    last = page.seen[-1].place if page.seen else (1, 1)
    for rule in missing:
        yield Notice(rule, "", *last, 1, Tier.PROBABLE if unsure else Tier.CERTAIN)
    if code is not None:
        place = page.place(max(len(page.text) - _LAST, 0) + code.start())
        if not CODE.fullmatch(code[1]):
            yield Notice("foot-code-form", code[0], *place)
        elif page.meta("SiteIDCode") and page.meta("SiteIDCode") != code[1]:
            yield Notice("foot-code-other", f"{code[1]} ≠ {page.meta('SiteIDCode')}", *place)


def _words(page: Page) -> str:
    """The end of the text, and every address and inline script a mark may hide in."""
    contents = page.contents
    addresses = [link.get("href") for link in contents.links] + [link.text for link in contents.links[-80:]]
    pictures = [f"{image.get('src')} {image.get('alt')} {image.get('title')}" for image in contents.images[-60:]]
    scripts = [
        script.get("src") + (script.text[:5_000] if _writes(script.text) else "") for script in contents.scripts[-40:]
    ]
    return "\n".join([page.text[-_LAST:], *addresses[-400:], *pictures, *scripts])


def _writes(script: str) -> bool:
    """A mark the organ's script puts in: document.write(unescape("…dcs.conac.cn…"))."""
    return "conac" in script or "jiucuo" in script or "unescape" in script
