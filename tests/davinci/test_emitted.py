"""Every resource that we emit, against the profiles of the guides and against the models of FHIR R4B."""

import copy

import pytest
from davinci import cards, dtr22, origins, profiles
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
from davinci.packages import guide

_CRD = "http://hl7.org/fhir/us/davinci-crd/StructureDefinition/"
_DTR = "http://hl7.org/fhir/us/davinci-dtr/StructureDefinition/"
_OF_ORDER = {"MedicationRequest": "profile-medicationrequest", "ServiceRequest": "profile-servicerequest"}
VERSIONS = ("2.0", "2.2")


def _answer(version):
    given = call(ORDER, SERVICE, extension=wanting(version, **ALL_ON))
    return client().post(SIGN, json=given).json


def _package(version):
    given = package_request(order_part(), version_part(version))
    return client().post("/fhir/Questionnaire/$questionnaire-package", json=given).json


def _bundled(version):
    return [entry["resource"] for entry in _package(version)["parameter"][0]["resource"]["entry"]]


def _created(answer, kind):
    actions = (a for c in answer["cards"] for s in c.get("suggestions", ()) for a in s["actions"])
    return [a["resource"] for a in actions if a["resource"]["resourceType"] == kind]


def _wrong(resource, profile, definitions):
    profiles.model(resource["resourceType"]).model_validate(resource)
    return profiles.problems(resource, profile, definitions)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.requirement("crd-2.2.1#resp-47")
def test_annotated_orders_conform_to_the_profiles_of_crd(version):
    orders = [action["resource"] for action in _answer(version)["systemActions"]]

    wrong = [_wrong(o, _CRD + _OF_ORDER[o["resourceType"]], guide(f"crd-{version}")) for o in orders]

    assert wrong == [[], []]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.requirement("crd-2.2.1#resp-57", "crd-2.2.1#resp-62")
def test_offered_orders_and_tasks_conform_to_the_profiles_of_crd(version):
    answer, definitions = _answer(version), guide(f"crd-{version}")

    tests = [
        _wrong(r, f"{_CRD}profile-servicerequest", definitions) for r in _created(answer, "ServiceRequest")
    ]
    tasks = [_wrong(r, f"{_CRD}profile-taskquestionnaire", definitions) for r in _created(answer, "Task")]

    assert (tests, tasks) == ([[]], [[], []])


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.requirement("inferno-crd#C19")
def test_every_response_type_that_a_server_must_have_is_seen_when_wanted(version):
    answer = _answer(version)

    kinds = {cards.kind_of(card) for card in answer["cards"]}

    assert kinds == {
        "ours",
        "external-reference",
        "instructions",
        "form-completion",
        "additional-orders",
    }
    assert (cards.problems(answer, primary=True), len(answer["systemActions"])) == ([], 2)


_MODELS = {
    "ours": "Base",
    "external-reference": "-externalReference",
    "instructions": "-instructions",
    "form-completion": "-formCompletion",
    "additional-orders": "-additionalOrders",
}


@pytest.mark.requirement(
    "crd-2.2.1#resp-13", "crd-2.2.1#resp-22", "crd-2.2.1#resp-24", "crd-2.2.1#resp-58", "crd-2.2.1#resp-65"
)
def test_every_card_conforms_to_the_logical_model_of_its_type():
    definitions = guide("crd-2.2")

    wrong = {
        cards.kind_of(card): profiles.problems(
            {"cards": [card]}, f"{_CRD}CRDHooksResponse{_MODELS[cards.kind_of(card)]}", definitions
        )
        for card in _answer("2.2")["cards"]
    }

    assert wrong == {kind: [] for kind in _MODELS}


@pytest.mark.requirement("crd-2.2.1#resp-52")
def test_the_system_actions_conform_to_their_logical_model_and_a_spoiled_one_does_not():
    answer, definitions = _answer("2.2"), guide("crd-2.2")
    spoiled = {"systemActions": [{**answer["systemActions"][0], "type": "create"}]}

    right, wrong = (
        profiles.problems(a, f"{_CRD}CRDHooksResponse-coverageInformation", definitions)
        for a in ({"systemActions": answer["systemActions"]}, spoiled)
    )

    assert (right, len(wrong)) == ([], 1)


@pytest.mark.parametrize(
    ("kind", "profile"),
    [("Questionnaire", "dtr-std-questionnaire"), ("QuestionnaireResponse", "dtr-questionnaireresponse")],
)
def test_form_and_draft_conform_to_dtr_2_0_1(kind, profile):
    resource = next(r for r in _bundled("2.0") if r["resourceType"] == kind)

    assert _wrong(resource, _DTR + profile, guide("dtr-2.0", "crd-2.0")) == []


def test_the_package_conforms_to_dtr_2_0_1():
    package, definitions = _package("2.0"), guide("dtr-2.0", "crd-2.0")

    wrong = [
        *profiles.problems(package, f"{_DTR}dtr-qpackage-output-parameters", definitions),
        *profiles.problems(package["parameter"][0]["resource"], f"{_DTR}DTR-QPackageBundle", definitions),
    ]

    assert wrong == []


def test_the_package_conforms_to_dtr_2_2_0():
    assert list(dtr22.parameters(_package("2.2"))) == []


@pytest.mark.parametrize("version", VERSIONS)
def test_everything_in_a_package_is_valid_fhir(version):
    for resource in _bundled(version):
        profiles.model(resource["resourceType"]).model_validate(resource)


@pytest.mark.parametrize("version", VERSIONS)
def test_what_is_filled_has_an_expression_and_no_author(version):
    form, draft = _bundled(version)[:2]

    assert (origins.wrong(draft, form), origins.without_author(draft)) == ([], [])
    assert origins.sources(draft) == {{"2.0": "auto", "2.2": "auto-server"}[version]}


def _without(*path):
    def spoil(resource):
        node = resource
        for key in path[:-1]:
            node = node[key]
        del node[path[-1]]

    return spoil


def _with(value, *path):
    def spoil(resource):
        node = resource
        for key in path[:-1]:
            node = node[key]
        node[path[-1]] = value

    return spoil


_PARTS = ("extension", 0, "extension")
_FAULTS = {
    "a mandatory element is missing": (_without("requester"), "requester"),
    "a fixed value is another": (_with("active", "status"), "status"),
    "a prohibited element is there": (_with(False, "doNotPerform"), "doNotPerform"),
    "a code is not in the required value set": (_with("maybe", *_PARTS, 1, "valueCode"), "covered"),
    "a mandatory part of the extension is missing": (_without(*_PARTS, 0), "coverage"),
    "a part of the extension is there twice": (
        _with({"url": "covered", "valueCode": "covered"}, *_PARTS, 0),
        "covered",
    ),
}


@pytest.mark.parametrize(("spoil", "named"), _FAULTS.values(), ids=_FAULTS)
def test_the_profile_check_finds_what_is_spoiled(spoil, named):
    order = copy.deepcopy(_answer("2.0")["systemActions"][0]["resource"])
    spoil(order)

    found = profiles.problems(order, f"{_CRD}profile-medicationrequest", guide("crd-2.0"))

    assert found
    assert any(named in text for text in found)
