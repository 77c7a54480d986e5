import json
import os

import pytest
from django.contrib.staticfiles.finders import get_finders

from jiyue.publishing.assets import are_collected


@pytest.fixture
def manifest(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    return tmp_path / "staticfiles.json"


def collected():
    return {name: name for finder in get_finders() for name, _storage in finder.list(["CVS", ".*", "*~"])}


def test_nothing_is_collected_at_first(manifest):
    assert not are_collected()


def test_what_was_collected_after_the_last_change_is_right(manifest):
    manifest.write_text(json.dumps({"paths": collected()}))

    assert are_collected()


def test_a_file_the_manifest_does_not_know_is_collected_anew(manifest):
    paths = collected()
    del paths["backoffice/backoffice.css"]
    manifest.write_text(json.dumps({"paths": paths}))

    assert not are_collected()


def test_a_file_that_changed_since_is_collected_anew(manifest):
    manifest.write_text(json.dumps({"paths": collected()}))
    os.utime(manifest, (0, 0))

    assert not are_collected()
