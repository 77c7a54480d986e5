"""Putting right a manifest that was changed behind our back, from the guard's snapshot and from what is released."""

from datetime import datetime

from jiyue.common.pages import targets_of
from jiyue.publishing import manifest, snapshots
from jiyue.publishing.batches import batches_of, publish_batch
from jiyue.publishing.evidence import Foreign
from jiyue.publishing.models import ManifestHead, Output
from jiyue.publishing.snapshots import Snapshot
from jiyue.publishing.ward import Deviation, Kind, Outcome
from jiyue.websites.models import Website


def repair(website: Website, right: Snapshot, *, at: datetime) -> tuple[Snapshot, list[Deviation]]:
    """The sound manifest and what was wrong with it. The caller holds the website's lock.

    Where nobody has published since the snapshot, rows are put back as they were. Where somebody has, the snapshot may
    be the older one: what differs is rendered anew from the released texts.
    """
    rows = snapshots.read_rows(website.pk)
    head = snapshots.read_head(website.pk)
    differing = sorted(path for path in rows.keys() | right.rows.keys() if rows.get(path) != right.rows.get(path))
    found = [_deviation(website, path, rows, right) for path in differing]
    if head != right.head and not differing:
        found.append(Deviation(f"{website.code} head", Kind.MANIFEST, outcome=Outcome.REPAIRED))
    is_newer = head is not None and head.is_signed(website.pk) and (right.head is None or head.at > right.head.at)
    if is_newer:
        _render_again(website, differing, at)
        manifest.reseal(website.pk, at=at)
    else:
        _put_back(website, differing, right, at)
    return snapshots.read(website.pk), found


def _put_back(website: Website, differing: list[str], right: Snapshot, at: datetime) -> None:
    here = Output.objects.filter(website=website)
    here.filter(path__in=[path for path in differing if path not in right.rows]).delete()
    deleted = []
    for path in differing:
        row = right.rows.get(path)
        if row is not None and not here.filter(path=path).update(**row._asdict()):
            deleted.append(path)
    _render_again(website, deleted, at)
    if right.head is not None and snapshots.read_rows(website.pk) == right.rows:
        values = {**right.head._asdict(), "website_id": website.pk}
        ManifestHead.objects.update_or_create(website=website, defaults=values)
    else:
        manifest.reseal(website.pk, at=at)


def _render_again(website: Website, paths: list[str], at: datetime) -> None:
    """What is no target of the website any more loses its row and its file."""
    if not paths:
        return
    wanted = set(paths)
    targets = {target.path: target for target in targets_of(website.pk) if target.path in wanted}
    Output.objects.filter(website=website, path__in=wanted - targets.keys()).delete()
    for batch in batches_of(website, list(targets.values())):
        publish_batch(batch, at=at, durable=True)


def _deviation(website: Website, path: str, rows: dict[str, snapshots.Row], right: Snapshot) -> Deviation:
    is_, was = rows.get(path), right.rows.get(path)
    facts = {"was": was._asdict() if was else None, "is": is_._asdict() if is_ else None}
    return Deviation(
        f"{website.code}{path}",
        Kind.MANIFEST,
        Foreign(digest=is_.digest if is_ else "", facts=facts),
        digest=was.digest if was else "",
        outcome=Outcome.REPAIRED,
    )
