"""Which characters do these bytes mean? Old Chinese sites declare one charset and save another; bytes do not lie.

The order of belief: a byte order mark, valid UTF-8, nearly valid UTF-8, then GB18030 against Big5 by how ordinary
the characters are that each reading yields. The declaration only breaks ties, and a wrong one is reported.
"""

import codecs
import re
from dataclasses import dataclass, replace
from typing import Final

from charset_normalizer import from_bytes


MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
FAMILIES: Final = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "x-gbk": "gb18030",
    "cp936": "gb18030",
    "utf8": "utf-8",
    "big5-hkscs": "big5",
}
# A byte can be damaged here and there; more than one in fifty characters means another charset.
TOLERATED: Final = 0.02
_DECLARED: Final = re.compile(rb"""<[^>]*?charset\s*=\s*["']?\s*([A-Za-z0-9_:-]+)""", re.IGNORECASE)
_SERVED: Final = re.compile(r"""charset\s*=\s*["']?\s*([A-Za-z0-9_:-]+)""", re.IGNORECASE)
_CJK: Final = re.compile("[\u4e00-\u9fff]")
_MOJIBAKE: Final = re.compile("[\u00c3-\u00ef][\u0080-\u00bf\u0152-\u02dc\u2013-\u2122]{1,2}")
_LOST: Final = re.compile("锟斤拷|烫烫烫|屯屯屯")


@dataclass(frozen=True, slots=True)
class Decoded:
    text: str
    charset: str
    declared: str  # in the document, normalised; empty when it says nothing
    broken: int = 0  # characters that could not be read and stand as U+FFFD
    twice: bool = False  # UTF-8 had been taken for Latin and saved again; undone here
    served: str = ""  # in the answer's header, normalised; empty when it says nothing
    by: str = ""  # what decided: a byte order mark, the shape of the bytes, or statistics

    @property
    def header_lies(self) -> bool:
        """What the server says is believed by browsers before all else but a mark."""
        return bool(self.served) and self.served != self._plain

    @property
    def _plain(self) -> str:
        return self.charset.removesuffix("-le").removesuffix("-be")

    @property
    def contradicts(self) -> bool:
        return bool(self.declared) and self.declared != self._plain

    @property
    def lost(self) -> int:
        """Places where an earlier conversion had already destroyed the text."""
        return len(_LOST.findall(self.text))


def decode(data: bytes, content_type: str = "") -> Decoded:
    """Never fails. ``content_type`` is the header's whole value, when there was an answer."""
    served = _SERVED.search(content_type)
    name = served[1].lower() if served else ""
    return replace(_decoded(data, declared_in(data)), served=FAMILIES.get(name, name))


def _decoded(data: bytes, declared: str) -> Decoded:
    for mark, charset in MARKS:
        if data.startswith(mark):
            return replace(_read(data[len(mark) :], charset, declared), by="mark")
    wide = _wide(data)
    if wide:
        return replace(_read(data, wide, declared), by="shape")
    utf8 = _read(data, "utf-8", declared)
    if _tolerable(utf8):
        return replace(_undone(utf8), by="shape")
    return replace(_read(data, _double_byte(data, declared), declared), by="statistics")


def declared_in(data: bytes) -> str:
    """The last charset the document's head declares (generators repeat it; browsers stop at the first, we compare)."""
    found = _DECLARED.search(data[:4096])
    name = found[1].decode("ascii").lower() if found else ""
    return FAMILIES.get(name, name)


def _read(data: bytes, charset: str, declared: str) -> Decoded:
    text = data.decode(charset, "replace")
    broken = text.count("\ufffd") - data.count("\ufffd".encode())
    return Decoded(text, charset, declared, broken=max(broken, 0))


def _tolerable(decoded: Decoded) -> bool:
    if not decoded.broken:
        return True
    foreign = sum(1 for character in decoded.text if character > "\x7f")
    return decoded.broken <= TOLERATED * (foreign - decoded.broken)


def _wide(data: bytes) -> str:
    """UTF-16 without a mark: markup is ASCII, so every other byte of it is zero."""
    sample = data[:4096]
    if len(sample) < 8 or sample.count(0) < len(sample) // 10:
        return ""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > 4 * even:
        return "utf-16-le"
    return "utf-16-be" if even > 4 * odd else ""


def _double_byte(data: bytes, declared: str) -> str:
    scores = {"gb18030": _ordinary_gb(data), "big5": _ordinary_big5(data)}
    if declared in scores:
        scores[declared] += 0.05
    best = max(scores, key=lambda name: scores[name])
    if scores[best] > 0.6:
        return best
    guess = from_bytes(data[:65536]).best()
    return guess.encoding if guess is not None else best


def _ordinary_gb(data: bytes) -> float:
    """Share of double-byte characters in the rows of GB 2312 that hold punctuation and the 3,755 common characters."""
    pairs = _pairs(data, "gb18030")
    common = sum(1 for lead, trail in pairs if trail >= 0xA1 and (lead <= 0xA3 or 0xB0 <= lead <= 0xD7))
    return common / max(len(pairs), 1)


def _ordinary_big5(data: bytes) -> float:
    """The same for Big5: punctuation and the 5,401 frequent characters."""
    pairs = _pairs(data, "big5")
    common = sum(1 for lead, _ in pairs if 0xA1 <= lead <= 0xC6)
    return common / max(len(pairs), 1)


def _pairs(data: bytes, charset: str) -> list[tuple[int, int]]:
    """Lead and trail bytes of the double-byte characters of a sample, wrong pairs included as rare ones."""
    text = data[:65536].decode(charset, "replace")
    pairs = []
    for character in text:
        if character > "\x7f":
            encoded = character.encode(charset, "replace") if character != "\ufffd" else b"\x00\x00"
            pairs.append((encoded[0], encoded[1]) if len(encoded) == 2 else (0, 0))
    return pairs


def _undone(decoded: Decoded) -> Decoded:
    """Text that was UTF-8, read as Latin and saved as UTF-8 again is turned back when that is certain."""
    if _CJK.search(decoded.text) or len(_MOJIBAKE.findall(decoded.text)) < 5:
        return decoded
    for charset in ("cp1252", "latin-1"):
        try:
            text = decoded.text.encode(charset).decode("utf-8")
        except UnicodeError:
            continue
        return Decoded(text, "utf-8", decoded.declared, twice=True)
    return decoded
