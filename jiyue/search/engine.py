"""Which search index this installation uses."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from jiyue.search.index import SearchIndex
from jiyue.search.tantivy_index import TantivyIndex


def search_index() -> SearchIndex:
    return _at(Path(settings.HOME) / "search")


@lru_cache(maxsize=8)
def _at(folder: Path) -> SearchIndex:
    return TantivyIndex(folder)
