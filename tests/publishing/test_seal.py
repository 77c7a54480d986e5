from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from jiyue.publishing import seal
from tests.publishing.conftest import AT


EMPTY = bytes(seal.SIZE)
rows = st.lists(st.tuples(st.text(max_size=9), st.text(max_size=9), st.sampled_from([200, 410])), max_size=6)


@given(rows, rows)
def test_rows_may_be_added_in_any_order_and_taken_away_again(some, others):
    assert seal.add(seal.add(EMPTY, some), others) == seal.add(EMPTY, [*others, *some])
    assert seal.subtract(seal.add(EMPTY, [*some, *others]), others) == seal.add(EMPTY, some)


def test_another_row_makes_another_total():
    assert seal.add(EMPTY, [("/a", "x", 200)]) != seal.add(EMPTY, [("/a", "x", 410)])


def test_only_what_was_signed_is_signed(home):
    statement = {"outputs": 1, "total": seal.add(EMPTY, [("/a", "x", 200)]), "at": AT}
    signature = seal.sign(7, **statement)

    assert seal.is_signed(7, **statement, signature=signature)
    assert not seal.is_signed(8, **statement, signature=signature)
    assert not seal.is_signed(7, **{**statement, "outputs": 2}, signature=signature)
    assert not seal.is_signed(7, **{**statement, "total": EMPTY}, signature=signature)
    assert not seal.is_signed(7, **{**statement, "at": AT + timedelta(seconds=1)}, signature=signature)


def test_the_key_is_readable_by_its_owner_only(home):
    seal.sign(7, outputs=0, total=EMPTY, at=AT)

    assert (home / "keys" / "manifest.key").stat().st_mode & 0o777 == 0o600
