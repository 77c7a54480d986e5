"""The rich-text field of the back office: Wagtail's, made safe for several people at once.

Wagtail keeps one converter for each block of a page type, and a converter is a parser that remembers where it is. Two
threads that open two editors at the same moment would feed both texts into it: one gets an error, or the other's words.
"""

import threading
from typing import Any

from wagtail.admin.rich_text.editors.draftail import DraftailRichTextArea


_READING = threading.RLock()  # of the module: a form copies its widgets, and a lock cannot be copied


class RichTextArea(DraftailRichTextArea):
    def format_value(self, value: Any) -> Any:
        with _READING:
            return super().format_value(value)
