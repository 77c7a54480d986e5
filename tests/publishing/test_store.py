import hashlib

import pytest

from jiyue.publishing.store import digest_of, store


@pytest.mark.parametrize("algorithm", ["sha256", "sm3"])
def test_a_body_lies_under_its_own_digest(settings, home, algorithm):
    settings.PUBLISHING_DIGEST = algorithm
    digest = digest_of(b"x")

    assert store().put(digest, b"x", durable=True)
    value = hashlib.new(algorithm, b"x").hexdigest()
    assert digest == f"{algorithm}:{value}"
    assert (home / "store" / algorithm / value[:2] / value[2:]).read_bytes() == b"x"


def test_a_body_is_kept_once():
    digest = digest_of(b"x")

    assert store().put(digest, b"x", durable=False) is True
    assert store().put(digest, b"x", durable=False) is False


def test_a_damaged_or_missing_body_is_not_answered():
    digest = digest_of(b"x")
    assert store().get(digest) is None

    store().put(digest, b"x", durable=False)
    store().path(digest).write_bytes(b"y")
    assert store().get(digest) is None
