"""Files of a page stand on every website that shows it, and on none before it is published."""

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from jiyue.common.pages import render, targets_about, targets_of
from jiyue.content import actions as content
from jiyue.library import actions as library


def media_targets(website):
    return [target for target in targets_of(website.pk) if target.kind == "media"]


def test_a_draft_has_no_public_file(cluster, picture):
    cluster.draft(cover=picture)

    assert media_targets(cluster.site) == []


def test_the_picture_is_published_under_its_digest(cluster, picture):
    release = cluster.published(cover=picture)

    [target] = media_targets(cluster.site)
    [page] = render(cluster.site.pk, "media", [target])
    assert target.path == release.cover["src"]
    with default_storage.open(release.media[0]["file"]) as file:
        assert page.body == file.read()
    assert target in targets_about(f"item:{release.item_id}")


def test_a_called_item_brings_its_picture_along(cluster, picture, friday):
    release = cluster.published(cover=picture)
    assert media_targets(cluster.other_site) == []

    library.call(release, cluster.column("gzdt", cluster.other_site), by=cluster.outsider, at=friday, approved=True)

    [target] = media_targets(cluster.other_site)
    assert [page.target for page in render(cluster.other_site.pk, "media", [target])] == [target]


def test_the_file_goes_with_the_last_item_that_shows_it(cluster, picture):
    first, second = cluster.published("第一条", cover=picture), cluster.published("第二条", cover=picture)
    [target] = media_targets(cluster.site)

    content.withdraw(first.item, reason="有误", by=cluster.reviewer, at=cluster.at)
    [page] = render(cluster.site.pk, "media", [target])
    assert page.keys == {f"item:{second.item_id}"}

    content.withdraw(second.item, reason="有误", by=cluster.reviewer, at=cluster.at)
    assert list(render(cluster.site.pk, "media", [target])) == []


def test_a_file_exchanged_below_the_library_is_not_published(cluster, picture):
    cluster.published(cover=picture)
    [target] = media_targets(cluster.site)
    name = target.ref.partition(":")[2]
    default_storage.delete(name)
    assert list(render(cluster.site.pk, "media", [target])) == []

    default_storage.save(name, ContentFile("没有人审查过".encode()))
    assert list(render(cluster.site.pk, "media", [target])) == []
