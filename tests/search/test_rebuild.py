"""Readers beside a writer, rebuilds beside readers, writers that die."""

import os
import signal
import subprocess
import sys
import threading

import pytest

from jiyue.search import tantivy_index
from jiyue.search.index import Query
from jiyue.search.tantivy_index import IndexBusy, TantivyIndex
from tests.search.conftest import a_document


COMMON = "云州市人民政府办公室"
DYING = """
import os, signal, sys
from pathlib import Path
from jiyue.search.tantivy_index import TantivyIndex
from tests.search.conftest import a_document
index = TantivyIndex(Path(sys.argv[1]))
index.apply([a_document(1)], [])
writer, lexicon = index._open_writer()
writer.delete_documents_by_term("id", 1)
writer.add_document(__import__("jiyue.search.tantivy_schema", fromlist=["row_of"]).row_of(a_document(2), lexicon))
os.kill(os.getpid(), signal.SIGKILL)
"""


def total(index, *terms):
    return index.search(Query(terms)).total


def test_a_rebuilt_index_holds_exactly_what_was_given(index):
    index.apply([a_document(1), a_document(2)], [])
    documents = [a_document(pk, body=f"{COMMON}第{pk}号") for pk in range(10, 40)]

    count = index.rebuild(documents, documents)

    assert count == total(index, "营商环境") == 30
    assert total(index, COMMON) == 30
    assert total(index, f"{COMMON}第12号") == 1


def test_changes_after_a_rebuild_go_to_the_new_index_with_its_lexicon(index):
    index.apply([a_document(1)], [])
    documents = [a_document(pk, body=COMMON) for pk in range(10, 20)]
    index.rebuild(documents, documents)

    index.apply([a_document(50, body=f"根据{COMMON}文件")], [10])

    assert total(index, COMMON) == 10
    assert total(TantivyIndex(index._folder), COMMON) == 10


def test_the_replaced_index_is_removed_by_the_next_rebuild(index):
    for _ in range(4):
        index.rebuild([a_document(1)], [])

    assert len(list(index._folder.glob("index-*"))) <= 2
    assert total(index, "营商") == 1


def test_readers_see_whole_commits_while_a_writer_writes(index):
    index.apply([a_document(pk) for pk in range(10)], [])
    seen, stop = set(), threading.Event()

    def read():
        reader = TantivyIndex(index._folder)
        while not stop.is_set():
            seen.add(total(reader, "营商"))

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for number in range(1, 11):
        index.apply([a_document(number * 10 + pk) for pk in range(10)], [])
    index.rebuild([a_document(pk) for pk in range(10)], [])
    stop.set()
    for reader in readers:
        reader.join()

    assert seen <= {number * 10 for number in range(1, 12)}
    assert total(index, "营商") == 10


def test_a_killed_writer_leaves_the_last_commit_and_no_lock(home):
    folder = home / "search"
    run = subprocess.run(
        [sys.executable, "-c", DYING, str(folder)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    )
    assert run.returncode == -signal.SIGKILL

    index = TantivyIndex(folder)
    assert [hit.id for hit in index.search(Query(("营商",))).hits] == [1]
    index.apply([a_document(3)], [])
    assert total(index, "营商") == 2
    index.close()


def test_a_rebuild_that_was_killed_is_cleared_away(index):
    index.apply([a_document(1)], [])
    (index._folder / "index-dead").mkdir()

    index.rebuild([a_document(1), a_document(2)], [])

    assert not (index._folder / "index-dead").exists()
    assert total(index, "营商") == 2


def test_a_second_writer_waits_and_then_refuses(index, monkeypatch):
    monkeypatch.setattr(tantivy_index, "LOCK_PATIENCE", 0.1)
    index.apply([a_document(1)], [])
    other = TantivyIndex(index._folder)

    with pytest.raises(IndexBusy):
        other.apply([a_document(2)], [])

    index.close()
    other.apply([a_document(2)], [])
    other.close()
    assert total(index, "营商") == 2
