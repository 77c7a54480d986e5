"""Reads ``data/``: the human-editable part of the sample city."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml


DATA = Path(__file__).parent / "data"


@cache
def read(name: str) -> Any:
    """One file of ``data/`` by its name without suffix."""
    with (DATA / f"{name}.yaml").open(encoding="utf-8") as file:
        return yaml.load(file, yaml.CSafeLoader)


@cache
def works() -> dict[str, list[dict[str, Any]]]:
    """Field of work → what is done there."""
    return {field: list_ for path in _files("works") for field, list_ in read(path).items()}


@cache
def policies() -> list[dict[str, Any]]:
    """The city's documents written in full, oldest first."""
    documents = [document for path in _files("policies") for document in read(path)]
    return sorted(documents, key=lambda document: document["issued"])


def _files(folder: str) -> list[str]:
    return sorted(f"{folder}/{path.stem}" for path in (DATA / folder).glob("*.yaml"))
