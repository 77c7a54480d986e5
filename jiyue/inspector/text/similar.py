"""Characters that are taken for each other: same sound, or almost the same shape (data/similar.txt)."""

from collections import defaultdict
from functools import cache
from pathlib import Path


TABLE = Path(__file__).parent.parent / "data" / "similar.txt"


@cache
def _table() -> dict[str, frozenset[str]]:
    groups: defaultdict[str, set[str]] = defaultdict(set)
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            characters = line.split(" ")[1]
            for character in characters:
                groups[character].update(characters)
    return {character: frozenset(group - {character}) for character, group in groups.items()}


def similar_to(character: str) -> frozenset[str]:
    return _table().get(character, frozenset())


def is_similar(one: str, other: str) -> bool:
    return other in similar_to(one)
