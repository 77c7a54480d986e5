"""The store keeps what was ever public and loses what never was."""

import os
from datetime import timedelta

from jiyue.publishing.actions import publish_all
from jiyue.publishing.page_at import versions_of
from jiyue.publishing.store import digest_of, store
from jiyue.publishing.sweep import sweep_store
from tests.publishing.conftest import AT, LATER


def age(path, at):
    os.utime(path, (at.timestamp(), at.timestamp()))


def test_only_old_orphans_go(world, website):
    world.write(website, a="甲")
    publish_all(at=AT, workers=1)
    world.write(website, a="乙")
    publish_all(at=LATER, workers=1)
    for body in (b"orphan", b"young"):
        store().put(digest_of(body), body, durable=False)
    for path in store().root.glob("*/??/*"):
        age(path, AT - timedelta(days=3))
    age(store().path(digest_of(b"young")), AT)

    assert sweep_store(at=LATER) == (1, 6)

    assert store().get(digest_of(b"orphan")) is None
    assert store().get(digest_of(b"young")) == b"young"
    assert [version.body().decode() for version in versions_of(website, "/a.html")] == ["<p>乙</p>", "<p>甲</p>"]
