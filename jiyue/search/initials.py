"""Pinyin initials of titles: ``gyyfzwgkfa`` for 关于印发政务公开方案. Read word by word, so that 重庆 gives ``cq``."""

from functools import lru_cache

from jiyue.common.chinese import first_letters, words
from jiyue.search.text import normalise


def initials(title: str) -> str:
    return "".join(_of_word(word) for word in words(normalise(title)))


@lru_cache(maxsize=100_000)
def _of_word(word: str) -> str:
    if word.isascii():
        return "".join(char for char in word if char.isalnum())
    return first_letters(word).lower()
