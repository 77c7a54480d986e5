import gzip

from django.db import connection
from django.test.utils import CaptureQueriesContext

from jiyue.publishing.actions import publish_all, publish_keys
from jiyue.publishing.models import Output, OutputHistory, OutputKey
from jiyue.websites.models import Website
from tests.publishing.conftest import AT, LATER, website_called


def files_below(root):
    files = [
        path for path in root.rglob("*") if path.is_file() and not path.name.endswith("-shm")
    ]  # SQLite's, when read
    return {str(path.relative_to(root)): path.stat().st_mtime_ns for path in files}


def test_everything_is_written_with_its_compressed_variant(world, website, public):
    world.write(website, home="首页", a="甲")

    report = publish_all(at=AT, workers=1)

    assert (report.rendered, report.written, report.removed) == (2, 2, 0)
    assert public("index.html").decode() == "<p>首页</p>"
    assert gzip.decompress(public("a.html.gz")).decode() == "<p>甲</p>"


def test_a_rebuild_without_changes_writes_no_file_and_no_row(world, website, home):
    world.write(website, home="首页", a="甲")
    publish_all(at=AT, workers=1)
    before = files_below(home), list(Output.objects.values())

    report = publish_all(at=LATER, workers=1)

    assert (report.written, report.removed) == (0, 0)
    assert (files_below(home), list(Output.objects.values())) == before


def test_a_changed_key_renders_only_what_depends_on_it(world, website, public):
    world.write(website, a="甲", b="乙", c="丙")
    publish_all(at=AT, workers=1)
    world.write(website, b="新")
    world.rendered.clear()

    publish_keys(["text:/b.html"], at=LATER)

    assert world.rendered == ["/b.html"]
    assert public("b.html").decode() == "<p>新</p>"


def test_a_new_target_is_found_by_what_the_key_is_about(world, website, public):
    publish_all(at=AT, workers=1)
    world.write(website, neu="新")

    publish_keys(["text:/neu.html"], at=LATER)

    assert public("neu.html") is not None


def test_a_target_that_renders_no_more_loses_its_files_and_rows(world, website, public):
    world.write(website, a="甲")
    publish_all(at=AT, workers=1)
    del world.texts[website.pk]["/a.html"]

    report = publish_keys(["text:/a.html"], at=LATER)

    assert report.removed == 1
    assert [public("a.html"), public("a.html.gz")] == [None, None]
    assert not Output.objects.exists()
    assert not OutputKey.objects.exists()


def test_a_withdrawn_page_becomes_a_notice_and_comes_back(world, website, public):
    world.write(website, a="甲")
    publish_all(at=AT, workers=1)

    world.withdrawn.add("/a.html")
    publish_keys(["text:/a.html"], at=LATER)
    assert [public("a.html"), public("a.html.gz")] == [None, None]
    assert public(".gone/a.html") is not None
    assert Output.objects.get().status == 410

    world.withdrawn.clear()
    publish_keys(["text:/a.html"], at=LATER)
    assert public("a.html") is not None
    assert public(".gone/a.html") is None


def test_a_rebuild_removes_what_no_target_stands_for(world, website, public):
    world.write(website, a="甲", b="乙")
    publish_all(at=AT, workers=1)
    del world.texts[website.pk]["/b.html"]

    report = publish_all(at=LATER, workers=1)

    assert report.removed == 1
    assert public("b.html") is None


def test_a_website_taken_offline_leaves_no_file(world, website, home):
    world.write(website, home="首页", a="甲")
    publish_all(at=AT, workers=1)
    Website.objects.filter(pk=website.pk).update(state=Website.State.OFFLINE)

    publish_keys([f"site:{website.pk}", "cluster"], at=LATER)

    assert not list((home / "public" / "jtj").rglob("*.html"))
    assert (home / "public" / "hosts.json").read_text().count(".offline") == 1


def test_a_website_in_preparation_is_not_published(world, db, home):
    website = website_called("new", online=False)
    world.write(website, home="首页")

    publish_all(at=AT, workers=1)

    assert not (home / "public" / "new").exists()
    assert world.rendered == []


def test_one_website_is_published_alone(world, website, public):
    other = website_called("wjw")
    world.write(website, home="甲")
    world.write(other, home="乙")

    publish_all(at=AT, workers=1, websites=[other.pk])

    assert public("index.html") is None
    assert public("index.html", code="wjw") is not None


def test_what_an_address_answered_before_is_remembered_and_kept(world, website, home):
    world.write(website, a="甲")
    publish_all(at=AT, workers=1)
    digest = Output.objects.get().digest
    world.write(website, a="乙")

    publish_keys(["text:/a.html"], at=LATER)

    past = OutputHistory.objects.get()
    assert (past.digest, past.since, past.until) == (digest, AT, LATER)
    algorithm, _, value = digest.partition(":")
    assert (home / "store" / algorithm / value[:2] / value[2:]).read_text() == "<p>甲</p>"


def test_new_keys_alone_change_neither_file_nor_history(world, website):
    world.write(website, a="甲")
    publish_all(at=AT, workers=1)
    was = Output.objects.get()
    world.extra_keys.add("extra:1")

    publish_keys(["text:/a.html"], at=LATER)

    now = Output.objects.get()
    assert (now.digest, now.rendered_at) == (was.digest, was.rendered_at)
    assert OutputKey.objects.filter(key="extra:1").count() == 1
    assert not OutputHistory.objects.exists()


def test_folders_left_empty_are_removed(world, website, home):
    world.texts[website.pk] = {"/x/2026/11/9.html": "甲", "/x/": "栏目"}
    publish_all(at=AT, workers=1)
    del world.texts[website.pk]["/x/2026/11/9.html"]

    publish_keys(["text:/x/2026/11/9.html"], at=LATER)

    assert sorted(file.name for file in (home / "public" / "jtj" / "x").iterdir()) == ["index.html", "index.html.gz"]


def test_the_queries_of_a_batch_do_not_grow_with_its_targets(world, website):
    world.write(website, home="首页")
    publish_all(at=AT, workers=1)

    one, many = (queries_publishing(world, website, number) for number in (1, 30))

    assert one == many


def queries_publishing(world, website, number):
    """How many statements it takes to publish this many new addresses, rows written in bulk not counted."""
    world.texts[website.pk] = {f"/{number}-{n}.html": "甲" for n in range(number)}
    with CaptureQueriesContext(connection) as queries:
        publish_keys([f"text:{path}" for path in world.texts[website.pk]], at=AT)
    return len([query for query in queries if "INSERT" not in query["sql"]])
