"""Under CI=true a skipped test is a failure, since what is skipped there runs nowhere."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest


def _forbidden() -> bool:
    return os.environ.get("CI") == "true"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Iterator[Any]:
    """Turn a test's skip into a failure; an expected failure stays what it is."""
    report = yield
    if report.skipped and _forbidden() and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"Skipped, which CI=true does not allow: {report.longrepr[2]}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Iterator[Any]:
    """Turn the skip of a whole file into a failure."""
    report = yield
    if report.skipped and _forbidden():
        report.outcome = "failed"
        report.longrepr = f"Skipped, which CI=true does not allow: {report.longrepr[2]}"
    return report
