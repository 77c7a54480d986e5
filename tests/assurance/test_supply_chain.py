"""What the platform is made of: locked with hashes, listed, licensed, without a hole already known."""

import importlib.metadata
import json
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from packaging.version import Version

from jiyue.common.clock import now
from tools import advisories, supply


ROOT = Path(__file__).parent.parent.parent


@pytest.mark.promise("supply", "每个依赖都锁定到版本和校验值", "100 %")
def test_every_requirement_is_locked_with_its_hashes(measured):
    files = sorted(ROOT.glob("requirements*.txt"))
    for file in files:
        blocks = re.split(r"\n(?=[A-Za-z0-9])", file.read_text())
        pinned = [block for block in blocks if re.match(r"[A-Za-z0-9._-]+==", block)]
        loose = [block.splitlines()[0] for block in blocks if not block.startswith("#") and block not in pinned]
        assert loose == []
        assert [block.splitlines()[0] for block in pinned if "--hash=sha256:" not in block] == []
        assert not re.search(r"--(extra-)?index-url|https?://", file.read_text())
    measured(files=len(files), packages=len(supply.packages()))


@pytest.mark.promise("supply", "物料清单（CycloneDX 1.6）与锁文件一致", "0 处不同")
def test_the_bill_of_materials_is_the_locks(measured):
    found = supply.packages()
    told = json.loads(supply.SBOM.read_text())

    assert (told["bomFormat"], told["specVersion"]) == ("CycloneDX", "1.6")
    assert supply.SBOM.read_text() == supply.sbom(found), "python tools/supply.py"
    refs = {each["bom-ref"] for each in told["components"]} | {told["metadata"]["component"]["bom-ref"]}
    assert {each["ref"] for each in told["dependencies"]} == refs
    reached = {name for each in told["dependencies"] for name in each["dependsOn"]}
    assert refs - reached == {
        told["metadata"]["component"]["bom-ref"]
    }  # everything is there because something wants it
    measured(components=len(told["components"]))


@pytest.mark.promise("supply", "每个依赖的许可都已知，且与 Apache-2.0 相容", "0 个未知")
def test_every_licence_is_known_and_fits(measured):
    found = supply.packages()

    assert [f"{each.name}: {each.licence}" for each in found if not each.is_fitting] == []
    assert supply.PAGE.read_text() == supply.page(found), "python tools/supply.py"
    carrying = {
        folder.name.removesuffix(".libs").replace("_", "-")
        for folder in Path(importlib.metadata.distribution("django").locate_file("")).glob("*.libs")
    }
    assert carrying & {each.name for each in found} <= supply.BUNDLED.keys()
    measured(packages=len(found))


@pytest.mark.promise("supply", "锁定的版本不低于已知安全的最低版本", "0 个过低")
def test_no_version_is_below_the_table(measured):
    versions = advisories.locked()

    assert list(advisories.below_the_floor(versions)) == []
    old = versions | {"django": [Version("5.2.7")], "jinja2": [Version("3.1.5")]}
    assert [line.split()[0] for line in advisories.below_the_floor(old)] == ["django", "jinja2"]
    measured(packages=len(versions), rows=len(advisories.FLOORS.read_text().splitlines()) - 1)


def a_record(name, *, fixed="9999", modified=None, **more):
    events = [{"introduced": "0"}, {"fixed": fixed}]
    affected = {"package": {"name": name, "ecosystem": "PyPI"}, "ranges": [{"type": "ECOSYSTEM", "events": events}]}
    moment = modified or now()
    return {"id": "PYSEC-2026-1", "modified": moment.isoformat(), "affected": [affected], **more}


@pytest.mark.promise("supply", "给出漏洞快照就核对，快照过期即失败", "漏报 0，过期必报")
@pytest.mark.parametrize(
    ("record", "complaint"),
    [
        (a_record("Django"), "PYSEC-2026-1"),
        (a_record("Django", fixed="1.0"), None),
        (a_record("Django", withdrawn="2026-01-01T00:00:00Z"), None),
        (a_record("nobody"), None),
        (a_record("nobody", modified=now() - timedelta(days=31)), "older than 30 days"),
    ],
)
def test_a_snapshot_of_advisories_is_heeded(tmp_path, record, complaint):
    (tmp_path / "one.json").write_text(json.dumps(record))

    command = [sys.executable, str(ROOT / "tools" / "advisories.py"), "--osv", str(tmp_path)]
    told = subprocess.run(command, capture_output=True, text=True, check=False)

    assert told.returncode == (1 if complaint else 0), told.stdout
    assert complaint is None or complaint in told.stdout


@pytest.mark.promise("supply", "publiccode.yml 完整，SECURITY.md 写明怎样报告和多久答复", "必填项齐全")
def test_the_public_description_is_complete(measured):
    told = yaml.safe_load((ROOT / "publiccode.yml").read_text())
    required = {
        "publiccodeYmlVersion", "name", "url", "platforms", "developmentStatus", "softwareType", "description", "legal",
        "maintenance", "localisation",
    }  # fmt: skip
    assert required <= told.keys()
    assert told["legal"]["license"] == "Apache-2.0"
    assert (
        told["softwareVersion"]
        == re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)[1]
    )
    for text in told["description"].values():
        assert 1 <= len(text["shortDescription"]) <= 150
        assert 150 <= len(text["longDescription"]) <= 10_000
        assert text["features"]
    assert told["maintenance"]["type"] in {"internal", "contract", "community", "none"}
    assert told["maintenance"]["contacts"]
    door = (ROOT / "SECURITY.md").read_text()
    for wanted in ("私密报告", "个工作日", "只维护最新版本", "working days"):
        assert wanted in door
    measured(keys=len(told))
