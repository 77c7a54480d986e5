import csv
import errno
import random
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from jiyue.search.index import Facet, Query, Sort
from jiyue.search.tantivy_index import IndexFailed, TantivyIndex
from jiyue.search.tantivy_schema import facet_values, searchable
from jiyue.search.text import terms_of
from tests.search.conftest import a_document


DOC_NUMBERS = Path(__file__).parents[3] / "shared/data/doc_numbers.csv"
WORDS = [
    "政务公开",
    "人民政府",
    "营商环境",
    "G15高速",
    "云州市",
    "办事",
    "的",
    "，",
    "。\n",
    " ",
    "2026年",
    "PM2.5",
    "（试行）",
    "“一网通办”",
    "〔2026〕31号",
    "open data",
    "５％",
    "𠮷野",
]
texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=12).map("".join)


def found(index, query, **options):
    return {hit.id for hit in index.search(Query(terms_of(query), limit=500, **options)).hits}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=8), st.booleans(), st.data())
def test_every_substring_is_found_and_nothing_else(tmp_path_factory, contents, rebuilt, data):
    index = TantivyIndex(tmp_path_factory.mktemp("index"))
    documents = [a_document(pk, title=title, body=body) for pk, (title, body) in enumerate(contents, start=1)]
    if rebuilt:
        index.rebuild(documents, documents * 5)  # a lexicon of its own
    else:
        index.apply(documents, [])
    source = data.draw(st.sampled_from([text for pair in contents for text in pair]))
    start = data.draw(st.integers(0, len(source) - 1))
    query = source[start : start + data.draw(st.integers(1, 12))]
    assume(terms_of(query))

    expected = {d.id for d in documents if all(term in searchable(d) for term in terms_of(query))}
    assert found(index, query) == expected
    assert index.search(Query(terms_of(query))).total == len(expected)
    index.close()


def test_document_numbers_are_found_in_every_form_of_brackets(index):
    if not DOC_NUMBERS.exists():
        pytest.skip(f"no real document numbers at {DOC_NUMBERS}")
    with DOC_NUMBERS.open(encoding="utf-8") as file:
        numbers = [row["doc_number"].removeprefix("发文字号：").strip() for row in csv.DictReader(file)]
    numbers = [number for number in dict.fromkeys(numbers) if len(number) > 5][:400]
    index.apply([a_document(pk, doc_number=number) for pk, number in enumerate(numbers)], [])

    for pk, number in enumerate(numbers):
        for brackets in ("〔〕", "[]", "()", "【】", "（）"):
            assert pk in found(index, number.translate(str.maketrans("〔〕", brackets))), number


def test_several_words_must_all_be_there(index):
    index.apply(
        [a_document(1, body="营商环境"), a_document(2, body="营商环境 审批"), a_document(3, title="审批", body="")], []
    )

    assert found(index, "营商环境 审批") == {2}


def test_a_single_character_is_found(index):
    index.apply([a_document(1, title="水", body=""), a_document(2, title="电", body="")], [])

    assert found(index, "水") == {1}


def test_title_comes_before_text_and_the_exact_title_first(index):
    index.apply(
        [
            a_document(1, title="新闻", body="政府信息公开条例 " * 20),
            a_document(2, title="政府信息公开条例解读", body="问答"),
            a_document(3, title="政府信息公开条例", body="全文", released_at=datetime(2007, 4, 5, tzinfo=UTC)),
        ],
        [],
    )

    hits = index.search(Query(("政府信息公开条例",))).hits
    assert [hit.id for hit in hits] == [3, 2, 1]


def test_of_equals_the_newer_and_the_weightier_come_first(index):
    old, new = datetime(2017, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
    index.apply(
        [a_document(1, released_at=old), a_document(2, released_at=new), a_document(3, released_at=new, weight=1.5)], []
    )

    assert [hit.id for hit in index.search(Query(("营商",))).hits] == [3, 2, 1]


def test_by_date_the_newest_comes_first(index):
    days = {pk: datetime(2026, 1, day, tzinfo=UTC) for pk, day in ((1, 5), (2, 9), (3, 7))}
    index.apply([a_document(pk, released_at=day) for pk, day in days.items()], [])

    assert [hit.id for hit in index.search(Query(("营商",), sort=Sort.DATE)).hits] == [2, 3, 1]


def test_pinyin_initials_find_titles_when_nothing_else_does(index):
    index.apply([a_document(1, title="重庆路改造的通知", body=""), a_document(2, title="无关", body="cqlgz")], [])

    by_text, by_initials = index.search(Query(("cqlgz",))), index.search(Query(("lgzdtz",)))
    assert [hit.id for hit in by_text.hits] == [2]
    assert [hit.id for hit in by_initials.hits] == [1]
    assert by_initials.by_initials


@pytest.mark.parametrize("filters", [{}, {Facet.YEAR: "2024"}, {Facet.KIND: "policy", Facet.SITE: "2"}])
@pytest.mark.parametrize("website", [None, 1])
def test_facets_count_what_a_plain_count_counts(index, filters, website):
    rng = random.Random(5)
    documents = [
        a_document(
            pk,
            body=rng.choice(["甲乙丙", "甲乙", "丙丁"]),
            website=rng.randrange(1, 4),
            unit=rng.randrange(1, 6),
            kind=rng.choice(["news", "policy"]),
            validity=rng.choice(["", "valid", "repealed"]),
            released_at=datetime(rng.randrange(2020, 2026), 5, 1, tzinfo=UTC),
        )
        for pk in range(1, 200)
    ]
    index.apply(documents, [])

    results = index.search(Query(("甲乙",), website=website, filters=filters))

    matching = [d for d in documents if "甲乙" in d.body and website in (None, d.website)]
    for facet in Facet:
        others = [(other, value) for other, value in filters.items() if other is not facet]
        rows = [facet_values(d) for d in matching]
        kept = [row[facet] for row in rows if all(row[other] == value for other, value in others)]
        assert results.facets[facet] == Counter(filter(None, kept))
    rows = [facet_values(d) for d in matching]
    assert results.total == sum(all(row[facet] == value for facet, value in filters.items()) for row in rows)


def test_pages_follow_each_other_without_gap(index):
    index.apply([a_document(pk, released_at=datetime(2026, 1, pk, tzinfo=UTC)) for pk in range(1, 24)], [])

    pages = [index.search(Query(("营商",), sort=Sort.DATE, offset=offset)).hits for offset in (0, 10, 20, 30)]
    assert [hit.id for page in pages for hit in page] == list(range(23, 0, -1))
    assert pages[3] == []


def test_a_changed_document_is_found_by_its_new_text_only(index):
    index.apply([a_document(1, title="旧标题")], [])
    index.apply([a_document(1, title="新标题")], [])

    assert found(index, "旧标题") == set()
    assert found(index, "新标题") == {1}


def test_a_removed_document_is_gone_at_once(index):
    index.apply([a_document(1), a_document(2)], [])
    index.apply([], [1])

    assert found(index, "营商") == {2}


def test_nothing_asked_nothing_found(index):
    assert index.search(Query(())).total == 0
    index.apply([a_document(1)], [])
    assert index.search(Query(())).total == 0


def test_a_hit_carries_what_was_written(index):
    document = a_document(7, doc_number="云政发〔2026〕1号", validity="valid", summary="概述", kind="policy")
    index.apply([document], [])

    assert index.search(Query(("概述",))).hits == [document]


def test_an_index_that_could_not_be_written_is_written_by_the_next_round(index, home):
    index.apply([a_document(1)], [])
    index.close()
    meta = home / "search" / "current" / "meta.json"
    whole = meta.read_bytes()
    meta.write_bytes(whole[:20])
    with pytest.raises(IndexFailed):
        index.apply([a_document(2, body="营商环境")], [])
    meta.write_bytes(whole)

    index.apply([a_document(2, body="营商环境")], [])

    assert index.search(Query(("营商环境",))).total == 2


def test_an_index_without_a_folder_to_write_to_says_which_error_it_met(index, home):
    index.apply([a_document(1)], [])
    index.close()
    lock = home / "search" / "current" / ".tantivy-writer.lock"
    lock.unlink(missing_ok=True)
    lock.mkdir()

    with pytest.raises(IndexFailed) as failed:
        index.apply([a_document(2)], [])

    assert failed.value.errno == errno.EISDIR


def test_what_a_killed_writer_had_begun_does_not_stand_in_the_way(index, home):
    index.apply([a_document(1, body="营商环境"), a_document(2, body="营商环境")], [])
    index.close()
    meta = home / "search" / "current" / "meta.json"
    before = meta.read_bytes()
    index.apply([], [1])
    index.close()
    meta.write_bytes(before)  # killed when all was written but the last file

    index.apply([], [1])

    assert index.search(Query(("营商环境",))).total == 1
