"""The console script ``jiyue``: every command is a management command of the app it belongs to."""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiyue.settings")
    execute_from_command_line(sys.argv)
