"""With SMARTAPP_REQUIRE_ALL=1 a skip is a failure: CI installs everything, so nothing may be missing there."""

import os

import pytest

REQUIRE_ALL = os.environ.get("SMARTAPP_REQUIRE_ALL") == "1"


def _fail(report):
    if REQUIRE_ALL and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped although SMARTAPP_REQUIRE_ALL=1: {report.longrepr}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):  # noqa: ARG001 - pytest matches hook arguments by name
    report = yield
    _fail(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):  # noqa: ARG001
    report = yield
    _fail(report)
    return report
