"""HAPI's validator over everything that we emit: no error, and no warning that is not explained."""

from functools import cache

import pytest
from davinci.asked import (
    ALL_ON,
    ORDER,
    SERVICE,
    SIGN,
    call,
    client,
    order_part,
    package_request,
    version_part,
    wanting,
)
from integration.emitted import covering, decided, of_hooks, signed, suggested
from integration.explained import said, unexplained
from integration.validator import ours

from smartapp.outputs.dialect import Dialect
from smartapp.policies.artifacts import load_artifacts

US_CORE = (r"warning: ValueSet 'http://hl7.org/fhir/us/core/ValueSet/\S+' not found",)
"""Its packages are in no registry that can be reached."""


@pytest.fixture(scope="module")
def validator(judging, version):
    with judging(version) as validator:
        yield validator


def package(version):
    given = package_request(order_part(), version_part(version))
    return client().post("/fhir/Questionnaire/$questionnaire-package", json=given).json


def test_the_package_of_forms_has_no_error(validator, version):
    assert unexplained(validator, [package(version)]) == set()


def test_the_forms_the_code_lists_and_the_libraries_of_cql_have_no_error(validator):
    written = [*ours(), *load_artifacts().of_type("Library")]

    kinds = {one["resourceType"] for one in written}
    assert kinds == {"CodeSystem", "Library", "Questionnaire", "ValueSet"}
    assert unexplained(validator, written) == set()


def test_the_bundle_in_the_package_is_a_valid_bundle(validator):
    bundle = package("2.0")["parameter"][0]["resource"]
    small = {**bundle, "entry": bundle["entry"][:1]}

    assert not [text for text in said(validator, [small]) if "bdl-" in text]


def test_orders_and_suggestions_of_a_hook_have_no_error(validator, version):
    given = call(ORDER, SERVICE, extension=wanting(version, **ALL_ON))
    told = client().post(SIGN, json=given).json
    orders = [action["resource"] for action in told["systemActions"]]

    assert unexplained(validator, [*orders, *suggested(told["cards"])]) == set()


def test_what_is_said_of_every_case_of_the_specification_has_no_error(validator, version):
    emitted = of_hooks(Dialect(version))

    assert {one["resourceType"] for one in emitted} == {
        "MedicationRequest",
        "QuestionnaireResponse",
        "ServiceRequest",
        "Task",
    }
    assert unexplained(validator, emitted) == set()


@cache
def reviews(version):
    """A signed review for each way in which a case is decided; in every second one each question is answered."""
    return [
        signed(case, Dialect(version), everything=bool(number % 2), number=1 + number % 3)
        for number, case in enumerate(decided())
    ]


def test_signed_forms_have_no_error(validator, version):
    forms = covering(made.form for made in reviews(version))

    kinds = {key for form in forms for key in _answered(form)}
    assert {"valueBoolean", "valueCoding", "valueDate", "valueInteger", "valueString"} == kinds
    assert {form["status"] for form in forms} == {"amended", "completed"}
    assert unexplained(validator, forms, US_CORE) == set()


def _answered(node):
    """The types of all answers below an item."""
    for item in node.get("item", ()):
        for answer in item.get("answer", ()):
            yield from (key for key in answer if key.startswith("value"))
        yield from _answered(item)


def test_the_packet_of_a_signed_form_has_no_error(validator, version):
    packets = covering(made.packet for made in reviews(version))

    assert {packet["docStatus"] for packet in packets} == {"amended", "final"}
    assert unexplained(validator, packets) == set()


def test_a_spoiled_resource_is_found(validator):
    library = {"resourceType": "Library", "status": "ready", "colour": "red"}

    texts = " ".join(unexplained(validator, [library]))

    assert ("Library.type" in texts, "'ready'" in texts, "colour" in texts) == (True, True, True)
