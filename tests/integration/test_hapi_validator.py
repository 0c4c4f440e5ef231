"""HAPI's validator over everything that we emit: no error, and no warning that is not explained here."""

import re

import pytest
from davinci.asked import (
    ALL_ON,
    CASES,
    ORDER,
    SERVICE,
    SIGN,
    answer,
    call,
    client,
    order_part,
    package_request,
    version_part,
    wanting,
)
from integration import server
from integration.validator import PACKAGES, validating

from smartapp.outputs.dialect import Dialect

EXPLAINED = {
    r"warning: CodeSystem is unknown and can't be validated": "HAPI brings no clinical terminologies, nor those of SDC",
    r"warning: .* references CodeSystem 'http://snomed.info/sct' which has status 'not-present'": "the same",
    r"warning: No code provided, and a code should be provided from the value set 'CRD Coverage": (
        "extensible bindings, whose codes do not say what we say; a text alone is allowed"
    ),
    r"warning: None of the codings provided are in the value set 'Deprecated CRD Coverage Detail": (
        "the guide itself says that this value set is not to be used any more"
    ),
    r"warning: No response answer found for required item": "a draft: what is open is for the clinician to answer",
    r"error: Constraint failed: bdl-[34]: .* Parameters\.parameter": (
        "the validator reads %resource of a Bundle inside Parameters as the Parameters; by itself the Bundle is valid"
    ),
    r"error: Constraint failed: crd-ci-q[24]: 'If ": (
        "the guide's expressions lack an exists(), so that they are never true where their condition does not hold; "
        "tests/davinci/invariants.py holds us to what the sentences say"
    ),
    r"error: (Invalid profile. Failed to retrieve|Profile reference ').*/davinci-dtr/.*\|2\.2\.0": (
        "the package of DTR 2.2 cannot be had here; tests/davinci/dtr22.py holds us to its tables"
    ),
    r"error: Unknown code 'http://hl7.org/fhir/expression-language#(application/elm\+json|text/cql-identifier)'": (
        "DTR 2.2 wants these languages; the R4 code system that HAPI looks in is older, and the binding is extensible"
    ),
}
"""What the validator says besides, each with the reason why it may."""


@pytest.fixture(scope="module", params=["2.0", "2.2"])
def version(request):
    if why := server.missing():
        pytest.skip(why)
    if not PACKAGES.is_dir():
        pytest.skip("the packages of the guides are not here")
    return request.param


@pytest.fixture(scope="module")
def validator(version):
    with validating(version) as validator:
        yield validator


def package(version):
    given = package_request(order_part(), version_part(version))
    return client().post("/fhir/Questionnaire/$questionnaire-package", json=given).json


def suggested(cards):
    actions = (action for card in cards for s in card.get("suggestions", ()) for action in s["actions"])
    return [action["resource"] for action in actions if "resource" in action]


def said(validator, resources):
    """What is said of the resources, once for each kind of resource and text."""
    found = (
        (resource["resourceType"], issue) for resource in resources for issue in validator.issues(resource)
    )
    return {f"{kind} {issue.severity}: {issue.text} {issue.place}" for kind, issue in found}


def unexplained(validator, resources, *more):
    known = (*EXPLAINED, *more)
    return {text for text in said(validator, resources) if not any(re.search(one, text) for one in known)}


def test_the_package_of_forms_has_no_error(validator, version):
    assert unexplained(validator, [package(version)]) == set()


def test_the_bundle_in_the_package_is_a_valid_bundle(validator):
    bundle = package("2.0")["parameter"][0]["resource"]
    small = {**bundle, "entry": bundle["entry"][:1]}

    assert not [text for text in said(validator, [small]) if "bdl-" in text]


def test_orders_and_suggestions_of_a_hook_have_no_error(validator, version):
    given = call(ORDER, SERVICE, extension=wanting(version, **ALL_ON))
    told = client().post(SIGN, json=given).json
    orders = [action["resource"] for action in told["systemActions"]]

    assert unexplained(validator, [*orders, *suggested(told["cards"])]) == set()


def test_what_is_said_of_the_cases_of_the_specification_has_no_error(validator, emitted):
    assert unexplained(validator, emitted) == set()


@pytest.fixture(scope="module")
def emitted(version):
    """What is written on and beside the order, for one in STEP cases."""
    told = [given for case in CASES[::STEP] if (given := answer(case, Dialect(version)))]
    orders = [given.action["resource"] for given in told if given.action]
    return [*orders, *(one for given in told for one in suggested(given.cards))]


STEP = 25
"""A form takes the validator some tenth of a second, and there are a thousand cases."""


def test_a_spoiled_resource_is_found(validator):
    library = {"resourceType": "Library", "status": "ready", "colour": "red"}

    texts = " ".join(unexplained(validator, [library]))

    assert ("Library.type" in texts, "'ready'" in texts, "colour" in texts) == (True, True, True)
