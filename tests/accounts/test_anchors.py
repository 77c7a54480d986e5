"""Anchors survive what a crash or a full disk leaves of a line."""

import pytest

from jiyue.accounts import anchors, verification


@pytest.fixture(autouse=True)
def places(tmp_path, settings):
    settings.HOME = tmp_path
    settings.AUDIT_ANCHOR = str(tmp_path / "elsewhere" / "audit.jsonl")


def test_half_a_line_gives_way_to_the_next_anchor(cluster, friday):
    anchors.anchor_head(friday)
    whole = anchors.own_file().read_bytes()
    anchors.own_file().write_bytes(whole + whole[: len(whole) // 2])

    assert anchors.last_of(anchors.own_file()) == anchors.read(anchors.own_file())[-1]
    assert verification.verified().fault == ""
    anchors.anchor(1, "00", friday)
    assert [anchor.seq for anchor in anchors.read(anchors.own_file())][1:] == [1]


def test_only_whole_lines_are_passed_on(cluster, friday):
    anchors.anchor_head(friday)
    own = anchors.own_file()
    own.write_bytes(own.read_bytes() + b'{"seq": 7, "dig')

    anchors.anchor(2, "00", friday)
    anchors.pass_on()

    assert anchors.second_file().read_bytes() == own.read_bytes()


def test_the_first_line_may_be_torn_too(cluster, friday):
    anchors.own_file().parent.mkdir(parents=True)
    anchors.own_file().write_bytes(b'{"seq')

    assert anchors.last_of(anchors.own_file()) is None
    assert anchors.anchor_head(friday) == anchors.last_of(anchors.own_file())
