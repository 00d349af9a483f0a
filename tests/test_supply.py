"""The list of parts, their licenses, and the question about known vulnerabilities."""

from __future__ import annotations

import json
import sys

import pytest

from tests.support import ROOT

sys.path.insert(0, str(ROOT / "scripts"))
import audit
import sbom
from cyclonedx.output.json import JsonV1Dot6

PINS = sbom.packages()
KNOWN = sbom.licenses(PINS)


def test_every_installed_package_has_a_license_that_fits():
    """All of them permissive, or weak and unchanged; the few that are not installed belong to other systems."""
    assert len(KNOWN) > 0.9 * len({pin.name for pin in PINS})
    assert {name: said for name, said in KNOWN.items() if not sbom.is_compatible(said)} == {}
    assert all(pin.marker for pin in PINS if pin.name not in KNOWN)


@pytest.mark.parametrize(
    ("expression", "fits"),
    [
        ("MIT", True), ("MIT AND PSF-2.0", True), ("GPL-2.0-only OR MIT", True),
        ("(MIT OR Apache-2.0) AND MPL-2.0", True),
        ("GPL-3.0-or-later", False), ("MIT AND AGPL-3.0-only", False), ("not stated", False), ("SSPL-1.0", False),
        ("GPL-3.0-or-later WITH GCC-exception-3.1", True),
    ],
)  # fmt: skip
def test_what_fits(expression, fits):
    """One of several choices is enough; what is joined by AND is needed together."""
    assert sbom.is_compatible(expression) is fits


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ({"License-Expression": "BSD-3-Clause"}, "BSD-3-Clause"),
        ({"Classifier": "License :: OSI Approved :: MIT License"}, "MIT"),
        ({"License": "Apache License 2.0\n\nlong text"}, "Apache-2.0"),
        ({"License": "Our own terms"}, "Our own terms"),
        ({}, "not stated"),
    ],
)
def test_where_a_license_is_stated(about, said):
    """In the expression, else in the classifier, else in words; never guessed."""
    assert sbom.license_of(about) == said


def test_the_bill_lists_every_pin_with_its_hashes():
    """CycloneDX: name, version, purl, hashes, license, and what needs what; the same each time."""
    written = json.loads(JsonV1Dot6(sbom.bill(PINS, KNOWN, "1.0")).output_as_string())
    assert (written["bomFormat"], written["specVersion"]) == ("CycloneDX", "1.6")
    parts = {part["bom-ref"]: part for part in written["components"]}
    assert len(parts) == len(PINS)
    numpy = next(part for part in parts.values() if part["name"] == "numpy")
    assert numpy["purl"].startswith("pkg:pypi/numpy@")
    assert all(part["hashes"] and part["scope"] in ("required", "excluded") for part in parts.values())
    needed = next(each["dependsOn"] for each in written["dependencies"] if each["ref"] == "billing-help")
    assert {name.partition("==")[0] for name in needed} >= {"faiss-cpu", "streamlit", "nh3", "uvicorn"}
    again = json.loads(JsonV1Dot6(sbom.bill(PINS, KNOWN, "1.0")).output_as_string())
    assert again["serialNumber"] == written["serialNumber"]


@pytest.mark.parametrize(
    ("status", "out", "err", "wanted", "words"),
    [
        (0, "", "No known vulnerabilities found", 0, "no known vulnerabilities"),
        (1, "Name Version ID\nx 1 PYSEC-1", "Found 1 known vulnerability in 1 package", 1, "PYSEC-1"),
        (1, "", "ERROR:pip_audit._cli:requests.exceptions.ConnectionError: …", 2, "where there is a network"),
        (1, "", "Traceback\nKeyError: x", 2, "KeyError: x"),
    ],
)
def test_what_an_audit_says(status, out, err, wanted, words):
    """Nothing known, something known, nobody to ask: three answers that a script can tell apart."""
    found, text = audit.told("requirements.lock", status, out, err)
    assert found == wanted
    assert words in text


def test_an_audit_resolves_and_installs_nothing():
    """It reads pins and hashes, as they would be installed."""
    assert {"--require-hashes", "--disable-pip", "--no-deps"} <= set(audit.command("requirements.lock"))
    assert all((ROOT / lock).is_file() for lock in audit.LOCKS)
