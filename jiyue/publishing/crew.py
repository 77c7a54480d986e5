"""Worker processes of a full rebuild: batches go out, reports come back, and no more is in flight than needed."""

import multiprocessing
import os
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from datetime import datetime
from itertools import islice
from multiprocessing.connection import wait as wait_for_end
from types import TracebackType
from typing import Self

from django.db import connections

from jiyue.publishing.batches import Batch, Report, publish_batch


AHEAD = 3  # batches waiting per worker
WARM_UP = 2


class Crew:
    """``workers=1`` works in this process."""

    def __init__(self, *, workers: int, at: datetime) -> None:
        self.workers = workers
        self.at = at
        self.pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.pool:
            self.pool.shutdown(cancel_futures=True)

    def run(self, batches: Iterable[Batch]) -> Iterator[tuple[Batch, Report]]:
        """Reports in the order in which batches are done."""
        remaining = iter(batches)
        # The first batches are done here: what they load and compile, the workers inherit.
        here = None if self.workers == 1 else WARM_UP
        for batch in islice(remaining, here):
            yield batch, publish_batch(batch, at=self.at, durable=False)
        waiting: dict[Future[Report], Batch] = {}
        for batch in remaining:
            waiting[self._workers().submit(publish_batch, batch, at=self.at, durable=False)] = batch
            if len(waiting) >= self.workers * (1 + AHEAD):
                yield from _collect(waiting)
        while waiting:
            yield from _collect(waiting)

    def _workers(self) -> ProcessPoolExecutor:
        if self.pool is None:
            connections.close_all()  # a connection must not be shared with a forked child
            context = multiprocessing.get_context("fork")
            self.pool = ProcessPoolExecutor(self.workers, mp_context=context, initializer=_end_with_parent)
        return self.pool


def _collect(waiting: dict[Future[Report], Batch]) -> Iterator[tuple[Batch, Report]]:
    done, _ = wait(waiting, return_when=FIRST_COMPLETED)
    for future in done:
        yield waiting.pop(future), future.result()


def _end_with_parent() -> None:
    """A worker whose parent was killed would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_exit_after, args=[parent.sentinel], daemon=True).start()


def _exit_after(sentinel: int) -> None:
    wait_for_end([sentinel])
    os._exit(1)
