"""Document numbers (发文字号), as in 国办发〔2017〕47号."""

import re
from collections.abc import Iterator

from jiyue.inspector.text.hits import Hit
from jiyue.inspector.text.packs import Category


TRIGGER = "号"
REACH = 24  # characters from the bracket to 号
_NUMBER = re.compile(
    r"(?P<open>[〔\[［【(（｛{﹝])\s*(?P<year>(?:19|20)\d\d)\s*(?P<nian>年)?\s*[〕\]］】)）｝}﹞]\s*(?P<di>第)?\s*(?P<serial>\d{1,5})\s*号(?![楼馆厅线院门厂地桥洞井机车房室])"
)
_LABEL = re.compile(r"^\s*(?:发文字号|文号|字号)\s*[:：]\s*")


class DocumentNumber:
    """Watches for numbers in another than the usual form. Blanks inside are layout and left alone."""

    def __init__(self, category: Category) -> None:
        self.category = category

    def at(self, text: str, start: int, end: int) -> Iterator[Hit]:
        for match in _NUMBER.finditer(text, max(0, start - REACH), end + 1):
            before = text[match.start() - 1 : match.start()].strip()
            if match.end() == end and "㐀" <= before <= "鿿" and not _is_usual(match):
                yield Hit(match.start(), match.end(), self.category.code, self.category, _usual(match))


def normal(number: str) -> str:
    """A number as printed, without its label and blanks and in the usual form; as it is when it is of another kind."""
    bare = re.sub(r"\s+", "", _LABEL.sub("", number))
    return _NUMBER.sub(_usual, bare)


def _is_usual(match: re.Match[str]) -> bool:
    return match["open"] == "〔" and not match["nian"] and not match["di"] and not match["serial"].startswith("0")


def _usual(match: re.Match[str]) -> str:
    return f"〔{match['year']}〕{int(match['serial'])}号"
