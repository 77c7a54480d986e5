"""Sealed pieces: read back with the right key under the right name, and in no other way."""

import pytest

from jiyue.common.errors import Refused
from jiyue.operations.sealing import Box, Damaged, digest_of, make_key, read_key


SECRET = bytes(range(32))


@pytest.mark.parametrize("cipher", ["aes-256-gcm", "sm4-gcm"])
@pytest.mark.parametrize("body", [b"", b"x", "政府网站".encode() * 1000])
def test_a_piece_comes_back_as_it_was_whatever_is_configured_now(cipher, body):
    name = Box(SECRET).name_of(digest_of(body))
    sealed = Box(SECRET, cipher).seal(name, body)

    assert Box(SECRET).open(name, sealed) == body
    assert len(body) < 100 or body not in sealed  # one byte may well occur


def test_a_piece_stands_for_no_other(friday):
    sealed = Box(SECRET).seal("a", b"one")

    with pytest.raises(Damaged):
        Box(SECRET).open("b", sealed)


@pytest.mark.parametrize("place", [0, 1, 13, 20, -1])
def test_a_changed_byte_is_noticed(place):
    sealed = bytearray(Box(SECRET).seal("a", b"one and two"))
    sealed[place] ^= 1

    with pytest.raises(Damaged):
        Box(SECRET).open("a", bytes(sealed))


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x09" + bytes(60)])
def test_what_was_never_sealed_is_refused(sealed):
    with pytest.raises(Damaged):
        Box(SECRET).open("a", sealed)


def test_another_key_opens_nothing_and_is_told_apart():
    other = Box(bytes(32))

    with pytest.raises(Damaged):
        other.open("a", Box(SECRET).seal("a", b"one"))
    assert other.key_id != Box(SECRET).key_id


def test_a_key_is_made_once_and_for_its_owner_only(tmp_path):
    path = tmp_path / "keys" / "backup.secret"
    make_key(path)

    assert len(read_key(path)) == 32
    assert path.stat().st_mode & 0o077 == 0
    with pytest.raises(Refused):
        make_key(path)


@pytest.mark.parametrize("text", ["", "short", "鍵"])
def test_what_is_no_key_is_refused(tmp_path, text):
    (tmp_path / "key").write_text(text)

    with pytest.raises(Refused):
        read_key(tmp_path / "key")


def test_a_missing_key_says_what_to_do(tmp_path):
    with pytest.raises(Refused, match="--new-key"):
        read_key(tmp_path / "nix")
