"""Compares the lock with what is known to be vulnerable.

python tools/advisories.py              against tools/minimum_versions.csv: the least version without a known hole
python tools/advisories.py --osv FILE   also against a snapshot of OSV records of PyPI (all.zip, or a folder of .json)

No advisory database can be asked from a closed network, and a tool that finds nothing because it could ask nobody looks
just like one that found nothing. So the snapshot is a file somebody brought, and one older than 30 days is an error.
"""

import argparse
import csv
import json
import sys
import time
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version


ROOT = Path(__file__).resolve().parent.parent
FLOORS = ROOT / "tools" / "minimum_versions.csv"
FRESH = timedelta(days=30)


def locked() -> dict[str, list[Version]]:
    found: dict[str, list[Version]] = {}
    for file in sorted(ROOT.glob("requirements*.txt")):
        for line in file.read_text().splitlines():
            name, separator, rest = line.partition("==")
            if separator and not line.startswith((" ", "#")):
                found.setdefault(str(canonicalize_name(name)), []).append(Version(rest.split()[0]))
    return found


def below_the_floor(versions: dict[str, list[Version]]) -> Iterator[str]:
    with FLOORS.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            for version in sorted(set(versions.get(row["package"], []))):
                if version < Version(row["minimum"]):
                    yield f"{row['package']} {version} < {row['minimum']}: {row['reason']}"


def records(snapshot: Path) -> Iterator[dict[str, Any]]:
    if snapshot.is_dir():
        for path in sorted(snapshot.glob("*.json")):
            yield json.loads(path.read_text())
        return
    with zipfile.ZipFile(snapshot) as archive:
        for name in archive.namelist():
            if name.endswith(".json"):
                yield json.loads(archive.read(name))


def vulnerable(versions: dict[str, list[Version]], snapshot: Path) -> tuple[list[str], datetime | None]:
    """What is affected, and the moment of the newest record."""
    found, newest = [], None
    for record in records(snapshot):
        moment = datetime.fromisoformat(record["modified"])
        newest = max(newest, moment) if newest else moment
        if "withdrawn" in record:
            continue
        for affected in record.get("affected", []):
            name = str(canonicalize_name(affected.get("package", {}).get("name", "")))
            found += [
                f"{name} {each}: {record['id']}" for each in set(versions.get(name, [])) if is_affected(each, affected)
            ]
    return sorted(set(found)), newest


def is_affected(version: Version, affected: dict[str, Any]) -> bool:
    if str(version) in affected.get("versions", []):
        return True
    spans = (span["events"] for span in affected.get("ranges", []) if span["type"] == "ECOSYSTEM")
    return any(_is_inside(version, events) for events in spans)


def _is_inside(version: Version, events: list[dict[str, str]]) -> bool:
    inside = False
    for event in events:
        for kind, text in event.items():
            try:
                bound = Version("0") if text == "0" else Version(text)
            except InvalidVersion:
                continue
            if kind == "introduced" and version >= bound:
                inside = True
            elif (kind == "fixed" and version >= bound) or (kind == "last_affected" and version > bound):
                inside = False
    return inside


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--osv", type=Path)
    snapshot = parser.parse_args().osv
    versions = locked()
    wrong = list(below_the_floor(versions))
    if snapshot is None:
        sys.stdout.write("only the table of minimum versions was asked; no snapshot of advisories was given\n")
    else:
        found, newest = vulnerable(versions, snapshot)
        wrong += found
        age = datetime.fromtimestamp(time.time(), UTC) - newest if newest else None
        sys.stdout.write(f"snapshot: newest record {newest or 'none'}\n")
        if age is None or age > FRESH:
            wrong.append("the snapshot is empty or older than 30 days")
    sys.stdout.write("\n".join([*wrong, ""]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
