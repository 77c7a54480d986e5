"""Tampering with the public files, in numbers: everything found, everything put back, no legal publication suspected."""

import os
import random
import shutil
import threading
import time

import pytest

from jiyue.common.clock import now
from jiyue.notices.models import Alarm
from jiyue.publishing import manifest, served
from jiyue.publishing.actions import publish_keys
from jiyue.publishing.evidence import kept_bytes
from jiyue.publishing.guard import Guard
from jiyue.publishing.hosts import write_hosts
from jiyue.publishing.manifest import Entry
from jiyue.publishing.models import Output, Tampering
from jiyue.publishing.server import PublicServer
from jiyue.publishing.store import digest_of, store
from jiyue.publishing.tree import Tree
from tests.publishing.conftest import AT, home, website_called, world  # noqa: F401 -- fixtures
from tests.publishing.rsgi import ask


FOREIGN = b"<script>document.body.textContent='pwned'</script>"
MONTHS = 60


def build(website, pages):
    """So many pages in month folders, straight into store, manifest and tree."""
    tree = Tree(website.code)
    paths = [f"/c{n % 10}/{2021 + n % MONTHS // 12}/{n % 12 + 1:02}/{n}.html" for n in range(pages)]
    bodies = {
        path: f"<!doctype html><title>{path}</title><p>{'信息公开' * 40}{n}".encode() for n, path in enumerate(paths)
    }
    for start in range(0, pages, 2000):
        some = paths[start : start + 2000]
        entries = [
            Entry(path, "text", "", digest_of(bodies[path]), 200, "text/html", len(bodies[path]), frozenset())
            for path in some
        ]
        manifest.record(website.pk, entries, {}, at=AT)
        for entry in entries:
            body = bodies[entry.path]
            store().put(entry.digest, body, durable=False)
            tree.place(entry.path, 200, tree.stage(entry.path, body, durable=False), durable=False)
    served.replace(website.code, {tree.name(p, 200): served.Right(digest_of(b), len(b)) for p, b in bodies.items()})
    return paths, bodies


def tree_of(root):
    """Path → bytes and mode of everything below, links and empty folders included."""
    found = {}
    for path in root.rglob("*"):
        body = path.read_bytes() if path.is_file() and not path.is_symlink() else None
        found[str(path.relative_to(root))] = oct(path.lstat().st_mode), body
    return found


class Attack:
    """One change at a time, of every sort an intruder could think of."""

    def __init__(self, root, paths, rng):
        self.root, self.rng = root, rng
        self.paths = iter(rng.sample(paths, len(paths)))
        self.made = {}

    def __call__(self, number):
        kinds = (
            *("edit", "append", "same", "variant", "add", "delete", "rename", "mode", "link", "truncate"),
            *("swap", "folder", "page_of_another", "hidden"),
        )
        kind = kinds[number % len(kinds)]
        getattr(self, f"_{kind}")(self.root / next(self.paths)[1:], number)
        self.made[kind] = self.made.get(kind, 0) + 1

    def _edit(self, file, number):
        file.write_bytes(FOREIGN + str(number).encode())

    def _append(self, file, number):
        with file.open("ab") as opened:
            opened.write(FOREIGN)

    def _same(self, file, number):
        status, body = file.stat(), file.read_bytes()
        file.write_bytes(body.replace("公开".encode(), "公闭".encode(), 1))
        os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))

    def _variant(self, file, number):
        file.with_name(f"{file.name}.gz").write_bytes(FOREIGN)

    def _add(self, file, number):
        file.with_name(f"shell{number}.php").write_bytes(b"<?php " + FOREIGN)

    def _delete(self, file, number):
        file.unlink()

    def _rename(self, file, number):
        file.rename(file.with_name(f"{number}-moved.html"))

    def _mode(self, file, number):
        file.chmod(0o777)

    def _link(self, file, number):
        file.unlink()
        file.symlink_to("/etc/passwd")

    def _truncate(self, file, number):
        os.truncate(file, 10)

    def _swap(self, file, number):
        other = file.parent.parent / f"swap{number}"
        file.parent.rename(other)
        other.rename(file.parent.parent / f"swapped{number}") if number % 2 else other.rename(file.parent)

    def _folder(self, file, number):
        folder = file.parent / f"new{number}"
        folder.mkdir()
        (folder / "index.html").write_bytes(FOREIGN)

    def _page_of_another(self, file, number):
        other = next(self.paths)
        shutil.copyfile(self.root / other[1:], file)

    def _hidden(self, file, number):
        file.with_name(f".{number}.htaccess").write_bytes(b"AddType application/x-httpd-php .html")


def attempt(attack, number):
    """An intruder whose file has just been moved by another change goes on with the next one."""
    for _ in range(20):
        try:
            attack(number)
        except FileNotFoundError:
            continue
        return


@pytest.mark.django_db(transaction=True)
@pytest.mark.promise(
    "tamper", "三万个文件中的一千处混合改动全部发现并逐字节恢复", "末次改动后 ≤ 3 秒，1000/1000，留存证据"
)
def test_a_thousand_mixed_changes(world, size, measured):  # noqa: F811
    website = website_called("jtj")
    began = time.perf_counter()
    paths, _ = build(website, size(15_000, 50_000))  # and as many compressed variants
    root = Tree("jtj").root
    right = tree_of(root)
    built = time.perf_counter() - began
    guard = Guard()
    guard.start(at=now())
    assert not Tampering.objects.exists()
    manifest_rows = set(Output.objects.filter(path__in=paths[:2]).values_list("digest", "status"))
    attack = Attack(root, paths, random.Random(7))

    def strike():
        for number in range(1000):
            attempt(attack, number)

    thread = threading.Thread(target=strike)
    began = time.perf_counter()
    thread.start()
    while thread.is_alive():
        guard.turn(at=now(), seconds=0.05)
    Output.objects.filter(path=paths[0]).update(digest=digest_of(FOREIGN))  # and the manifest itself
    Output.objects.filter(path=paths[1]).update(status=410)
    guard.expect_foreign_commits()
    ended = last = time.perf_counter()
    while time.perf_counter() - last < 3:  # nothing found for so long: it is over
        before = guard.found
        guard.turn(at=now(), seconds=0.02)
        last = time.perf_counter() if guard.found > before else last
    took = last - ended
    thread.join()
    guard.close()
    kept = [row for row in Tampering.objects.filter(kept__gt=0) if kept_bytes(row.foreign_digest) is None]

    measured(
        files=2 * len(paths),
        changes=sum(attack.made.values()) + 2,
        recorded=Tampering.objects.count(),
        attack_seconds=round(ended - began, 1),
        restored_after_last=round(took, 2),
        build_seconds=round(built, 1),
    )
    assert tree_of(root) == right
    assert took <= 3
    assert set(Output.objects.filter(path__in=paths[:2]).values_list("digest", "status")) == manifest_rows
    assert not kept
    assert Alarm.objects.get(code="publishing.tampered").is_ringing


@pytest.mark.django_db(transaction=True)
@pytest.mark.promise("tamper", "单处改动很快恢复", "恢复时间中位数 ≤ 1 秒")
def test_a_single_change(world, size, measured):  # noqa: F811
    website = website_called("jtj")
    paths, bodies = build(website, 1000)
    root = Tree("jtj").root
    guard = Guard()
    guard.start(at=now())
    times = []
    for path in random.Random(3).sample(paths, size(30, 300)):
        file = root / path[1:]
        file.write_bytes(FOREIGN)
        began = time.perf_counter()
        while file.read_bytes() != bodies[path]:
            guard.turn(at=now(), seconds=0.2)
        times.append(time.perf_counter() - began)
    guard.close()

    middle = sorted(times)[len(times) // 2]
    measured(changes=len(times), median_seconds=round(middle, 3), worst_seconds=round(max(times), 3))
    assert middle <= 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.promise("tamper", "合法的发布从不被当作篡改", "守护运行中发布 500 次，0 条告警")
def test_legal_publications_never_alarm(world, size, measured, monkeypatch):  # noqa: F811
    """The guard looks before, amid and after every publication: between manifest and files, too."""
    website = website_called("jtj")
    build(website, 500)
    guard, rng, total, amid = Guard(), random.Random(5), size(500, 5000), 0
    guard.start(at=now())
    place = Tree.place

    def place_watched(self, *args, **kwargs):
        nonlocal amid
        if rng.random() < 0.5:
            amid += 1
            guard.turn(at=now(), seconds=0)
        place(self, *args, **kwargs)
        if rng.random() < 0.5:
            guard.turn(at=now(), seconds=0)

    monkeypatch.setattr(Tree, "place", place_watched)
    began = time.perf_counter()
    for number in range(total):
        path = f"/new/{rng.randrange(80)}.html"
        shown = world.texts.setdefault(website.pk, {})
        if rng.random() < 0.2:
            shown.pop(path, None)
        else:
            shown[path] = f"第 {number} 次"
        world.withdrawn = {f"/new/{rng.randrange(80)}.html"} if rng.random() < 0.3 else set()
        publish_keys([f"text:{path}", *(f"text:{each}" for each in world.withdrawn)], at=now())
        guard.turn(at=now(), seconds=0)
    took = time.perf_counter() - began
    for _ in range(10):
        guard.turn(at=now(), seconds=0.05)
    guard.scan(at=now())
    guard.close()

    measured(
        publications=total,
        looks_amid=amid,
        alarms=Alarm.objects.count(),
        records=Tampering.objects.count(),
        seconds=round(took, 1),
    )
    assert not Tampering.objects.exists()
    assert not Alarm.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.promise("tamper", "攻击进行中，内置服务器不发出一个被改的字节", "没有守护在场，0 个被改的答复")
def test_no_tampered_byte_is_answered(world, size, measured):  # noqa: F811
    website = website_called("jtj")
    paths, bodies = build(website, 2000)
    write_hosts()
    server, root, rng = PublicServer(None), Tree("jtj").root, random.Random(11)
    attack, wrong, asked, strange = Attack(root, paths, rng), 0, 0, 0
    for number in range(size(400, 1500)):
        attempt(attack, number)
        for path in rng.sample(paths, size(15, 50)):
            answer = ask(server, path)
            asked += 1
            wrong += answer.status != 200 or answer.body != bodies[path]
        for name in (f"shell{number}.php", f"{number}-moved.html", f"new{number}/", f".{number}.htaccess"):
            strange += any(
                ask(server, f"/{folder.relative_to(root)}/{name}").status == 200
                for folder in {(root / path[1:]).parent for path in rng.sample(paths, 3)}
            )

    measured(requests=asked, wrong_answers=wrong, strangers_answered=strange, changes=sum(attack.made.values()))
    assert (wrong, strange) == (0, 0)
