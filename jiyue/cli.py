"""The console script ``jiyue``: every command is a management command of the app it belongs to.

Only what needs no installation is run without Django, which takes seconds to load.
"""

import os
import sys
from importlib import import_module


WITHOUT_DJANGO = {"check-text": "jiyue.inspector.cli"}


def main() -> None:
    if module := WITHOUT_DJANGO.get(sys.argv[1] if len(sys.argv) > 1 else ""):
        sys.exit(import_module(module).main(sys.argv[2:]))
    from django.core.management import execute_from_command_line

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiyue.settings")
    execute_from_command_line(sys.argv)
