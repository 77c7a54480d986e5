from datetime import timedelta

import pytest

from jiyue.common.waiting import duration, waiting


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(days=1, hours=3, minutes=20), "1 天 3 小时"),
        (timedelta(hours=2, minutes=10), "2 小时 10 分"),
        (timedelta(hours=5), "5 小时"),
        (timedelta(seconds=40), "0 分"),
    ],
)
def test_a_duration_is_said_in_its_two_largest_units(length, words):
    assert duration(length) == words


@pytest.mark.parametrize(
    ("used", "words", "tone", "share"),
    [
        (7, "剩 5 小时", "info", 58),
        (9, "剩 3 小时", "warn", 75),
        (12, "剩 0 分", "warn", 100),
        (17, "超期 5 小时", "bad", 100),
    ],
)
def test_a_limit_turns_amber_at_three_quarters_and_red_when_over(friday, used, words, tone, share):
    shown = waiting(friday, friday + timedelta(hours=used), friday + timedelta(hours=12))

    assert (shown.words, shown.tone, shown.share) == (words, tone, share)


def test_without_a_limit_only_the_time_waited_is_said(friday):
    shown = waiting(friday, friday + timedelta(minutes=70))

    assert (shown.words, shown.share) == ("已等 1 小时 10 分", None)
