"""The book-keeping of a full rebuild: which websites are under way, and what to remove once one is complete."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Self

from jiyue.common.pages import Target, targets_of
from jiyue.publishing.batches import Batch, Report, batches_of, publish_batch
from jiyue.publishing.locks import website_lock
from jiyue.publishing.models import Output
from jiyue.websites.models import Website


@dataclass(slots=True)
class _UnderWay:
    website: Website
    paths: set[str]
    pending: int
    lock: ExitStack


class Rebuild:
    """Hands out a website after the other, so that workers never idle at the end of one, and holds its lock meanwhile."""

    def __init__(self, websites: Sequence[Website], *, at: datetime) -> None:
        self.websites = websites
        self.at = at
        self.done = 0
        self._under_way: dict[int, _UnderWay] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for website in self._under_way.values():
            website.lock.close()

    def batches(self) -> Iterator[Batch]:
        for website in self.websites:
            lock = ExitStack()
            lock.enter_context(website_lock(website.pk))
            targets = _targets(website)
            batches = list(batches_of(website, targets)) or [Batch(website.pk, website.code, False, [])]
            paths = {target.path for target in targets}
            self._under_way[website.pk] = _UnderWay(website, paths, len(batches), lock)
            yield from batches

    def finish(self, batch: Batch) -> Report:
        """Notes that a batch is done; after a website's last one removes what no target stands for any more."""
        website = self._under_way[batch.website]
        website.pending -= 1
        if website.pending:
            return Report()
        report = self._remove_others(website)
        del self._under_way[batch.website]
        website.lock.close()
        self.done += 1
        return report

    def _remove_others(self, under_way: _UnderWay) -> Report:
        report = Report()
        rows = Output.objects.filter(website=under_way.website).values_list("website", "path", "kind", "ref")
        others = [Target(*row) for row in rows.iterator() if row[1] not in under_way.paths]
        for batch in batches_of(under_way.website, others):
            nothing = Batch(batch.website, batch.code, False, batch.targets)
            report += publish_batch(nothing, at=self.at, durable=False)
        return report


def _targets(website: Website) -> list[Target]:
    """One target for each address: locators may name an address twice."""
    if website.state != Website.State.ONLINE:
        return []
    return list({target.path: target for target in targets_of(website.pk)}.values())
