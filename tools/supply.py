"""Writes what the platform is made of, from the lock and the metadata of what is installed from it:
docs/reference/sbom.json (CycloneDX 1.6) and docs/reference/licences.md.

python tools/supply.py           write both
python tools/supply.py --check   exit 1 when one is stale or a licence is not known to go with Apache-2.0
"""

import importlib.metadata
import json
import re
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path


ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.txt"
SBOM = ROOT / "docs" / "reference" / "sbom.json"
PAGE = ROOT / "docs" / "reference" / "licences.md"
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)(?: ; ([^\\]+))?")

# What an Apache-2.0 program may be distributed and run with, unmodified, as libraries.
FITTING = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "LGPL-3.0-only", "MIT", "MIT-0", "MIT-CMU", "MPL-2.0",
    "PSF-2.0", "Unlicense", "Zlib",
}  # fmt: skip
# Spellings in metadata that are no SPDX identifiers.
MEANT = {
    "Apache License, Version 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "BSD License": "BSD-3-Clause",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "PSFL": "PSF-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
ELSEWHERE = {
    "async-timeout": "Apache-2.0",
    "tzdata": "Apache-2.0",
    "colorama": "BSD-3-Clause",
}  # not installed on Linux
# What wheels carry inside beside the package itself; the folders are named in the test.
BUNDLED = {
    "pillow": "libjpeg-turbo、libpng、libtiff、zlib-ng、FreeType（FTL）、HarfBuzz、LittleCMS 等，均为宽松许可",
    "pillow-heif": "libheif、libde265（LGPL-3.0）和 libx265（GPL-2.0-or-later）。由 Wagtail 的 Willow 带入，本平台不收 HEIC、不用它；"
    "要随产品分发二进制的，可卸载它：`pip uninstall pillow-heif`",
    "psycopg-binary": "libpq（PostgreSQL）、OpenSSL（Apache-2.0）、MIT Kerberos、OpenLDAP 等，均为宽松许可",
}
HEAD = """# 依赖的许可

由 `python tools/supply.py` 从锁文件 `requirements.txt` 和已安装软件包的元数据生成，测试检查是否过期。本项目为 Apache-2.0；
出现不认识的、或与之不相容的许可时测试失败。物料清单（CycloneDX 1.6）见 [sbom.json](sbom.json)，同一来源生成。
元数据只写“BSD”的按 BSD-3-Clause 记。

| 软件包 | 版本 | 许可 | 何时安装 |
|---|---|---|---|
"""


TAIL = """
## 二进制包里带的库

上表是软件包自己声明的许可。以下几个包的二进制版本里还带着别人的库：

| 软件包 | 其中的库 |
|---|---|
"""


@dataclass
class Package:
    name: str
    version: str
    marker: str = ""
    hashes: list[str] = field(default_factory=list)
    wanted_by: list[str] = field(default_factory=list)

    @property
    def purl(self) -> str:
        return f"pkg:pypi/{self.name}@{self.version}"

    @property
    def licence(self) -> str:
        """As an SPDX expression; what the metadata says, where nobody knows it."""
        try:
            told = importlib.metadata.metadata(self.name)
        except importlib.metadata.PackageNotFoundError:
            return ELSEWHERE.get(self.name, "not installed")
        classified = [
            line.rpartition("::")[2].strip()
            for line in told.get_all("Classifier") or []
            if line.startswith("License ::")
        ]
        text = (told.get("License-Expression") or told.get("License") or "").strip()
        if not text or len(text) > 60 or text not in MEANT | dict.fromkeys(FITTING):
            text = told.get("License-Expression") or next(iter(classified), text[:60] or "unknown")
        return MEANT.get(text, text)

    @property
    def is_fitting(self) -> bool:
        """One of the alternatives goes with Apache-2.0, and so does every part of it."""
        alternatives = [part.strip("() ") for part in self.licence.split(" OR ")]
        return any(all(each.strip("() ") in FITTING for each in part.split(" AND ")) for part in alternatives)


def packages() -> list[Package]:
    found: list[Package] = []
    via = False
    for line in LOCK.read_text().splitlines():
        if match := PINNED.match(line):
            found.append(Package(match[1], match[2], (match[3] or "").strip()))
            via = False
        elif line.strip().startswith("--hash=sha256:"):
            found[-1].hashes.append(line.strip().removeprefix("--hash=sha256:").rstrip(" \\"))
        elif line.strip().startswith("# via"):
            via = True
            found[-1].wanted_by += _named(line.replace("# via", "#"))
        elif via and line.startswith("    #"):
            found[-1].wanted_by += _named(line)
    return found


def _named(line: str) -> Iterator[str]:
    name = line.strip("# \t").split(" ")[0].partition("[")[0]
    if name:
        yield name


def sbom(found: list[Package]) -> str:
    version = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert version is not None
    root = f"pkg:pypi/jiyue@{version[1]}"
    told = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, LOCK.read_text())}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": root,
                "name": "jiyue",
                "version": version[1],
                "purl": root,
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            }
        },
        "components": [_component(package) for package in found],
        "dependencies": _dependencies(root, found),
    }
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _component(package: Package) -> dict[str, object]:
    told: dict[str, object] = {
        "type": "library",
        "bom-ref": package.purl,
        "name": package.name,
        "version": package.version,
        "purl": package.purl,
        "licenses": [{"expression": package.licence}],
        "hashes": [{"alg": "SHA-256", "content": digest} for digest in package.hashes],
    }
    if package.marker:
        told["properties"] = [{"name": "python:marker", "value": package.marker}]
    return told


def _dependencies(root: str, found: list[Package]) -> list[dict[str, object]]:
    needs: dict[str, list[str]] = {root: []} | {package.purl: [] for package in found}
    known = {package.name: package.purl for package in found}
    for package in found:
        for name in package.wanted_by:
            needs[known.get(name, root)].append(package.purl)
    return [{"ref": ref, "dependsOn": sorted(set(each))} for ref, each in needs.items()]


def page(found: list[Package]) -> str:
    rows = [
        f"| {each.name} | {each.version} | {each.licence} | {each.marker and f'`{each.marker}`'} |\n" for each in found
    ]
    inside = [f"| {name} | {text} |\n" for name, text in sorted(BUNDLED.items())]
    return HEAD + "".join(rows) + TAIL + "".join(inside)


def main() -> int:
    found = packages()
    wrong = [f"{each.name}: {each.licence}" for each in found if not each.is_fitting]
    files = {SBOM: sbom(found), PAGE: page(found)}
    if "--check" in sys.argv:
        wrong += [
            f"{path.name} is stale: python tools/supply.py"
            for path, text in files.items()
            if not path.exists() or path.read_text() != text
        ]
    else:
        for path, text in files.items():
            path.write_text(text)
    sys.stdout.write("\n".join([*wrong, ""]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
