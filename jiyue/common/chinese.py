"""Words and pinyin of Chinese text. Their dictionaries take half a second to read, so only who asks reads them: the
emergency command must not wait for pinyin."""


def words(text: str) -> list[str]:
    import rjieba

    return list(rjieba.cut(text))


def words_for_search(text: str) -> list[str]:
    """Long words and the words within them."""
    import rjieba

    return list(rjieba.cut_for_search(text))


def syllables(text: str) -> list[str]:
    """教育局 → ``["jiao", "yu", "ju"]``; what is not Chinese stays as it is."""
    from pypinyin import lazy_pinyin

    return list(lazy_pinyin(text))


def first_letters(text: str) -> str:
    """教育局 → ``jyj``; what is not Chinese is left out."""
    from pypinyin import Style, lazy_pinyin

    return "".join(lazy_pinyin(text, style=Style.FIRST_LETTER, errors="ignore"))
