from collections.abc import Iterator

import pytest
from sandbox.app import App, Fhir, public

from smartapp.sandbox import Running, running


@pytest.fixture(scope="module")
def ehr() -> Iterator[Running]:
    with running() as started:
        yield started


@pytest.fixture(scope="module")
def open_ehr() -> Iterator[Running]:
    with running(open_server=True) as started:
        yield started


@pytest.fixture
def app(ehr: Running) -> App:
    return App(ehr, public())


@pytest.fixture
def open_fhir(open_ehr: Running) -> Fhir:
    return Fhir(base=open_ehr.iss)
