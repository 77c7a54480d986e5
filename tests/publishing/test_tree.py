import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiyue.publishing.tree import media_type, relative_file


@pytest.mark.parametrize(
    ("path", "file"),
    [
        ("/", "index.html"),
        ("/xxgk/", "xxgk/index.html"),
        ("/xxgk/2026/11/9.html", "xxgk/2026/11/9.html"),
        ("/.well-known/security.txt", ".well-known/security.txt"),
    ],
)
def test_an_address_has_one_file(path, file):
    assert relative_file(path) == file


@pytest.mark.parametrize(
    "path", ["", "a.html", "/../a", "/a/../b", "/a//b", "/.gone/a", "/.env", "/a\\b", "/a\0b", "/a\n", "/./a", "//a"]
)
def test_an_address_outside_the_tree_has_none(path):
    with pytest.raises(ValueError, match=f"^{re.escape(path)}$"):
        relative_file(path)


@given(st.text(alphabet="/.a\\\0é ", max_size=12))
def test_no_file_lies_outside_the_tree(path):
    try:
        file = relative_file(path)
    except ValueError:
        return

    assert not file.startswith("/")
    assert ".." not in file.split("/")


def test_the_media_type_of_a_folder_is_that_of_its_index():
    assert media_type("/xxgk/") == "text/html; charset=utf-8"
    assert media_type("/feed.xml") == "application/xml; charset=utf-8"
    assert media_type("/x.exe") == "application/octet-stream"
