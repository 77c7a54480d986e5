"""Search over a cluster: how fast, how complete, how exact; against SQLite FTS5 over the same pairs of characters.

    python bench/search.py [--docs 200000] [--queries 60] [--peer-docs N] [--seed 1]

Prints JSON lines. A query is everything the public page needs: total, ten hits, five facets, marks. Both engines answer
each query in turn, in one process, in changing order. "common" terms stand in a third of all texts or more.
"""

import argparse
import itertools
import json
import os
import random
import resource
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from pypinyin.phrases_dict import phrases_dict

from jiyue.search.highlight import marked, snippet
from jiyue.search.index import Document, Facet, Query, Sort
from jiyue.search.tantivy_index import TantivyIndex
from jiyue.search.tantivy_schema import searchable
from jiyue.search.text import bigrams, terms_of


COMMON = [
    "关于",
    "印发",
    "通知",
    "人民政府",
    "办公室",
    "政务公开",
    "营商环境",
    "优化",
    "建设",
    "项目",
    "管理",
    "服务",
    "工作",
    "实施",
    "方案",
    "意见",
    "规定",
    "办法",
    "审批",
    "改革",
    "经济",
    "发展",
    "社会",
    "保障",
    "教育",
    "医疗",
    "就业",
    "创业",
    "交通",
    "公路",
    "环境",
    "保护",
    "生态",
    "农业",
    "农村",
    "乡村振兴",
    "企业",
    "市场",
    "监管",
    "安全生产",
    "应急",
    "防汛",
    "消防",
    "住房公积金",
    "养老保险",
    "居民身份证",
    "户籍",
    "登记",
    "办理",
    "申请",
    "材料",
    "流程",
    "时限",
    "收费",
    "依据",
    "公示",
    "公告",
    "招标",
    "采购",
    "财政",
    "预算",
    "决算",
    "审计",
    "统计",
    "数据",
    "信息",
    "系统",
    "平台",
    "网站",
    "集约化",
    "领导小组",
    "会议",
    "精神",
    "落实",
    "推进",
    "加强",
    "提升",
    "质量",
    "水平",
    "全面",
    "深入",
    "持续",
    "开展",
    "检查",
    "专项整治",
    "行动",
    "责任",
    "部门",
    "单位",
    "街道",
    "社区",
    "群众",
    "投诉",
    "举报",
    "建议",
    "提案",
    "答复",
    "政策",
    "解读",
    "问答",
]
MIXED = ("G15高速", "2026年", "5%", "第十二条", "（试行）", "“放管服”", "PM2.5", "3.6亿元")
BOILERPLATE = "云州市人民政府办公室"
UNITS_PER_SITE = 2
START = datetime(2017, 1, 1, tzinfo=UTC)
KINDS = ("news", "notice", "policy", "interpretation", "link", "gallery")
VALIDITIES = ("", "", "", "valid", "repealed")


class Corpus:
    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)
        phrases = sorted(phrase for phrase in phrases_dict if all("一" <= char <= "龥" for char in phrase))
        self._rng.shuffle(phrases)
        self._words = COMMON + phrases[:40_000]
        self._weights = list(itertools.accumulate(1 / (rank + 25) ** 0.9 for rank in range(len(self._words))))

    def documents(self, count: int) -> Iterator[Document]:
        for number in range(1, count + 1):
            yield self.document(number)

    def document(self, number: int) -> Document:
        rng, site = self._rng, self._rng.randrange(150)
        day = START + timedelta(days=rng.randrange(3650))
        kind = rng.choice(KINDS)
        doc_number = f"云政办发〔{day.year}〕{number % 400 + 1}号" if kind == "policy" else ""
        opening = BOILERPLATE if rng.random() < 0.3 else ""
        return Document(
            id=number,
            website=site,
            unit=site * UNITS_PER_SITE + rng.randrange(UNITS_PER_SITE),
            kind=kind,
            title=opening + self._text(rng.randint(8, 26)),
            address=f"/xx/{day:%Y/%m}/{number}.html",
            released_at=day,
            year=day.year,
            body=self._text(rng.randint(200, 500)),
            doc_number=doc_number,
            validity=rng.choice(VALIDITIES),
        )

    def _text(self, length: int) -> str:
        parts: list[str] = []
        for word in self._rng.choices(self._words, cum_weights=self._weights, k=length):
            parts.append(word)
            chance = self._rng.random()
            if chance < 0.03:
                parts.append(self._rng.choice(MIXED))
            elif chance < 0.2:
                parts.append("，" if chance < 0.12 else "。\n" if chance < 0.15 else "、")
        return "".join(parts)[:length]


class Fts5:
    """The peer: contentless FTS5 over pairs of characters (trigrams cannot answer two-character words), facets and
    texts in an ordinary table."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path)
        self._db.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=1073741824; PRAGMA cache_size=-200000;"
            "CREATE VIRTUAL TABLE pairs USING fts5(title, body, content='', tokenize=\"unicode61 categories 'L* N* P* S* M* Co'\");"
            "CREATE TABLE doc(id INTEGER PRIMARY KEY, site INT, kind TEXT, year INT, unit INT, validity TEXT, at INT,"
            " title TEXT, body TEXT);"
        )

    def build(self, documents: list[Document]) -> None:
        for document in documents:
            self._db.execute(
                "INSERT INTO doc VALUES(?,?,?,?,?,?,?,?,?)",
                (document.id, document.website, document.kind, document.year, document.unit, document.validity,
                 int(document.released_at.timestamp()), document.title, document.body),
            )  # fmt: skip
            title, rest = searchable(document).split("␤", 1)
            self._db.execute(
                "INSERT INTO pairs(rowid,title,body) VALUES(?,?,?)", (document.id, _pairs(title), _pairs(rest))
            )
        self._db.commit()
        self._db.execute("INSERT INTO pairs(pairs) VALUES('optimize')")
        self._db.commit()

    def search(self, query: Query) -> int:
        match = " AND ".join('"' + _pairs(term).replace('"', '""') + '"' for term in query.terms)
        found = "WITH hit AS MATERIALIZED (SELECT rowid FROM pairs WHERE pairs MATCH :match)"
        counts = " UNION ALL ".join(
            f"SELECT '{facet}', {facet}, count(*) FROM doc WHERE id IN hit GROUP BY {facet}" for facet in Facet
        )
        rows = self._db.execute(f"{found} {counts}", {"match": match}).fetchall()
        order = "ORDER BY at DESC" if query.sort is Sort.DATE else "ORDER BY bm25(pairs, 5, 1)"
        hits = self._db.execute(
            f"SELECT doc.title, doc.body FROM pairs JOIN doc ON doc.id = pairs.rowid WHERE pairs MATCH :match {order} LIMIT 10",
            {"match": match},
        ).fetchall()
        for title, body in hits:
            marked(title, query.terms)
            snippet(body, query.terms)
        return sum(count for facet, _, count in rows if facet == Facet.SITE)


def _pairs(text: str) -> str:
    return " ".join(bigrams(text))


def queries(rng: random.Random, documents: list[Document], count: int) -> dict[str, list[Query]]:
    def pick(low: int, high: int) -> str:
        while True:
            document = rng.choice(documents)
            text, length = rng.choice((document.title, document.body, document.body)), rng.randint(low, high)
            start = rng.randrange(max(len(text) - length, 1))
            terms = terms_of(text[start : start + length])
            if len(terms) == 1 and len(terms[0]) >= 2:
                return terms[0]

    def of(terms: Callable[[], list[str]], **options: object) -> list[Query]:
        return [Query(tuple(dict.fromkeys(terms())), **options) for _ in range(count)]  # type: ignore[arg-type]

    return {
        "substring of 2-4": of(lambda: [pick(2, 4)]),
        "substring of 5-12": of(lambda: [pick(5, 12)]),
        "1 common term": of(lambda: [rng.choice(COMMON)]),
        "2 common terms": of(lambda: rng.sample(COMMON, 2)),
        "3 common terms": of(lambda: rng.sample(COMMON, 3)),
        "2 terms": of(lambda: [rng.choice(COMMON), pick(2, 4)]),
        "3 terms": of(lambda: [rng.choice(COMMON), pick(2, 3), pick(2, 3)]),
        "office name": of(lambda: [BOILERPLATE[: rng.randint(5, 10)]]),
        "by date": of(lambda: [rng.choice(COMMON)], sort=Sort.DATE),
        "one site": of(lambda: [rng.choice(COMMON)], website=7),
        "two filters": of(lambda: [rng.choice(COMMON)], filters={Facet.YEAR: "2024", Facet.KIND: "policy"}),
    }


def ours(index: TantivyIndex, query: Query) -> int:
    results = index.search(query)
    for hit in results.hits:
        marked(hit.title, query.terms)
        snippet(hit.body, query.terms)
    return results.total


@dataclass
class Timer:
    """Milliseconds of one engine: on the wall, and of the processor (steadier on a machine that others use)."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def run(self, work: Callable[[], int]) -> int:
        wall, cpu = time.perf_counter(), time.thread_time()
        answer = work()
        self.wall.append((time.perf_counter() - wall) * 1000)
        self.cpu.append((time.thread_time() - cpu) * 1000)
        return answer


def measure(index: TantivyIndex, peer: Fts5 | None, classes: dict[str, list[Query]]) -> None:
    everything = Timer()
    for name, batch in classes.items():
        mine, theirs, unequal = Timer(), Timer(), 0
        for number, query in enumerate(batch):
            runs = [partial(mine.run, partial(ours, index, query))]
            if peer and query.website is None and not query.filters:
                runs.append(partial(theirs.run, partial(peer.search, query)))
            totals = {run() for run in (runs if number % 2 else runs[::-1])}
            unequal += len(totals) > 1
        everything.wall += mine.wall
        everything.cpu += mine.cpu
        say(
            "queries",
            name=name,
            ours_ms=spread(mine.wall),
            ours_cpu_ms=spread(mine.cpu),
            peer_ms=spread(theirs.wall),
            peer_cpu_ms=spread(theirs.cpu),
            unequal_totals=unequal,
        )
    say("all queries", ours_ms=spread(everything.wall), ours_cpu_ms=spread(everything.cpu), load=os.getloadavg()[0])


def check(index: TantivyIndex, documents: list[Document], rng: random.Random, count: int) -> None:
    """Recall and precision of random substrings against a plain scan of all texts."""
    texts = {document.id: searchable(document) for document in documents}
    expected = found = right = 0
    for query in itertools.islice(itertools.cycle(itertools.chain(*substring_classes(rng, documents, count))), count):
        truth = {pk for pk, text in texts.items() if query.terms[0] in text}
        results = index.search(Query(query.terms, limit=max(len(truth) + 100, 200)))
        ids = {hit.id for hit in results.hits}
        expected, found, right = expected + len(truth), found + results.total, right + len(ids & truth)
    say("exactness", substrings=count, expected=expected, recall=right / expected, precision=right / max(found, 1))


def substring_classes(rng: random.Random, documents: list[Document], count: int) -> list[list[Query]]:
    classes = queries(rng, documents, count)
    mixed = list(zip(classes["substring of 2-4"], classes["substring of 5-12"], strict=True))
    return [list(pair) for pair in mixed]


def commits(index: TantivyIndex, corpus: Corpus, first: int, count: int) -> None:
    """One new document at a time: written, committed, found."""
    times = []
    for number in range(first, first + count):
        document = corpus.document(number)
        start = time.perf_counter()
        index.apply([document], [])
        seen = index.search(Query(terms_of(document.body[:40].split("\n")[0]), limit=50))
        times.append((time.perf_counter() - start) * 1000)
        if number not in {hit.id for hit in seen.hits}:
            sys.exit(f"document {number} was committed and is not found")
    say("single commit", ms=spread(times))


def spread(values: list[float]) -> dict[str, float]:
    if not values:
        return {}
    ordered = sorted(values)
    return {
        "p50": round(statistics.median(ordered), 2),
        "p95": round(ordered[min(int(len(ordered) * 0.95), len(ordered) - 1)], 2),
        "max": round(ordered[-1], 2),
    }


def say(what: str, **values: object) -> None:
    print(json.dumps({"what": what, **values}, ensure_ascii=False), flush=True)


def size(path: Path) -> float:
    files = path.rglob("*") if path.is_dir() else path.parent.glob(path.name + "*")
    return round(sum(file.stat().st_size for file in files if file.is_file()) / 1e6, 1)


def build(what: str, count: int, path: Path, work: Callable[[], object]) -> None:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    say(
        what,
        docs=count,
        seconds=round(wall, 1),
        cpu_seconds=round(cpu, 1),
        docs_per_second=round(count / wall),
        mb=size(path),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--docs", type=int, default=200_000)
    parser.add_argument("--queries", type=int, default=60, help="of each class")
    parser.add_argument("--substrings", type=int, default=300, help="checked against a scan of all texts")
    parser.add_argument("--no-peer", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="bench-search-"))
    corpus, rng = Corpus(options.seed), random.Random(options.seed + 1)
    documents = list(corpus.documents(options.docs))
    index = TantivyIndex(folder / "index")
    build(
        "build ours",
        options.docs,
        folder / "index",
        lambda: index.rebuild(documents, rng.sample(documents, min(4000, len(documents)))),
    )
    peer = None
    if not options.no_peer:
        peer = Fts5(folder / "peer.db")
        build("build peer (FTS5 pairs)", options.docs, folder / "peer.db", lambda: peer.build(documents))
    measure(index, peer, queries(rng, documents, options.queries))
    check(index, documents, rng, options.substrings)
    commits(index, corpus, options.docs + 1, 60)
    say("memory", peak_mb=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
