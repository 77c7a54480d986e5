"""The embedded engine: Tantivy below ``HOME/search``.

``current`` is a link to the directory in use. A rebuild fills another directory and moves the link, so that readers
see the old index or the new one, never half of one. One process writes at a time; the lock is the operating system's
and dies with its holder, and what was not committed is simply not there.
"""

import itertools
import json
import re
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from uuid import uuid4

from tantivy import Index, IndexWriter, Occur, Searcher
from tantivy import Query as Clause

from jiyue.search.index import EMPTY, Document, Facet, Query, Results, Sort
from jiyue.search.lexicon import Lexicon, mine
from jiyue.search.tantivy_schema import (
    contains,
    make_schema,
    merits,
    register_tokenizers,
    row_of,
    searchable,
    spelled,
    unpack,
)


HEAP, REBUILD_HEAP = 30_000_000, 200_000_000
LOCK_PATIENCE = 10.0  # seconds
FACET_VALUES = 1000
LEXICON = "lexicon.json"
OS_ERROR = re.compile(r"(?:os error |Os { code: )(\d+)")


class IndexFailed(OSError):  # noqa: N818 -- says what is the case, like Refused
    """The index could not be written. The changes stay in the outbox."""


class IndexBusy(IndexFailed):
    """Another process holds the right to write."""


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """What one query reads: never changes under it."""

    stamp: tuple[int, int]
    folder: Path
    index: Index
    searcher: Searcher
    lexicon: Lexicon


class TantivyIndex:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._current = folder / "current"
        self._snapshot: _Snapshot | None = None
        self._writer: tuple[Path, IndexWriter, Lexicon] | None = None
        self._reading, self._writing = Lock(), Lock()

    def is_there(self) -> bool:
        return self._stamp() is not None

    def search(self, query: Query) -> Results:
        snapshot = self._latest()
        if snapshot is None or not query.terms:
            return EMPTY
        found = _Search(snapshot, query).results()
        spellable = all(len(term) > 1 and term.isascii() and term.isalpha() for term in query.terms)
        if found.total == 0 and spellable:
            return _Search(snapshot, query, by_initials=True).results()
        return found

    def apply(self, upserts: Iterable[Document], deletes: Iterable[int]) -> None:
        with self._writing:
            try:
                with _told_apart():
                    writer, lexicon = self._open_writer()
                    for pk in deletes:
                        writer.delete_documents_by_term("id", pk)
                    for document in upserts:
                        writer.delete_documents_by_term("id", document.id)
                        writer.add_document(row_of(document, lexicon))
                    writer.commit()
            except BaseException:
                self._writer = None  # its threads are gone, and what they held
                raise

    def rebuild(self, documents: Iterable[Document], sample: Iterable[Document]) -> int:
        self._remove_old()
        folder = self._folder / f"index-{uuid4().hex[:12]}"
        index = _create(folder, mine([searchable(document) for document in sample]))
        lexicon = _read_lexicon(folder)
        with _told_apart():
            writer = index.writer(REBUILD_HEAP, num_threads=1)
            for document in documents:
                writer.add_document(row_of(document, lexicon))
            writer.commit()
            writer.wait_merging_threads()
        self._switch_to(folder)
        return _open(folder).searcher().num_docs

    def close(self) -> None:
        with self._writing:
            if self._writer:
                self._writer[1].wait_merging_threads()
            self._writer = None

    def _latest(self) -> _Snapshot | None:
        """The newest committed state. Costs one ``stat`` while nothing has changed."""
        stamp = self._stamp()
        if stamp is None:
            return None
        snapshot = self._snapshot
        if snapshot is None or snapshot.stamp != stamp:
            with self._reading:
                snapshot = self._snapshot = self._load(stamp)
        return snapshot

    def _stamp(self) -> tuple[int, int] | None:
        try:
            status = (self._current / "meta.json").stat()
        except FileNotFoundError:
            return None
        return status.st_mtime_ns, status.st_ino

    def _load(self, stamp: tuple[int, int]) -> _Snapshot:
        folder, old = self._current.resolve(), self._snapshot
        if old and old.folder == folder:
            old.index.reload()
            return _Snapshot(stamp, folder, old.index, old.index.searcher(), old.lexicon)
        index = _open(folder)
        return _Snapshot(stamp, folder, index, index.searcher(), _read_lexicon(folder))

    def _open_writer(self) -> tuple[IndexWriter, Lexicon]:
        if not self._current.exists():
            folder = self._folder / f"index-{uuid4().hex[:12]}"
            _create(folder, Lexicon())
            self._switch_to(folder)
        folder = self._current.resolve()
        if self._writer is None or self._writer[0] != folder:
            self._writer = None  # lets go of the directory that a rebuild has replaced
            self._writer = folder, _writer_when_free(_open(folder)), _read_lexicon(folder)
        return self._writer[1:]

    def _switch_to(self, folder: Path) -> None:
        link = self._folder / f"next-{uuid4().hex[:12]}"
        link.symlink_to(folder.name)
        link.replace(self._current)

    def _remove_old(self) -> None:
        """Directories left by rebuilds: the replaced one stays until the next rebuild, for those still reading it."""
        keep = self._current.resolve()
        for folder in self._folder.glob("index-*"):
            if folder != keep:
                shutil.rmtree(folder)


class _Search:
    """One query against one snapshot."""

    def __init__(self, snapshot: _Snapshot, query: Query, *, by_initials: bool = False) -> None:
        self._searcher, self._lexicon = snapshot.searcher, snapshot.lexicon
        self._schema = snapshot.index.schema
        self._query, self._by_initials = query, by_initials
        self._required = self._requirements()

    def results(self) -> Results:
        query = self._query
        ranked = query.sort is Sort.RELEVANCE
        merit = merits(self._schema, query.terms) if ranked and not self._by_initials else []
        found = self._searcher.search(
            Clause.boolean_query([*self._required, *self._filters(), *merit]),
            limit=query.limit,
            offset=query.offset,
            order_by_field=None if ranked else "released",
            weight_by_field="weight" if ranked else None,
        )
        total: int = found.count  # type: ignore[attr-defined]  # missing from the stubs
        hits = [unpack(self._searcher.doc(address).get_first("stored")) for _, address in found.hits]  # type: ignore[arg-type]
        return Results(total, hits, self._facets() if total or query.filters else EMPTY.facets, self._by_initials)

    def _requirements(self) -> list[tuple[Occur, Clause]]:
        if self._by_initials:
            clauses = [spelled(self._schema, term) for term in self._query.terms]
        else:
            clauses = [contains(self._schema, self._lexicon, term) for term in self._query.terms]
        if self._query.website is not None:
            clauses.append(self._has(Facet.SITE, str(self._query.website)))
        return [(Occur.Must, clause) for clause in clauses]

    def _filters(self, *, without: Facet | None = None) -> list[tuple[Occur, Clause]]:
        chosen = self._query.filters.items()
        return [(Occur.Must, self._has(facet, value)) for facet, value in chosen if facet is not without]

    def _has(self, facet: Facet, value: str) -> Clause:
        return Clause.const_score_query(Clause.term_query(self._schema, facet.value, value, "basic"), 0.0)

    def _facets(self) -> dict[Facet, dict[str, int]]:
        chosen = self._query.filters
        counts = self._count([facet for facet in Facet if facet not in chosen], self._filters())
        for facet in chosen:
            counts |= self._count([facet], self._filters(without=facet))
        return {facet: counts[facet] for facet in Facet}

    def _count(self, facets: list[Facet], filters: list[tuple[Occur, Clause]]) -> dict[Facet, dict[str, int]]:
        wanted = {facet.value: {"terms": {"field": facet.value, "size": FACET_VALUES}} for facet in facets}
        counted = self._searcher.aggregate(Clause.boolean_query([*self._required, *filters]), wanted)
        return {
            facet: {bucket["key"]: bucket["doc_count"] for bucket in counted[facet.value]["buckets"]}
            for facet in facets
        }


@contextmanager
def _told_apart() -> Iterator[None]:
    """All that Tantivy ever raises is ``ValueError``; which error of the operating system it met it tells in words."""
    try:
        yield
    except ValueError as error:
        told = OS_ERROR.search(str(error))
        raise (IndexFailed(int(told[1]), str(error)) if told else IndexFailed(str(error))) from error


def _create(folder: Path, lexicon: Lexicon) -> Index:
    folder.mkdir(parents=True)
    (folder / LEXICON).write_text(json.dumps(sorted(lexicon.strings), ensure_ascii=False), encoding="utf-8")
    index = Index(make_schema(), path=str(folder))
    register_tokenizers(index)
    return index


def _open(folder: Path) -> Index:
    index = Index.open(str(folder))
    register_tokenizers(index)
    index.config_reader("manual")
    return index


def _read_lexicon(folder: Path) -> Lexicon:
    return Lexicon(json.loads((folder / LEXICON).read_text(encoding="utf-8")))


def _writer_when_free(index: Index) -> IndexWriter:
    started = time.monotonic()
    for wait in itertools.count(1):
        try:
            writer = index.writer(HEAP, num_threads=1)
            break
        except ValueError as error:
            if "LockBusy" not in str(error):
                raise
            if time.monotonic() - started > LOCK_PATIENCE:
                raise IndexBusy from error
            time.sleep(min(0.05 * wait, 0.5))
    # What a writer that was killed had begun would stand in the way: it gave its files the names we shall give ours.
    writer.garbage_collect_files()
    return writer
