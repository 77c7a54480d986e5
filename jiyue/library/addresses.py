"""Public addresses: given once, stable, never used for anything else (``regulation.md`` §1.8)."""

from datetime import datetime

from jiyue.library.classification import Kind
from jiyue.library.models import BasePage


def column_address(url_path: str) -> str:
    """``/<website>/<code>/<code>/`` in the tree is ``/<code>/<code>/`` on the website's own host."""
    return "/" + url_path.split("/", 2)[2]


def address_of(page: BasePage, column: BasePage | None, released_at: datetime) -> str:
    """``released_at`` in local time; it gives an item the month directory it stays in."""
    if column is not None:
        return f"{column_address(column.url_path)}{released_at:%Y/%m}/{page.pk}.html"
    return "/" if page.kind == Kind.HOME else column_address(page.url_path)
