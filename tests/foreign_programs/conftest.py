"""Programs of others, as they are: only collected when their folders are named, each with its build in it.

SMARTAPP_LAUNCHER      a folder of smart-on-fhir/smart-launcher-v2
SMARTAPP_CDS_SANDBOX   a folder of cds-hooks/sandbox, for which the launcher is needed too

`make test-programs` says both. HAPI FHIR keeps the records behind them.
"""

import os
from pathlib import Path

import pytest
from browser.conftest import chromium  # noqa: F401 - a fixture
from foreign_programs import launcher as smart
from foreign_programs.apps import serving
from foreign_programs.browsing import Tabs
from integration.conftest import hapi, loaded, now, patients, smartapp  # noqa: F401 - fixtures
from integration.practice import tidy

_LAUNCHER, _SANDBOX = (os.environ.get(f"SMARTAPP_{name}") for name in ("LAUNCHER", "CDS_SANDBOX"))

collect_ignore_glob = []
if not _LAUNCHER:
    collect_ignore_glob.append("test_*.py")
elif not _SANDBOX:
    collect_ignore_glob.append("test_cds_*.py")


@pytest.fixture(scope="session")
def launcher_folder():
    return Path(_LAUNCHER)


@pytest.fixture(scope="session")
def launcher(launcher_folder, hapi):  # noqa: F811 - the fixture imported above
    with smart.serving(launcher_folder, fhir=hapi.base) as running:
        yield running


@pytest.fixture(scope="session")
def sandbox_folder():
    return Path(_SANDBOX)


@pytest.fixture
def chart(patients, hapi):  # noqa: F811
    """The practice patients, on which nothing is left after the test; by story."""
    yield patients
    tidy(hapi.base)


@pytest.fixture(scope="module")
def doctor(loaded):  # noqa: F811
    """The id of the practice's oncologist on the server."""
    there = next(there for there, name in loaded.items() if name == "Practitioner/hale")
    return there.partition("/")[2]


@pytest.fixture
def app(tmp_path):
    """Starts the application for an EHR file of these entries; stopped after the test."""
    with serving(tmp_path) as start:
        yield start


@pytest.fixture
def tabs(chromium):  # noqa: F811
    """A browser that reaches nothing but this machine."""
    made = Tabs.of(chromium)
    yield made
    made.context.close()
