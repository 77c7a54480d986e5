"""One run of an import: every document on its own, so that a broken one never stops the rest."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

from django.core.exceptions import ValidationError
from django.db import DatabaseError

from jiyue.accounts.models import User
from jiyue.common.errors import Refused
from jiyue.content.models import ColumnPage
from jiyue.onboarding import actions
from jiyue.onboarding.page import NotAnArticle
from jiyue.onboarding.reading import Document, Entry, read
from jiyue.onboarding.report import Line, Report, Result


# What a damaged file can make parsers and the database say. Programming errors are not among them.
UNREADABLE: Final = (OSError, ValueError, ArithmeticError, LookupError, RecursionError, DatabaseError)


def run(
    entries: Iterable[Entry],
    column: ColumnPage,
    report: Report,
    *,
    by: User,
    at: datetime,
    approve: bool = False,
    step: Callable[[Line], None] = lambda line: None,
) -> set[str]:
    """Takes what can be taken and writes a line on everything; answers the files that came along with the pages."""
    used: set[str] = set()
    for entry in entries:
        line = Line(entry.name, Result.REFUSED)
        try:
            document = read(entry)
            used |= {str(path) for path in document.used}
            _take(document, column, line, by=by, at=at, approve=approve)
        except NotAnArticle as refused:
            line.kind, line.reason, line.title = refused.kind, str(refused), refused.title
        except actions.Duplicate as refused:
            line.result, line.kind, line.reason = Result.DUPLICATE, "duplicate", str(refused)
        except Refused as refused:
            line.kind, line.reason = line.kind or "refused", str(refused)
        except ValidationError as error:
            line.kind, line.reason = "invalid", "；".join(error.messages)
        except UNREADABLE as error:
            line.kind, line.reason = "broken", f"{type(error).__name__}: {error}"[:300]
        report.lines.append(line)
        step(line)
    return used


def _take(document: Document, column: ColumnPage, line: Line, *, by: User, at: datetime, approve: bool) -> None:
    page = document.page
    line.title, line.charset = page.title, document.charset
    line.published_at = page.published_at.isoformat() if page.published_at else ""
    brought = actions.bring_in(document, column, source=line.source, by=by, at=at)
    line.result, line.item = Result.TAKEN, brought.item.pk
    line.notes, line.doubts = brought.notes, brought.doubts
    kinds = [block.block_type for block in brought.item.body]
    line.pictures, line.attachments = kinds.count("image"), kinds.count("file")
    if approve and not brought.doubts:
        try:
            actions.approve_in_demo(brought.item, by=by, at=at)
            line.approved = True
        except (Refused, ValidationError) as refused:
            messages = refused.messages if isinstance(refused, ValidationError) else [str(refused)]
            line.doubts = [*line.doubts, "；".join(messages)]
