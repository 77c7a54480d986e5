"""Real pages and official texts, read where they lie beside the repository. Nothing of them is kept here."""

import json
import re
from pathlib import Path

import pytest

from jiyue.common.html import clean, text_of
from jiyue.inspector.charset import decode
from jiyue.onboarding import extraction, texts
from jiyue.onboarding.facts import doc_number_in
from jiyue.onboarding.page import NotAnArticle


SHARED = Path(__file__).resolve().parents[3] / "shared"
DATA = SHARED / "data"
PAGES = sorted(DATA.glob("real_html/*.html"))
if not PAGES:
    pytest.skip(f"NOT TESTED ON REAL PAGES: {DATA} is not here", allow_module_level=True)

ARTICLES = {"cmse": 1700, "deqing": 240, "gov_cn": 280, "hunan": 590, "people": 690, "xinhuanet": 550}
REFUSED = {"handan_gov_xxgk_details": "empty", "handan_gov_xxgk_index": "list", "ordos": "list"}


def without(pattern, html):
    return re.sub(pattern, "", html)


NAMES = r"""\s(?:class|id)\s*=\s*("[^"]*"|'[^']*')"""
DISGUISES = {
    "as it is": lambda html: html.encode(),
    "saved as GBK": lambda html: html.encode("gb18030"),
    "saved as UTF-16": lambda html: html.encode("utf-16"),
    "declared wrongly": lambda html: re.sub("(?i)charset=utf-8", "charset=big5", html).encode(),
    "without meta tags": lambda html: without("<meta[^>]*>", html).encode(),
    "without classes": lambda html: without(NAMES, html).encode(),
    "with neither": lambda html: without(NAMES, without("<meta[^>]*>", html)).encode(),
}


def page_in(path, disguise="as it is"):
    html = decode(path.read_bytes()).text
    return extraction.page_of(decode(DISGUISES[disguise](html)).text)


def named(start):
    return next(path for path in PAGES if path.name.startswith(start))


def squeezed(page):
    return "".join(text_of(page.body).split())


@pytest.mark.parametrize("start", ARTICLES)
@pytest.mark.parametrize("disguise", DISGUISES)
def test_the_article_is_found_whatever_the_page_hides(start, disguise):
    plain, disguised = page_in(named(start)), page_in(named(start), disguise)

    assert len(squeezed(plain)) >= ARTICLES[start]
    assert squeezed(disguised) == squeezed(plain)
    assert disguised.title == plain.title
    if start != "gov_cn" or ("meta" not in disguise and "neither" not in disguise):
        assert disguised.published_at.date() == plain.published_at.date()


@pytest.mark.parametrize("start", REFUSED)
@pytest.mark.parametrize("disguise", DISGUISES)
def test_lists_and_empty_pages_are_refused_whatever_they_hide(start, disguise):
    with pytest.raises(NotAnArticle) as refused:
        page_in(named(start), disguise)

    assert refused.value.kind in {"list", "empty"}


def test_the_hijacked_page_is_recognised():
    html = next(SHARED.glob("seeds/001_*")).read_text()

    with pytest.raises(NotAnArticle) as refused:
        extraction.page_of(html)

    assert refused.value.kind == "hijacked"


def test_official_texts_are_taken_or_refused_with_a_reason():
    taken, refused = [], []
    for line in (DATA / "official_texts.jsonl").read_text().splitlines():
        record = json.loads(line)
        try:
            taken.append(texts.page_of(record["text"], record["title"]))
        except NotAnArticle as reason:
            refused.append(reason)

    assert (len(taken), len(refused)) == (66, 4)
    assert all(reason.kind == "list" for reason in refused)
    assert sum(page.published_at is not None for page in taken) >= 48
    assert not any(re.search(r"当前位置|打印本页|关闭窗口|ICP备", text_of(page.body)[-60:]) for page in taken)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_whole_pages_settle_when_cleaned(path):
    cleaned = clean(decode(path.read_bytes()).text)

    assert clean(cleaned) == cleaned


def test_printed_document_numbers_are_brought_into_the_standard_form():
    printed = [line.rsplit(",", 1)[-1].strip() for line in (DATA / "doc_numbers.csv").read_text().splitlines()[1:]]

    assert sum(bool(doc_number_in(number)) for number in printed) >= 0.995 * len(printed)
