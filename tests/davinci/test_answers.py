"""Every case of tests/spec asked as a CRD client: whatever the record, what we put on the order holds its rules."""

from dataclasses import replace
from functools import cache

import pytest
from davinci import cards, dtr22, invariants, profiles
from davinci.asked import CASES, answer
from davinci.packages import guide

from smartapp.outputs.coverage.extension import URL
from smartapp.outputs.dialect import Dialect

_GUIDES = {Dialect.V2_0: "crd-2.0", Dialect.V2_2: "crd-2.2"}
_CRD = "http://hl7.org/fhir/us/davinci-crd/StructureDefinition/"
_RESPONSE = "http://hl7.org/fhir/us/davinci-dtr/StructureDefinition/dtr-questionnaireresponse"
# What the policy says, as davinci.md 2.5 maps it: covered, pa-needed
_SAID = {
    Dialect.V2_0: {
        "met": {("covered", "auth-needed")},
        "needs-information": {("conditional", "auth-needed"), ("conditional", "conditional")},
        "not-met": {("not-covered", None)},
        "investigational": {("not-covered", None)},
        "not-applicable": {("conditional", "conditional")},
    },
    Dialect.V2_2: {
        "met": {("covered", "auth-needed")},
        "needs-information": {("conditional", "auth-needed"), ("indeterminate", "indeterminate")},
        "not-met": {("not-covered", None)},
        "investigational": {("not-covered", None)},
        "not-applicable": {("indeterminate", None)},
    },
}


@cache
def _answers(dialect, primary):
    asked = CASES if primary else CASES[::4]
    found = [(case, answer(case, dialect, primary=primary)) for case in asked]
    return [(case, said) for case, said in found if said is not None]


def _with_action(dialect, *, primary=True):
    return [(case, said) for case, said in _answers(dialect, primary) if said.action]


def _extension(said):
    mine = [e for e in said.action["resource"]["extension"] if e.get("url") == URL]
    assert len(mine) == 1
    return mine[0]


@pytest.mark.parametrize("dialect", Dialect)
@pytest.mark.parametrize("primary", [True, False])
@pytest.mark.requirement("crd-2.2.1#crd-ci-q1..q9", "crd-2.0.1#crd-ci-q1..q5")
def test_no_answer_breaks_an_invariant(dialect, primary):
    broken = {
        case.id: found
        for case, said in _with_action(dialect, primary=primary)
        if (found := invariants.broken(_extension(said), dialect))
    }

    assert (broken, len(_with_action(dialect, primary=primary)) > 60) == ({}, True)


@pytest.mark.parametrize("dialect", Dialect)
@pytest.mark.parametrize("primary", [True, False])
def test_every_extension_conforms_to_its_definition(dialect, primary):
    definitions = guide(_GUIDES[dialect])

    wrong = {
        case.id: found
        for case, said in _with_action(dialect, primary=primary)
        if (found := profiles.problems(_extension(said), URL, definitions))
    }

    assert wrong == {}


@pytest.mark.parametrize("dialect", Dialect)
@pytest.mark.requirement("crd-2.2.1#resp-3", "crd-2.2.1#resp-5", "cds-hooks-2.0.1#cards")
def test_every_card_and_action_holds_the_rules_of_cds_hooks_and_crd(dialect):
    wrong = {
        case.id: found for case, said in _answers(dialect, True) if (found := cards.problems(_body(said)))
    }

    assert wrong == {}


@pytest.mark.parametrize("dialect", Dialect)
def test_every_resource_that_a_card_offers_conforms_to_its_profile(dialect):
    offered = [(case.id, one) for case, said in _answers(dialect, True) for one in _offered(said)]

    wrong = {case: found for case, one in offered if (found := _problems(one, dialect))}

    assert wrong == {}
    assert {one["resourceType"] for _, one in offered} == {"QuestionnaireResponse", "ServiceRequest", "Task"}


def _offered(said):
    actions = (a for card in said.cards for s in card.get("suggestions", ()) for a in s["actions"])
    return [action["resource"] for action in actions]


def _problems(resource, dialect):
    profiles.model(resource["resourceType"]).model_validate(resource)
    if resource["resourceType"] != "QuestionnaireResponse":
        name = {"ServiceRequest": "servicerequest", "Task": "taskquestionnaire"}[resource["resourceType"]]
        return profiles.problems(resource, f"{_CRD}profile-{name}", guide(_GUIDES[dialect]))
    if "profile" not in resource.get("meta", {}):  # without a Coverage it claims none
        return []
    if dialect is Dialect.V2_2:
        return list(dtr22.response(resource))
    return profiles.problems(resource, _RESPONSE, guide("dtr-2.0", "crd-2.0"))


@pytest.mark.parametrize("dialect", Dialect)
def test_the_outcome_is_said_in_the_codes_of_the_guide(dialect):
    wrong = {
        case.id: (said.outcome, told)
        for case, said in _with_action(dialect)
        if (told := _told(_extension(said))) not in _SAID[dialect][said.outcome]
        and not _says(_extension(said), "not active on this day")
    }

    assert wrong == {}


@pytest.mark.requirement("crd-2.2.1#hook-19")
@pytest.mark.parametrize("dialect", Dialect)
def test_while_ordering_nothing_is_said_about_needed_information(dialect):
    said = {
        part["url"]
        for _, said in _with_action(dialect, primary=False)
        for part in _extension(said)["extension"]
    }

    assert said & {"doc-needed", "doc-purpose", "questionnaire"} == set()


@pytest.mark.requirement("crd-2.2.1#resp-37")
@pytest.mark.parametrize("dialect", Dialect)
def test_the_order_is_as_it_was_but_for_the_extension(dialect):
    changed = {
        case.id
        for case, said in _with_action(dialect)
        if _bare(said.action["resource"]) != _bare(_order(case))
    }

    assert changed == set()


@pytest.mark.requirement("crd-2.2.1#resp-35")
@pytest.mark.parametrize("dialect", Dialect)
def test_what_is_on_the_order_already_is_not_said_again(dialect):
    case, said = _with_action(dialect)[0]
    again = tuple(said.action["resource"] if r["id"] == _order(case)["id"] else r for r in case.resources)

    later = answer(replace(case, resources=again), dialect)

    assert (later.action, later.outcome) == (None, said.outcome)


def _told(extension):
    said = {part["url"]: part.get("valueCode") for part in extension["extension"]}
    return said["covered"], said.get("pa-needed")


def _body(said):
    actions = {"systemActions": [said.action]} if said.action else {}
    return {"cards": list(said.cards), **actions}


def _says(extension, words):
    return any(words in reason.get("text", "") for reason in invariants.values(extension, "reason"))


def _order(case):
    return next(r for r in case.resources if f"{r.get('resourceType')}/{r.get('id')}" == case.order)


def _bare(order):
    return {key: value for key, value in order.items() if key != "extension"}
