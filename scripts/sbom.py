"""List every pinned package in the format CycloneDX, with its hashes and license: ``make sbom``.

The lock files say what there is; the environment that was set up from them says under which license. A package whose
license is not one of those below is an error: it may forbid what Apache-2.0 allows.
"""

from __future__ import annotations

import re
import sys
import tomllib
import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.model.license import DisjunctiveLicense
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

ROOT = Path(__file__).resolve().parent.parent
LOCKS = {"requirements.lock": "serving", "requirements-dev.lock": "development"}
"""The lock files whose packages the environment of 'make setup' holds."""
_PIN = re.compile(r"^([A-Za-z0-9][\w.-]*)==([^\s;\\]+)(?:\s*;\s*([^\\\n]+))?")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
PERMISSIVE = {
    "MIT",
    "MIT-0",
    "MIT-CMU",
    "BSD",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "0BSD",
    "Apache-2.0",
    "ISC",
    "PSF-2.0",
    "Python-2.0",
    "Zlib",
    "Unlicense",
    "HPND",
    "CC0-1.0",
    "BSL-1.0",
    "OFL-1.1",
}
"""Licenses whose only conditions are notices."""
WEAK = {"MPL-1.1", "MPL-2.0", "LGPL-2.1-or-later", "LGPL-3.0-only", "LGPL-3.0-or-later", "LGPL-2.0-or-later"}
"""Licenses that ask to pass on changes of the package itself: it is used here as it is, in files of its own."""
_LOOKED_AT = {"axe-playwright-python": "MIT"}
"""Licenses that a package states in a file alone."""
_CLASSIFIERS = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.1-or-later",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "GNU Lesser General Public License v3 or later (LGPLv3+)": "LGPL-3.0-or-later",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "MIT No Attribution License (MIT-0)": "MIT-0",
    "Mozilla Public License 1.1 (MPL 1.1)": "MPL-1.1",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "DFSG approved": "",  # says nothing of its own
    "The Unlicense (Unlicense)": "Unlicense",
    "zlib/libpng License": "Zlib",
}
"""SPDX names of the licenses that registries list."""
_WORDS = {
    **dict.fromkeys(("apache 2", "apache 2.0", "apache license 2.0", "apache license, version 2.0"), "Apache-2.0"),
    **dict.fromkeys(("apache-2.0 license", "apache software license"), "Apache-2.0"),
    **dict.fromkeys(("bsd 3-clause", "3-clause bsd license", "new bsd"), "BSD-3-Clause"),
    **dict.fromkeys(("mit license", "the mit license"), "MIT"),
    **dict.fromkeys(("psf", "psf license"), "PSF-2.0"),
    "bsd license": "BSD",
}
"""SPDX names of licenses as packages write them."""


@dataclass(frozen=True, slots=True)
class Package:
    """One pin of a lock file."""

    name: str
    version: str
    marker: str
    """Where it is installed; empty for everywhere."""
    hashes: tuple[str, ...]
    use: str


def packages(root: Path = ROOT) -> list[Package]:
    """Return every pin of the lock files, in their order."""
    found = []
    for lock, use in LOCKS.items():
        text = (root / lock).read_text(encoding="utf-8")
        for entry in re.split(r"\n(?=[A-Za-z0-9])", text):
            pin = _PIN.match(entry)
            if pin is not None:
                found.append(Package(pin[1], pin[2], (pin[3] or "").strip(), tuple(_HASH.findall(entry)), use))
    return found


def license_of(about: Mapping[str, Any] | metadata.PackageMetadata) -> str:
    """Return a package's license.

    :param about: The package's metadata.
    :return: An SPDX expression where the package tells one, or tells what has an SPDX name; otherwise what it says.
    """
    expression = about.get("License-Expression")
    if expression:
        return str(expression)
    listed = [value for key, value in about.items() if key == "Classifier" and value.startswith("License ::")]
    names = [value.rsplit(" :: ", 1)[-1] for value in listed if value != "License :: OSI Approved"]
    if names:
        return " OR ".join(dict.fromkeys(filter(None, (_CLASSIFIERS.get(name, name) for name in names))))
    said = str(about.get("License") or "").strip().partition("\n")[0]
    return _WORDS.get(said.lower(), said) or "not stated"


def is_compatible(expression: str) -> bool:
    """Return whether a license lets the program be passed on under Apache-2.0.

    :param expression: An SPDX expression; of "A OR B" one is enough, of "A AND B" both are needed.
    :return: Whether every license that is needed is permissive, or weak and of a package that is not changed.
    """
    either = re.split(r"\s+OR\s+", expression.replace("(", " ").replace(")", " ").strip())
    return any(all(_is_known(part) for part in re.split(r"\s+AND\s+", one)) for one in either)


def _is_known(part: str) -> bool:
    name, _, exception = part.strip().partition(" WITH ")
    return name.strip() in PERMISSIVE | WEAK or (name == "GPL-3.0-or-later" and "GCC-exception" in exception)


def licenses(pins: list[Package]) -> dict[str, str]:
    """Return the license of every pinned package that is installed here, by name."""
    found = {}
    for pin in pins:
        try:
            found[pin.name] = _LOOKED_AT.get(pin.name) or license_of(metadata.metadata(pin.name))
        except metadata.PackageNotFoundError:
            continue
    return found


def table(pins: list[Package], known: Mapping[str, str]) -> str:
    """Return the packages by license as Markdown."""
    by_license: dict[str, list[str]] = defaultdict(list)
    for pin in pins:
        by_license[known.get(pin.name, "not installed on this system")].append(f"{pin.name} {pin.version}")
    rows = [f"| {said} | {len(names)} | {', '.join(names)} |" for said, names in sorted(by_license.items())]
    return "\n".join(["| license | packages | which |", "| --- | ---: | --- |", *rows, ""])


def bill(pins: list[Package], known: Mapping[str, str], version: str) -> Bom:
    """Return the bill of materials.

    :param pins: Every package.
    :param known: The licenses of those that are installed.
    :param version: Ours.
    :return: The same for the same lock files, but for the moment it was made.
    """
    whole = Bom()
    own = Component(name="billing-help", version=version, type=ComponentType.APPLICATION, bom_ref="billing-help")
    own.licenses.add(DisjunctiveLicense(id="Apache-2.0"))
    whole.metadata.component = own
    digest = uuid.uuid5(uuid.NAMESPACE_URL, "\n".join(f"{p.name}=={p.version}" for p in pins))
    whole.serial_number = digest
    parts = {}
    for pin in pins:
        scope = ComponentScope.REQUIRED if pin.use == "serving" else ComponentScope.EXCLUDED
        parts[_plain(pin.name)] = part = _component(pin, known.get(pin.name, ""), scope)
        whole.components.add(part)
    direct = [parts[name] for name in sorted(_needed(ROOT)) if name in parts]
    whole.register_dependency(own, direct)
    for name, part in parts.items():
        whole.register_dependency(part, [parts[other] for other in sorted(_requires(name)) if other in parts])
    return whole


def _component(pin: Package, said: str, scope: Any) -> Component:

    part = Component(
        name=pin.name,
        version=pin.version,
        type=ComponentType.LIBRARY,
        scope=scope,
        purl=PackageURL("pypi", None, _plain(pin.name), pin.version),
        bom_ref=f"{_plain(pin.name)}=={pin.version}{pin.marker and ' ; ' + pin.marker}",
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest) for digest in pin.hashes],
        properties=[Property(name="billing-help:use", value=pin.use)],
    )
    if pin.marker:
        part.properties.add(Property(name="billing-help:where", value=pin.marker))
    if said:
        part.licenses.add(LicenseFactory().make_from_string(said))
    return part


def _plain(name: str) -> str:
    """Return a package's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _needed(root: Path) -> set[str]:
    """Return the packages that pyproject.toml names for serving."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {_plain(re.split(r"[^\w.-]", line, maxsplit=1)[0]) for line in project["dependencies"]}


def _requires(name: str) -> Iterator[str]:
    try:
        lines = metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return
    for line in lines:
        if "extra ==" not in line:
            yield _plain(re.split(r"[^\w.-]", line, maxsplit=1)[0])


def main() -> int:
    """Write both files, and name the licenses that do not fit."""
    version = re.search(r'__version__ = "([^"]+)"', (ROOT / "kb/__init__.py").read_text(encoding="utf-8"))
    pins = packages()
    known = licenses(pins)
    folder = ROOT / "dist"
    folder.mkdir(exist_ok=True)
    (folder / "licenses.md").write_text(table(pins, known), encoding="utf-8")
    text = JsonV1Dot6(bill(pins, known, version[1] if version else "0")).output_as_string(indent=2)
    (folder / "sbom.cdx.json").write_text(text + "\n", encoding="utf-8")
    bad = {name: said for name, said in known.items() if not is_compatible(said)}
    others = len(pins) - len(known)
    print(f"dist/sbom.cdx.json: {len(pins)} packages.")
    print(f"dist/licenses.md: {len(known)} licenses; {others} packages are for other systems.")
    for name, said in bad.items():
        print(
            f"{name}: the license {said!r} is not one that was looked at. If it fits, add it to scripts/sbom.py.",
            file=sys.stderr,
        )
    return int(bool(bad))


if __name__ == "__main__":
    sys.exit(main())
