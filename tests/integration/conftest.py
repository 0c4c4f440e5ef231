"""One HAPI FHIR server for all tests here, with the practice patients loaded by `smartapp seed`."""

import json
from datetime import UTC, datetime

import pytest
from integration import server, validator
from integration.gate import gate
from integration.practice import names, tidy

from smartapp.__main__ import Surroundings, main


@pytest.fixture(scope="session")
def hapi():
    if why := server.missing():
        pytest.skip(why)
    with server.serving() as running:
        yield running


@pytest.fixture(scope="session")
def judging():
    """Starts HAPI's validator with the guides of an edition; skips where it cannot run."""
    if why := validator.missing():
        pytest.skip(why)
    return validator.validating


@pytest.fixture(scope="module", params=["2.0", "2.2"])
def version(request):
    """The edition of the guides."""
    return request.param


@pytest.fixture
def door(hapi):
    """HAPI behind a door that the test can shut."""
    with gate(hapi.base) as made:
        yield made


@pytest.fixture(scope="session")
def now():
    return datetime.now(UTC)


@pytest.fixture(scope="session")
def smartapp(now):
    """The command line; gives its exit code."""

    def run(*arguments, **environ):
        around = Surroundings(
            environ={f"SMARTAPP_{key}": value for key, value in environ.items()}, now=lambda: now
        )
        return main([str(argument) for argument in arguments], around=around)

    return run


@pytest.fixture(scope="module")
def loaded(hapi, smartapp):
    """The practice on the server: "Type/id" there -> "Type/id" in the practice."""
    assert smartapp("seed", "--fhir", hapi.base, "--test-server") == 0
    yield names(hapi.base)
    tidy(hapi.base)


@pytest.fixture(scope="module")
def patients(loaded):
    """The practice patients on the server: their id in the practice -> their id there."""
    named = {name.partition("/"): there.partition("/")[2] for there, name in loaded.items()}
    return {story: there for (kind, _, story), there in named.items() if kind == "Patient"}


@pytest.fixture
def answer(smartapp, capsys):
    """What `smartapp check` answers, as data."""

    def check(*arguments):
        assert smartapp("check", *arguments, "--format", "json") == 0
        return json.loads(capsys.readouterr().out)

    return check
