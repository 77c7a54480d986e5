"""What a page brings in from servers of others: scripts, frames, trackers, advertisements, and jumps to elsewhere."""

import re
from collections.abc import Iterator
from typing import Final

from jiyue.inspector import vice
from jiyue.inspector.checks import Case, Notice, all_of, at_element, check
from jiyue.inspector.hidden import foreign_host
from jiyue.inspector.markup import Element
from jiyue.inspector.page import Page, domain_of, host_of


# Services the state prescribes or offers to all of its websites: the organs' mark, error reports, statistics, accessible reading.
OFFICIAL: Final = ("conac.cn", "kaipuyun.cn", "govwza.cn", "gov.cn", "12377.cn", "cyberpolice.cn", "wza.isc.org.cn")
TRACKERS: Final = frozenset(
    {
        *("hm.baidu.com", "tongji.baidu.com", "cnzz.com", "51.la", "51yes.com", "google-analytics.com", "googletagmanager.com"),
        *("umeng.com", "growingio.com", "webterren.com", "irs01.com", "irs01.net", "miaozhen.com", "doubleclick.net", "pv.sohu.com", "ta.qq.com"),
        *("tajs.qq.com", "zz.bdstatic.com", "push.zhanzhang.baidu.com", "sensorsdata.cn", "clarity.ms", "hotjar.com", "linezing.com"),
    }
)  # fmt: skip
ADVERTISERS: Final = frozenset(
    {
        *("cpro.baidustatic.com", "cpro.baidu.com", "pos.baidu.com", "dup.baidustatic.com", "cbjs.baidu.com", "eclick.baidu.com"),
        *("googlesyndication.com", "googleadservices.com", "adservice.google.com", "alimama.com", "alimama.cn", "tanx.com", "mmstat.com"),
        *("acs86.com", "allyes.com", "mediav.com", "adsame.com", "union.baidu.com", "qihucdn.com.ad", "gdt.qq.com", "adsmogo.com"),
    }
)  # fmt: skip
_REFRESH: Final = re.compile(r"^\s*(\d*\.?\d*)\s*[;,]?\s*(?:url\s*=\s*)?[\"']?([^\"']*)", re.IGNORECASE)


@check("foreign")
def foreign(case: Case) -> Iterator[Notice]:
    page = case.page
    found: dict[str, list[Element]] = {}
    for element in (*page.contents.scripts, *page.contents.frames):
        host = foreign_host(element.get("src"), page)
        if host and not is_official(host):
            found.setdefault(_rule(element, host), []).append(element)
    for pixel in page.contents.images:
        host = foreign_host(pixel.get("src"), page)
        if host and listed(host, TRACKERS):
            found.setdefault("foreign-tracker", []).append(pixel)
    for rule, elements in found.items():
        by_host: dict[str, list[Element]] = {}
        for element in elements:
            by_host.setdefault(host_of(page.absolute(element.get("src"))), []).append(element)
        for same in by_host.values():
            yield from all_of(rule, same, lambda element: element.get("src"))
    yield from _jumps(page)


def _rule(element: Element, host: str) -> str:
    if listed(host, ADVERTISERS):
        return "foreign-advertiser"
    if listed(host, TRACKERS):
        return "foreign-tracker"
    return "foreign-script" if element.tag == "script" else "foreign-frame"


def is_official(host: str) -> bool:
    return any(host == name or host.endswith(f".{name}") for name in OFFICIAL)


def listed(host: str, names: frozenset[str]) -> bool:
    labels = host.split(".")
    return any(".".join(labels[start:]) in names for start in range(len(labels) - 1))


def _jumps(page: Page) -> Iterator[Notice]:
    for element in page.metas.get("refresh", ()):
        match = _REFRESH.match(element.get("content"))
        target = match[2].strip() if match else ""
        host = host_of(page.absolute(target))
        if target and host and domain_of(host) != domain_of(page.host):
            wrong = not vice.is_household(host)
            yield at_element("foreign-jump" if wrong else "foreign-moved", element, element.get("content")[:200])
