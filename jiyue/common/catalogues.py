"""Message catalogues: which strings our source holds, and the compiled form Django reads.

Only ``.po`` files are kept under version control. ``compile_stale`` runs when the process starts (``CommonConfig.ready``),
so that no machine needs gettext and no one can forget the step.
"""

import os
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize


def django_template(file: IO[bytes], keywords: Any, comment_tags: Any, options: Any) -> Iterator[tuple[Any, ...]]:
    """Babel extractor for Django templates: Django's own reading of them as Python calls."""
    source = templatize(file.read().decode())
    calls = "\n".join(line.strip() for line in source.splitlines())  # indentation would mean something in Python
    yield from extract_python(BytesIO(calls.encode()), keywords, comment_tags, options)


KEYWORDS: dict[str, Any] = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
SOURCES: dict[str, list[tuple[str, Any]]] = {
    "django": [
        ("**/jinja2/**.*", "jinja2.ext:babel_extract"),
        ("**/templates/**.*", django_template),
        ("**.py", "python"),
    ],
    "djangojs": [("**/static/**.js", "javascript")],
}
OPTIONS = {
    "**/jinja2/**.*": {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"},
}


def compile_stale(root: Path) -> list[Path]:
    """Compiles every catalogue below ``root`` that is newer than its compiled form; answers those it compiled."""
    stale = [po for po in sorted(root.glob("*/LC_MESSAGES/*.po")) if is_stale(po)]
    for po in stale:
        if os.access(po.parent, os.W_OK):
            _compile(po)
    return stale


def is_stale(po: Path) -> bool:
    mo = po.with_suffix(".mo")
    return not mo.exists() or mo.stat().st_mtime < po.stat().st_mtime


def _compile(po: Path) -> None:
    draft = po.with_suffix(f".{os.getpid()}.tmp")
    with draft.open("wb") as file:
        write_mo(file, read(po))
    draft.replace(po.with_suffix(".mo"))  # several processes may start at once


def read(po: Path) -> Catalog:
    with po.open("rb") as file:
        return read_po(file, locale=po.parent.parent.name, domain=po.stem)


def write(po: Path, catalogue: Catalog) -> None:
    """Keeps the file's own head, so that nothing changes where no string did."""
    head, _, _ = po.read_text().partition("\n\n")
    body = BytesIO()
    write_po(
        body, catalogue, width=110, omit_header=True, include_lineno=False, ignore_obsolete=True, sort_by_file=True
    )
    po.write_text(f"{head.rstrip()}\n\n{body.getvalue().decode().strip()}\n")


def extract(root: Path, domain: str = "django") -> Catalog:
    """All strings marked for translation in the Python, Jinja2, Django template or script files below ``root``."""
    catalogue = Catalog(domain=domain)
    found = extract_from_dir(
        root, SOURCES[domain], OPTIONS, KEYWORDS, comment_tags=("翻译：",), strip_comment_tags=True
    )
    for path, _line, message, comments, context in found:
        catalogue.add(message, locations=[(path, 0)], auto_comments=comments, context=context)
    return catalogue


def refresh(po: Path, found: Catalog) -> Catalog:
    """Takes new strings of the source into a catalogue and drops those that are gone."""
    catalogue = read(po)
    catalogue.update(found, no_fuzzy_matching=True, update_creation_date=False)
    write(po, catalogue)
    return catalogue


def untranslated(catalogue: Catalog) -> list[str]:
    """Chinese strings without a translation in the catalogue."""
    return [_first(message.id) for message in catalogue if _is_chinese(_first(message.id)) and not _is_done(message)]


def _first(text: Any) -> str:
    return text if isinstance(text, str) else str(text[0])


def _is_chinese(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)


def _is_done(message: Any) -> bool:
    strings = message.string if isinstance(message.string, tuple | list) else [message.string]
    return not message.fuzzy and all(strings)
