"""Log lines nobody can forge: one event is one line, whatever text it carries, with the number of its request."""

import json
import logging
import re
from datetime import datetime

from django.utils.timezone import get_default_timezone

from jiyue.common.origin import origin


CONTROL = re.compile(
    "[\x00-\x1f\x7f\x85\u2028\u2029\u202a-\u202e\u2066-\u2069]"
)  # ends of lines, terminals, directions
OURS = ("status", "method", "view", "host", "actor", "ms")  # what `extra=` may add


def visible(text: str) -> str:
    return CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


class LineFormatter(logging.Formatter):
    """For people and journald. A traceback keeps its lines."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 -- logging's name
        record.message = visible(record.message)
        record.request_number = origin().request or "-"
        return super().formatMessage(record)


class JsonFormatter(logging.Formatter):
    """``JIYUE_LOG_FORMAT=json``: for collectors. No addresses of people, no names: an account is its number."""

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "at": datetime.fromtimestamp(record.created, get_default_timezone()).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request": origin().request,
            "process": record.process,
            **{name: getattr(record, name) for name in OURS if hasattr(record, name)},
        }
        if record.exc_info:
            told["trace"] = self.formatException(record.exc_info)
        return json.dumps(
            {name: value for name, value in told.items() if value not in ("", None)}, ensure_ascii=True, default=str
        )
