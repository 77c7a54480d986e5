"""Short ways to say what a check found."""

import datetime as dt
from functools import cache

from jiyue.inspector.text import Checker
from jiyue.inspector.text.loading import shipped


TODAY = dt.date(2026, 11, 22)


@cache
def _checker(only, without, hints):
    return Checker([shipped()], only=only, without=without, hints=hints, today=TODAY)


def told(text, *, only=(), without=(), hints=False):
    """(rule, what stands there, suggestion) of each finding."""
    found = _checker(tuple(only), tuple(without), hints).check(text)
    return [(each.rule, text[each.offset : each.end], each.suggestion) for each in found]
