"""What holds for all tests: nothing is skipped in CI, every run is alike, and one process has what is one server's."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

REQUIRE_ALL = os.environ.get("SMARTAPP_REQUIRE_ALL") == "1"
_SLOW = ("integration", "browser", "differential", "davinci", "conformance")
"""The folders that are begun with, so that the workers end together."""


def _fail(report):
    if REQUIRE_ALL and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped although SMARTAPP_REQUIRE_ALL=1: {report.longrepr}"


# `--hypothesis-profile default` draws other examples in every run
settings.register_profile(
    "alike", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("alike")


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


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """The tests of a file, and all of one HAPI server, are for one worker (`make test` has two)."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(item)))
    items.sort(key=_turn)


def _group(item):
    return "hapi" if "hapi" in item.fixturenames else str(_place(item))


def _turn(item):
    folder = _place(item).parts[0]
    return _SLOW.index(folder) if folder in _SLOW else len(_SLOW)


def _place(item):
    return item.path.relative_to(Path(__file__).parent)
