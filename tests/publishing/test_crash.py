"""Killed at any point, the next drain and `publish --verify` leave files, store and manifest as if nothing had been."""

import gzip
import os

import pytest
from django.db import transaction

from jiyue.common import outbox
from jiyue.common.models import DirtyKey
from jiyue.publishing import manifest
from jiyue.publishing.actions import publish_all
from jiyue.publishing.models import Output
from jiyue.publishing.store import is_intact, store
from jiyue.publishing.verify import remove_leftovers, verify
from tests.publishing.conftest import AT, LATER


class Killed(BaseException):
    """Like a kill signal, nothing catches it; unlike one, the test goes on."""


STEPS = ("replace", "open", "unlink", "rmdir")


@pytest.fixture
def power(monkeypatch):
    """``power.cut_after(n)`` kills at the n-th of the system calls by which publishing touches the disk."""
    real = {name: getattr(os, name) for name in STEPS}

    class Power:
        left = None

        def cut_after(self, number):
            self.left = number

        def spend(self):
            if self.left is not None:
                if self.left == 0:
                    raise Killed
                self.left -= 1

    power = Power()

    def guarded(name):
        def call(*args, **kwargs):
            power.spend()
            return real[name](*args, **kwargs)

        return call

    for name in STEPS:
        monkeypatch.setattr(os, name, guarded(name))
    return power


def change_everything(world, website):
    """One transaction of every sort of change: a new text, another text, one withdrawn, one removed."""
    world.texts[website.pk] = {"/": "首页二", "/a.html": "甲", "/neu/": "新", "/w.html": "撤回"}
    world.withdrawn.add("/w.html")
    with transaction.atomic():
        outbox.touch([f"text:{path}" for path in ("/", "/neu/", "/w.html", "/weg/1.html")], at=LATER)


def begin(world, website):
    world.texts[website.pk] = {"/": "首页", "/a.html": "甲", "/w.html": "文", "/weg/1.html": "删"}
    world.withdrawn.clear()
    publish_all(at=AT, workers=1)
    DirtyKey.objects.all().delete()


def drain_all():
    while outbox.drain("publishing", at=LATER):
        pass


def assert_as_it_should_be(home):
    root = home / "public" / "jtj"
    pages = {str(file.relative_to(root)): file.read_text() for file in root.rglob("*.html")}
    assert pages == {
        "index.html": "<p>首页二</p>",
        "a.html": "<p>甲</p>",
        "neu/index.html": "<p>新</p>",
        ".gone/w.html": "<p>撤回</p>",
    }
    for name, text in pages.items():
        assert gzip.decompress((root / f"{name}.gz").read_bytes()).decode() == text
    assert len([file for file in root.rglob("*") if file.is_file()]) == 2 * len(pages)
    for output in Output.objects.all():
        assert is_intact(store().get(output.digest), output.digest)
    assert set(Output.objects.values_list("path", "status")) == {
        ("/", 200), ("/a.html", 200), ("/neu/", 200), ("/w.html", 410),
    }  # fmt: skip


def test_killed_at_any_step_the_next_drain_finishes(world, website, home, power):
    points = 0
    while True:
        begin(world, website)
        change_everything(world, website)
        power.cut_after(points)
        try:
            drain_all()
            break
        except Killed:
            power.cut_after(None)
            drain_all()
            assert_as_it_should_be(home)
            assert manifest.is_sound(website.pk)
            points += 1

    power.cut_after(None)
    assert points > 20
    assert verify(at=LATER).is_clean


def test_killed_at_any_step_verification_alone_repairs(world, website, home, power):
    """A rebuild leaves no keys to drain: what its manifest promised comes from the store or is rendered."""
    points = 0
    while True:
        begin(world, website)
        change_everything(world, website)
        DirtyKey.objects.all().delete()
        power.cut_after(points)
        try:
            publish_all(at=LATER, workers=1)
            break
        except Killed:
            power.cut_after(None)
            verify(at=LATER)
            remove_leftovers()
            assert verify(at=LATER).is_clean
            points += 1

    power.cut_after(None)
    assert points > 20


@pytest.mark.parametrize("step", ["record", "begin_removal", "finish_removal"])
def test_killed_right_after_a_commit_the_next_drain_finishes(world, website, home, monkeypatch, step):
    begin(world, website)
    change_everything(world, website)
    commit = getattr(manifest, step)

    def commit_and_die(*args, **kwargs):
        commit(*args, **kwargs)
        raise Killed

    with monkeypatch.context() as killing:
        killing.setattr(manifest, step, commit_and_die)
        with pytest.raises(Killed):
            drain_all()

    drain_all()
    assert_as_it_should_be(home)


def test_a_full_disk_leaves_the_manifest_as_it_was(world, website, home, monkeypatch):
    begin(world, website)
    before = list(Output.objects.values())
    change_everything(world, website)

    def full(*args):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as filling:
        filling.setattr(os, "write", full)
        with pytest.raises(OSError, match="No space"):
            drain_all()
    assert list(Output.objects.values()) == before

    drain_all()
    assert_as_it_should_be(home)
