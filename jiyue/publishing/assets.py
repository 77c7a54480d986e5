"""Whether the collected static files are those of this code."""

import json
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders


def are_collected() -> bool:
    """Every static file of the installed apps is in the manifest, and none is newer. An update of the code brings new
    ones, and the back office answers with an error for each it does not find."""
    manifest = settings.STATIC_ROOT / "staticfiles.json"
    if not manifest.exists():
        return False
    made, known = manifest.stat().st_mtime, json.loads(manifest.read_text()).get("paths", {})
    return all(
        name in known and Path(storage.path(name)).stat().st_mtime <= made
        for finder in get_finders()
        for name, storage in finder.list(["CVS", ".*", "*~"])
    )
