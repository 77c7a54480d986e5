"""The one way out to a spreadsheet: CSV that opens in Chinese Excel and never runs as a formula."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http import StreamingHttpResponse


# Signs in both widths, also behind what a spreadsheet skips or does not show; tabs and line ends begin a cell anew.
STARTS_A_FORMULA = re.compile(r"[\s\x00-\x1f\x7f\u200b-\u200f\u2060\ufeff]*[=+\-@＝＋－＠]|[\t\r\n\x00]")
BYTE_ORDER_MARK = "\ufeff"  # without it Excel takes UTF-8 for GBK


def cell(value: Any) -> str:
    """The value as text; what a spreadsheet would run is quoted."""
    text = "" if value is None else str(value)
    return f"'{text}" if STARTS_A_FORMULA.match(text) else text


def csv_response(name: str, header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """``name`` without extension, ASCII."""
    response = StreamingHttpResponse(_lines(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _lines(header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield BYTE_ORDER_MARK
    yield writer.writerow([cell(value) for value in header])
    for row in rows:
        yield writer.writerow([cell(value) for value in row])


class _Echo:
    """What csv.writer writes to: every row comes straight back."""

    def write(self, row: str) -> str:
        return row
