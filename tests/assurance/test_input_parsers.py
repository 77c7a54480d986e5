"""What reads foreign bytes - old pages, Word files, pastes, host names, rules of index numbers - refuses or reads, never breaks."""

import contextlib
import io
import json
import random
import time
import zipfile
from dataclasses import dataclass, field
from html import escape

import pytest
from django.core.exceptions import ValidationError

from jiyue.common.errors import Refused
from jiyue.library.index_numbers import spell
from jiyue.onboarding.extraction import page_of
from jiyue.onboarding.page import NotAnArticle
from jiyue.onboarding.word import from_docx, from_paste
from jiyue.publishing.server import Hosts
from jiyue.websites.models import Website
from tests.assurance.vectors import KNOWN, hostile
from tests.common.test_html import escapes
from tests.onboarding.samples import DRAWN, PARAGRAPHS, docx, list_page, page, paragraph, png, table


SLOW = 5  # seconds for one input; the slowest seen takes a hundredth of it


@dataclass
class Tally:
    read: int = 0
    refused: int = 0
    slowest: float = 0.0
    wrong: list[str] = field(default_factory=list)

    def judge(self, what: object, read) -> None:
        """``read`` answers the HTML it made of an input."""
        began = time.perf_counter()
        try:
            made = read()
        except (Refused, NotAnArticle):
            self.refused += 1
        else:
            self.read += 1
            self.wrong += [f"{what!r:.300} -> {html!r:.300}" for html in made if escapes(html)]
        self.slowest = max(self.slowest, time.perf_counter() - began)

    def figures(self) -> dict[str, object]:
        return {
            "读出": self.read,
            "拒绝": self.refused,
            "越出": len(self.wrong),
            "最慢毫秒": round(self.slowest * 1000),
        }


def struck(text: str, chance: random.Random) -> str:
    """A text with pieces of attacks put in, left out and doubled."""
    for _ in range(chance.randint(1, 6)):
        at = chance.randint(0, len(text))
        piece = chance.choice(("", chance.choice(KNOWN), text[at : at + chance.randint(1, 200)]))
        text = text[:at] + piece + text[at + chance.choice((0, 0, 1, 20)) :]
    return text


def blocks_of(taken) -> list[str]:
    return [block.value for block in taken.blocks if block.kind in {"text", "table"}]


@pytest.mark.promise(
    "input", "旧网页的正文提取不被任何网页弄垮，也不带出语法之外的东西", "0 个异常，0 个越出语法，0 次超过 5 秒"
)
def test_extraction_of_old_pages(size, measured):
    chance, tally = random.Random(21), Tally()
    pages = [
        page(),
        list_page(),
        page(head="<meta name=ArticleTitle content='题'>"),
        page(body=f"<div>{PARAGRAPHS}</div>" * 3),
    ]
    attacks = hostile(size(1_500, 50_000), 21)
    for number, html in enumerate(attacks):
        given = page(body=PARAGRAPHS + html) if number % 3 else struck(chance.choice(pages), chance)
        tally.judge(given, lambda text=given: [page_of(text).body])
        with contextlib.suppress(Refused):
            tally.wrong += [made for made in blocks_of(from_paste(html)) if escapes(made)]
    measured(**tally.figures())

    assert tally.wrong[:3] == []
    assert tally.slowest < SLOW
    assert min(tally.read, tally.refused) > 10


WORD = docx(
    paragraph("停水通告", "a3") + paragraph("一、安排", "1") + table([["村名", "时间"], ["青溪村", "九时"]]) + DRAWN,
    png(),
)


def struck_word(chance: random.Random) -> bytes:
    """A Word file with damaged XML in sound packing, or damaged packing."""
    if chance.random() < 0.4:
        body = bytearray(WORD)
        for _ in range(chance.randint(1, 6)):
            body[chance.randrange(len(body))] = chance.randrange(256)
        return bytes(body[: chance.choice((None, None, chance.randrange(len(body))))])
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(WORD)) as whole, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in whole.namelist():
            data = whole.read(name)
            if name == "word/document.xml":
                data = data.replace("青溪村".encode(), escape(chance.choice(KNOWN)).encode("utf-8", "ignore"))
            if name.endswith((".xml", ".rels")) and chance.random() < 0.15:
                data = struck(data.decode("utf-8", "replace"), chance).encode("utf-8", "ignore")
            if chance.random() > 0.03:
                archive.writestr(name, data)
    return file.getvalue()


@pytest.mark.promise("input", "损坏和伪造的 Word 文件只被读出或拒绝", "0 个异常，0 个越出语法，0 次超过 5 秒")
def test_reading_of_word_files(size, measured):
    chance, tally = random.Random(22), Tally()
    for _ in range(size(600, 20_000)):
        data = struck_word(chance)
        tally.judge(data[:40], lambda given=data: blocks_of(from_docx(given, "a.docx")))
    measured(**tally.figures())

    assert tally.wrong[:3] == []
    assert tally.slowest < SLOW
    assert min(tally.read, tally.refused) > 10


@pytest.mark.promise(
    "input", "任何 Host 头都不使内置服务器走出登记的目录", "只得到登记的目录、“未登记”或拒绝，0 个异常"
)
def test_reading_of_host_names(tmp_path, settings, size, measured):
    settings.PUBLIC_ROOT = tmp_path
    known = {f"bm{number:03d}.localhost": f"bm{number:03d}" for number in range(150)}
    (tmp_path / "hosts.json").write_text(json.dumps(known))
    hosts, chance, folders = Hosts(), random.Random(23), set()
    pieces = [*known, "..", "/", "\\", ":", ":80", "[", "]", "[::1]", "@", "%2e%2e", "\x00", "\r\n", " ", "ｂ", "İ", "xn--", ".", "中国", "a" * 300]  # fmt: skip
    count = size(20_000, 1_000_000)
    for _ in range(count):
        found = hosts.resolve("".join(chance.choices(pieces, k=chance.randint(1, 4))))
        folders.add(found[1] if found else None)
    measured(域名=count, 得到的目录=len(folders))

    assert folders - set(known.values()) - {None} <= {".unknown"}
    assert len(folders) > 100


@pytest.mark.promise("input", "索引号规则里写不进程序", "只接收列明的几项，其余拒绝；0 个异常，0 个长于 60 字的索引号")
def test_rules_of_index_numbers(cluster, measured):
    site = Website.objects.get(pk=cluster.site.pk)
    rules = [
        "{code.__class__.__mro__}", "{code.__init__.__globals__}", "{seq.__class__}", "{seq:0999999999d}", "{seq:>99999999}",
        "{0}", "{}", "{code!r}", "{settings}", "{code[0]}", "{seq:{seq}d}", "{yyyy", "}", "{seq:,}", "%(code)s{x}",
    ]  # fmt: skip
    refused = 0
    for rule in rules:
        site.index_number_template = rule
        with pytest.raises(ValidationError):
            site.full_clean()
        with pytest.raises(ValidationError):
            spell(site, released_at=cluster.at, serial=7)
        refused += 1
    measured(写法=len(rules), 拒绝=refused)
    site.index_number_template = "{code}" * 13  # fits its own column, its numbers do not fit theirs
    site.code = "a" * 10
    with pytest.raises(ValidationError):
        site.full_clean()

    site.code = cluster.site.code
    site.index_number_template = "{code}-{uscc}-{org9}/{yyyy}{yyyymm}-{seq:05d}-{seq}"
    site.full_clean()
    assert len(spell(site, released_at=cluster.at, serial=7)) <= 60
