"""What can happen to the public files: some keys changed, a website changed its state, everything is to be rebuilt."""

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from jiyue.common.pages import Target, targets_about
from jiyue.publishing.batches import Report, batches_of, publish_batch
from jiyue.publishing.crew import Crew
from jiyue.publishing.hosts import write_hosts
from jiyue.publishing.locks import website_lock
from jiyue.publishing.models import Output
from jiyue.publishing.rebuild import Rebuild
from jiyue.websites.models import Website


FLUSHED_ONE_BY_ONE = 64  # with more targets one os.sync() is cheaper than flushing every file
KEYS_PER_QUERY = 500

Progress = Callable[[Report, int, int], None]  # so far, websites done, websites in all


def consume(keys: list[str], at: datetime) -> None:
    """The consumer of the outbox."""
    publish_keys(keys, at=at)


def publish_keys(keys: Iterable[str], *, at: datetime) -> Report:
    """Renders what depends on these keys or is what they are about. ``site:<id>`` stands for a website as a whole."""
    keys = list(keys)
    if any(key.startswith(("site:", "frame:", "cluster", "suspension")) for key in keys):
        write_hosts()
    whole = {int(key.removeprefix("site:")) for key in keys if key.startswith("site:")}
    report = publish_all(at=at, websites=whole, workers=1) if whole else Report()
    affected = {target for target in _affected(keys) if target.website not in whole}
    flush = len(affected) <= FLUSHED_ONE_BY_ONE
    for website, targets in _by_website(affected):
        with website_lock(website.pk):
            for batch in batches_of(website, targets):
                report += publish_batch(batch, at=at, durable=flush)
    if not flush:
        os.sync()
    return report


def publish_all(
    *,
    at: datetime,
    websites: Iterable[int] | None = None,
    workers: int = 2,
    progress: Progress | None = None,
) -> Report:
    """Brings every file of these websites (of all, if not named) up to date and removes those that should not be."""
    write_hosts()
    report = Report()
    with Rebuild(_chosen(websites), at=at) as rebuild, Crew(workers=workers, at=at) as crew:
        for batch, done in crew.run(rebuild.batches()):
            report += done
            report += rebuild.finish(batch)
            if progress:
                progress(report, rebuild.done, len(rebuild.websites))
    os.sync()
    return report


def _chosen(websites: Iterable[int] | None) -> list[Website]:
    everything = Website.objects.order_by("pk")  # always in this order, or two rebuilds could wait for each other
    return list(everything if websites is None else everything.filter(pk__in=list(websites)))


def _affected(keys: Sequence[str]) -> Iterator[Target]:
    for start in range(0, len(keys), KEYS_PER_QUERY):
        some = keys[start : start + KEYS_PER_QUERY]
        for row in Output.objects.depending_on(some).values_list("website", "path", "kind", "ref"):
            yield Target(*row)
    for key in keys:
        yield from targets_about(key)


def _by_website(targets: Iterable[Target]) -> Iterator[tuple[Website, list[Target]]]:
    grouped: dict[int, list[Target]] = defaultdict(list)
    for target in targets:
        grouped[target.website].append(target)
    for website in Website.objects.filter(pk__in=grouped).order_by("pk"):
        yield website, sorted(grouped[website.pk], key=lambda target: target.path)
