"""Is this still the page its owner wrote? Hijackers keep the genuine text and put their words where search engines look.

A copy of an honest page is given a new title and a new issuer (「某某官网政府办公厅关于…」), wrapped in empty tags that
make every copy different, its head written in character codes, pinyin put behind every character. So the places where
they write - title, head, first and last lines - are judged apart from the text, and a notice about gambling passes.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from html import unescape
from itertools import islice
from typing import Final
from urllib.parse import unquote

from jiyue.inspector import vice
from jiyue.inspector.checks import Case, Notice, at_element, check
from jiyue.inspector.findings import Tier
from jiyue.inspector.markup import Run
from jiyue.inspector.page import Page, domain_of, excerpt_of
from jiyue.inspector.reader import COMMON


OPENING: Final = 400  # characters of the visible text in which a page introduces itself
CLOSING: Final = 400
SHORT: Final = 80  # a line that may be a title or a signature
REPEATED: Final = 4  # more kinds of tags than this with one name; so many kinds of rare tags with nothing in them
ODD: Final = 2  # rare ones among them; the more kinds, the fewer rare ones are needed
SPAM: Final = 3  # names in the text before it counts as theirs

_TOLD: Final = frozenset(
    {"keywords", "description", "articletitle", "sitename", "columnname", "columndescription", "columnkeywords"}
    | {"contentsource", "author", "og:title", "og:description", "og:site_name", "others", "title", "source"}
)
_EMPTY: Final = re.compile(
    r"<([a-z][a-z0-9]{0,11})(?:\s+(?:id|class|lang|dir|name)\s*=\s*[\"']?([\w-]{2,16})[\"']?)?\s*>\s*</\1\s*>",
    re.IGNORECASE,
)
_NAMED: Final = re.compile(
    r"<([a-z][a-z0-9]{0,11})\s+(?:id|class|lang|dir|name)\s*=\s*[\"']?([\w-]{2,16})[\"']?\s*/?>", re.IGNORECASE
)
_CODED: Final = re.compile(r"(?:&#(?:x[0-9a-f]{4,5}|\d{5});\s*){4,}", re.IGNORECASE)
_HEAD: Final = re.compile(r"<title[^>]*>[^<]{0,2000}|<meta\b[^>]{0,4000}>", re.IGNORECASE)
_LITERAL: Final = re.compile("[\u4e00-\u9fff]")
_SYLLABLE: Final = r"[a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü]{1,6}"
_PINYIN: Final = re.compile(
    rf"(?:[\u4e00-\u9fff][,，。、；：\s]?[(（]?{_SYLLABLE}[)）]?[,，。、；：\s]?){{8}}", re.IGNORECASE
)
_VISITOR: Final = re.compile(r"document\s*\.\s*referrer|navigator\s*\.\s*userAgent", re.IGNORECASE)
_ENGINE: Final = re.compile(r"baidu|sogou|haosou|360|so\.com|sm\.cn|bing|google|spider", re.IGNORECASE)
_SENT: Final = re.compile(r"location|document\s*\.\s*write|innerHTML|\.src\b", re.IGNORECASE)
ASIDE: Final = 1_200  # characters of a script in which visitor, engine and jump stand together
OFTEN: Final = 50  # places in a script that are looked at
_PACKED: Final = re.compile(
    r"(?:unescape|decodeURI(?:Component)?|atob)\s*\(|fromCharCode|\\x[0-9a-f]{2}\\x|\\u[0-9a-f]{4}\\u", re.IGNORECASE
)
_ESCAPED: Final = re.compile(r"\\x([0-9a-fA-F]{2})|\\u([0-9a-fA-F]{4})|%u([0-9a-fA-F]{4})")
_CODES: Final = re.compile(r"fromCharCode\s*\(([\d,\s]{8,20000})\)")
_ADDRESS: Final = re.compile(r"(?:https?:)?//([a-z0-9.-]{4,120})", re.IGNORECASE)
_SETS_TITLE: Final = re.compile(r"document\s*\.\s*title\s*=\s*[\"']([^\"']{1,400})")


@check("hijack")
def hijacked(case: Case) -> Iterator[Notice]:
    page = case.page
    yield from _names(page)
    yield from _decoys(page)
    yield from _coded(page)
    yield from _pinyin(page)
    yield from _scripts(page)


def _names(page: Page) -> Iterator[Notice]:
    """Their words where a page says whose it is."""
    for run in page.contents.titles:
        if sign := vice.sign_in(_joined(run.text)):
            yield Notice("hijack-title", excerpt_of(f"{sign}：{run.text}"), run.line, run.column)
            break
    for element in page.contents.metas:
        name = (element.get("name") or element.get("property")).lower()
        if name in _TOLD and (sign := vice.sign_in(_joined(element.get("content")))):
            yield at_element("hijack-meta", element, excerpt_of(f"{name}：{sign}：{element.get('content')}"))
            break
    for run in _edges(page):
        if sign := vice.sign_in(_joined(run.text)):
            yield at_element("hijack-name", run, excerpt_of(f"{sign}：{run.text}"))
            break
    found = vice.names_in(page.text)
    if len({match[0].lower() for match in found}) >= SPAM:
        place = page.place(found[0].start())
        words = "、".join(dict.fromkeys(match[0] for match in found))
        yield Notice("hijack-text", excerpt_of(words), *place, len(found))


def _joined(text: str) -> str:
    return " ".join(text.split())


def _edges(page: Page) -> Iterator[Run]:
    """The lines in which a page introduces itself and takes its leave, and its headings."""
    seen = page.seen
    for heading in page.contents.headings:
        if heading.tag in {"h1", "h2"} and not heading.hidden:
            yield Run(heading.text, heading.line, heading.column)
    at = 0
    for number, run in enumerate(seen):
        if at > OPENING:
            break
        at += len(run.text)
        nexts = seen[number + 1].text if number + 1 < len(seen) and seen[number + 1].gap != "\n" else ""
        yield run._replace(text=(run.text + nexts)[:OPENING])
    at = 0
    for run in reversed(seen):
        if at > CLOSING:
            break
        at += len(run.text)
        if len(run.text) <= SHORT:
            yield run


def _decoys(page: Page) -> Iterator[Notice]:
    """One senseless name on many kinds of tags; or many kinds of rare tags with nothing in them."""
    if not page.contents.odd:
        return
    tags: defaultdict[str, set[str]] = defaultdict(set)
    source = page.source
    for match in _NAMED.finditer(source):
        tags[match[2]].add(match[1].lower())
    for name, used in tags.items():
        if len(used) > REPEATED and (len(used - COMMON) >= ODD or len(used) > 2 * REPEATED - 2):
            at = source.find(name)
            yield Notice(
                "hijack-decoys", excerpt_of(f"{name}：{' '.join(sorted(used))}"), source.count("\n", 0, at) + 1
            )
            return
    empty = [match for match in _EMPTY.finditer(source) if match[1].lower() not in COMMON]
    if len(empty) >= 2 * REPEATED and len({match[1].lower() for match in empty}) >= REPEATED:
        line = source.count("\n", 0, empty[0].start()) + 1
        yield Notice("hijack-decoys", excerpt_of(" ".join(match[0] for match in empty[:4])), line, 1, len(empty))


def _coded(page: Page) -> Iterator[Notice]:
    """A head in character codes over a text in plain characters: written by a machine, for a machine."""
    if "&#" not in page.source[:200_000]:
        return
    for match in _HEAD.finditer(page.source, 0, 200_000):
        coded = _CODED.search(match[0])
        if coded is None:
            continue
        plain = unescape(match[0])
        if (
            vice.sign_in(_joined(plain))
            or len(_LITERAL.findall(page.source[:200_000])) > 5 * len(_CODED.findall(page.source)) + 50
        ):
            line = page.source.count("\n", 0, match.start()) + 1
            tier = Tier.CERTAIN if vice.sign_in(_joined(plain)) else Tier.PROBABLE
            yield Notice("hijack-coded", excerpt_of(unescape(coded[0])), line, 1, 1, tier)
            return


def _pinyin(page: Page) -> Iterator[Notice]:
    for run in page.contents.titles[:1]:
        if match := _PINYIN.search(run.text):
            yield at_element("hijack-pinyin", run, excerpt_of(match[0]))
            return
    if match := _PINYIN.search(page.text):
        yield Notice("hijack-pinyin", excerpt_of(match[0]), *page.place(match.start()))


def _scripts(page: Page) -> Iterator[Notice]:
    for script in page.contents.scripts:
        text = script.text[:300_000]
        if not text:
            continue
        if "referrer" in text or "userAgent" in text:
            cloak = _cloak(text)
            if cloak and (foreign := _foreign(text, page)):
                yield at_element("hijack-cloak", script, excerpt_of(f"{foreign}：{cloak}"))
        title = _SETS_TITLE.search(text)
        if title and (sign := vice.sign_in(unescape(unpacked(title[1])))):
            yield at_element("hijack-title", script, excerpt_of(f"document.title：{sign}"))
        if _PACKED.search(text):
            plain = unpacked(text)
            if len(vice.names_in(plain)) >= SPAM or any(vice.is_target(host) for host in _ADDRESS.findall(plain)):
                yield at_element("hijack-packed", script, excerpt_of(plain))


def _cloak(text: str) -> str:
    """Asks where the visitor comes from, knows a search engine, and sends him on."""
    for match in islice(_VISITOR.finditer(text), OFTEN):
        aside = text[max(match.start() - ASIDE // 4, 0) : match.start() + ASIDE]
        if _ENGINE.search(aside) and _SENT.search(text, match.end(), match.start() + ASIDE):
            return aside
    return ""


def _foreign(text: str, page: Page) -> str:
    """A host somewhere in this script that is neither the page's nor a search engine's."""
    own = domain_of(page.host)
    for host in _ADDRESS.findall(text):
        if domain_of(host.lower()) != own and not vice.is_household(host.lower()):
            return host
    return ""


def unpacked(text: str) -> str:
    """What unescape, fromCharCode and the escapes of JavaScript say."""
    text = _CODES.sub(lambda match: _characters(match[1]), unquote(text, errors="replace"))
    return _ESCAPED.sub(lambda match: chr(int(match[1] or match[2] or match[3], 16)), text)


def _characters(codes: str) -> str:
    numbers = (int(code) for code in codes.split(",") if code.strip().isdigit())
    return "".join(chr(number) for number in numbers if number < 0x110000)
