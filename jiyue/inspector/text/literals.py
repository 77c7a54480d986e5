"""Where any of many words stands in a text: one pass of Hyperscan, whatever their number."""

import threading
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

import hyperscan


class Literals:
    """Words by number, in the order given. Overlapping occurrences are all found."""

    def __init__(self, words: Iterable[str]) -> None:
        encoded = [_encoded(word) for word in words]
        self._lengths = [len(word.decode("utf-8", "surrogatepass")) for word in encoded]
        self._database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK) if encoded else None
        self._local = threading.local()  # a scratch space serves one scan at a time
        if self._database:
            self._database.compile(
                expressions=encoded,
                ids=list(range(len(encoded))),
                elements=len(encoded),
                flags=[0] * len(encoded),
                literal=True,
            )

    def find(self, text: str) -> Iterator[tuple[int, int, int]]:
        """(start, end, number of the word), in characters, by end."""
        hits: list[tuple[int, int]] = []
        data = _encoded(text)
        if self._database and data:
            self._database.scan(data, match_event_handler=_collector(hits), scratch=self._scratch())
        hits.sort()
        ends = _characters(data, [end for end, _ in hits])
        for (_, number), end in zip(hits, ends, strict=True):
            yield end - self._lengths[number], end, number

    def _scratch(self) -> hyperscan.Scratch:
        if not hasattr(self._local, "scratch"):
            self._local.scratch = hyperscan.Scratch(self._database)
        return self._local.scratch


def _collector(hits: list[tuple[int, int]]) -> Callable[[int, int, int, int, object], None]:
    def collect(number: int, _start: int, end: int, _flags: int, _context: object) -> None:
        hits.append((end, number))

    return collect


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _characters(data: bytes, ends: list[int]) -> Iterator[int]:
    """Offsets in bytes, ascending and between characters, as offsets in characters."""
    count = 0
    for before, end in pairwise((0, *ends)):
        count += len(data[before:end].decode("utf-8", "surrogatepass"))
        yield count
