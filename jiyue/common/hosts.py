"""Which host names the application answers: those of the settings, that of the back office, and those of the register."""

import json
import os
from collections.abc import Iterator
from pathlib import Path


class AllowedHosts(list[str]):
    """``settings.ALLOWED_HOSTS``. The register is read from ``hosts.json``, which every change of it writes anew
    (publishing/hosts.py): a new website is answered without a restart, a closed one no longer."""

    def __init__(self, named: list[str], file: Path) -> None:
        super().__init__(named)
        self.file = file
        self.stamp = (0, 0)
        self.registered: list[str] = []

    def __iter__(self) -> Iterator[str]:
        self._refresh()
        yield from super().__iter__()
        yield from self.registered

    def _refresh(self) -> None:
        try:
            status = os.stat(self.file)  # noqa: PTH116 -- at every request
        except OSError:
            return
        stamp = status.st_mtime_ns, status.st_ino
        if stamp != self.stamp:
            self.registered = [name for name in json.loads(self.file.read_text(encoding="utf-8")) if "*" not in name]
            self.stamp = stamp
