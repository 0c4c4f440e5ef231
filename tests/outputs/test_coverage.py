"""Coverage information from a determination: what is asserted, for which Coverage, in which words."""

from datetime import UTC, date, datetime

import pytest
from davinci import invariants
from davinci.asked import COVERAGE, ORDER, PATIENT
from spec.ask import catalog

from smartapp.errors import BadInput
from smartapp.facts import Facts, Gap, Unread
from smartapp.flow import review
from smartapp.outputs import coverage
from smartapp.outputs.coverage.assertion import policy_named_in
from smartapp.outputs.coverage.cards import Subject, cards
from smartapp.outputs.coverage.extension import render
from smartapp.outputs.coverage.options import OPTIONS
from smartapp.outputs.dialect import Dialect, dialect_of

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
MELANOMA = {
    "resourceType": "Condition",
    "id": "c",
    "subject": {"reference": "Patient/p"},
    "code": {"text": "metastatic melanoma"},
}


def _assertion(*resources, unread=(), primary=True, now=NOW, patient=PATIENT, more=()):
    facts = Facts(patient_id="p", resources=(patient, COVERAGE, *resources), unread=unread)
    policy = catalog().policy("TILMelanoma")
    seen = review(policy, facts, order=ORDER, now=now)
    chosen = coverage.choose(seen.facts, ORDER, day=now.date().isoformat())
    return coverage.assess(
        seen.determination, policy, seen.facts, chosen, server=None, primary=primary, now=now, **dict(more)
    )


def _unread(kind, gap):
    return Unread(type=kind, gap=gap, text=f"{kind} was not read.")


def test_what_is_missing_is_named_in_the_reason_and_its_remedy_in_the_details():
    said = _assertion(MELANOMA)

    assert (said.covered, said.pa_needed, said.doc_needed, said.info_needed) == (
        "conditional",
        "auth-needed",
        ("clinical",),
        ("OTH",),
    )
    assert "Previous anti-PD-1 treatment: No anti-PD-1 antibody was found" in said.reasons[0].text
    assert [detail.code for detail in said.details] == ["policy-link", "instructions", "instructions"]


def test_a_criterion_that_is_not_met_is_named_with_its_evidence_and_nothing_is_asked_for():
    said = _assertion(MELANOMA, patient={**PATIENT, "birthDate": "2010-01-01"})

    assert (said.covered, said.pa_needed, said.doc_needed, said.questionnaire) == (
        "not-covered",
        None,
        (),
        None,
    )
    assert "Younger than 18 on the planned date. (" in said.reasons[0].text


@pytest.mark.requirement("crd-2.2.1#resp-43")
@pytest.mark.parametrize(
    ("gap", "covered"),
    [
        (Gap.FAILED, "indeterminate"),
        (Gap.NOT_GRANTED, "indeterminate"),
        (Gap.NOT_SENT, "conditional"),
        (Gap.NOT_SUPPORTED, "conditional"),
    ],
)
def test_a_failure_is_technical_and_a_record_that_is_silent_is_not(gap, covered):
    said = _assertion(MELANOMA, unread=(_unread("MedicationAdministration", gap),))

    assert (said.covered, said.reasons[0].code == "technical") == (covered, covered == "indeterminate")


def test_a_failure_of_all_that_was_asked_is_technical_too():
    said = _assertion(MELANOMA, unread=(_unread("*", Gap.FAILED),))

    assert said.reasons[0].code == "technical"


def test_a_failure_that_no_open_criterion_is_about_changes_nothing():
    said = _assertion(MELANOMA, unread=(_unread("QuestionnaireResponse", Gap.FAILED),))

    assert said.covered == "conditional"


@pytest.mark.parametrize(
    ("day", "expires"),
    [
        (NOW, date(2026, 12, 31)),
        (datetime(2026, 12, 31, 12, tzinfo=UTC), date(2026, 12, 31)),
        (datetime(2027, 1, 1, tzinfo=UTC), None),
    ],
)
@pytest.mark.requirement("crd-2.2.1#resp-30")
def test_it_is_good_until_the_policy_is_reviewed(day, expires):
    assert _assertion(MELANOMA, now=day).expires == expires


def test_the_id_names_the_policy():
    assert policy_named_in(_assertion(MELANOMA).id) == "TILMelanoma"
    for other in ("8e0c1f64-TIL-0001", "TILMelanoma", "TILMelanoma-1", f"{_assertion(MELANOMA).id}0", ""):
        assert policy_named_in(other) == ""


def test_while_ordering_what_is_open_is_left_to_the_signing():
    said = _assertion(MELANOMA, primary=False)

    assert (said.covered, said.pa_needed, said.doc_needed, said.info_needed) == (
        "indeterminate",
        "auth-needed",
        (),
        (),
    )


@pytest.mark.parametrize(
    ("born", "summaries"),
    [
        ("1970-01-01", ["Please document: ", "Form to complete: ", "Medical policy 05.01.051-001: "]),
        ("2010-01-01", ["Medical policy 05.01.051-001: "]),
    ],
)
def test_documents_are_asked_for_only_while_they_would_settle_the_request(born, summaries):
    facts = Facts(patient_id="p", resources=({**PATIENT, "birthDate": born}, COVERAGE, MELANOMA))
    policy = catalog().policy("TILMelanoma")
    seen = review(policy, facts, order=ORDER, now=NOW)
    subject = Subject(
        policy=policy,
        determination=seen.determination,
        facts=seen.facts,
        order=ORDER,
        payer={"display": "Plan"},
        user="Practitioner/1",
        dialect=Dialect.V2_2,
        is_primary=True,
        now=NOW,
    )
    wanted = {"guideline": True, "appropriate-use": True, "dtr": False}

    found = [card["summary"] for card in cards(subject, coverage.chosen(wanted, OPTIONS))]

    assert [summary.partition(": ")[0] + ": " for summary in found] == summaries


@pytest.mark.parametrize("documents", [(), ("clinical",), ("admin",), ("clinical", "admin"), ("patient",)])
@pytest.mark.parametrize("covered", ["covered", "not-covered", "conditional", "indeterminate"])
def test_the_older_dialect_says_whatever_it_can_and_breaks_no_rule(documents, covered):
    said = coverage.Assertion(
        coverage="Coverage/c",
        covered=covered,
        doc_needed=documents,
        info_needed=("OTH",) if covered == "conditional" else (),
        on=NOW.date(),
        id="x",
    )

    extension = render(said, Dialect.V2_0)

    told = invariants.values(extension, "doc-needed")
    assert invariants.broken(extension, Dialect.V2_0) == []
    assert told == {(): [], ("clinical", "admin"): ["both"], ("patient",): []}.get(documents, list(documents))


@pytest.mark.parametrize(
    ("version", "dialect"),
    [
        ("2.0", Dialect.V2_0),
        ("2.0.1", Dialect.V2_0),
        (" 2.2 ", Dialect.V2_2),
        ("2.2.0-preview", Dialect.V2_2),
        ("2.1", None),
        ("2", None),
        ("2.2x", None),
        ("", None),
    ],
)
def test_a_dialect_is_told_by_the_first_two_numbers_of_a_version(version, dialect):
    assert dialect_of(version) is dialect


def test_options_that_are_turned_on_for_all_are_on_unless_a_client_says_otherwise():
    options = coverage.offered(("guideline",))

    by_default, by_wish = coverage.chosen({}, options), coverage.chosen({"guideline": False}, options)

    assert (by_default["guideline"], by_wish["guideline"]) == (True, False)
    assert coverage.chosen({}, OPTIONS) == {
        "coverage-info": True,
        "guideline": False,
        "appropriate-use": False,
        "clinical-reminder": False,
        "dtr": True,
        "max-cards": 10,
    }


@pytest.mark.parametrize("code", ["guidelines", "max-cards"])
def test_a_setting_that_turns_on_what_is_no_option_is_refused(code):
    with pytest.raises(BadInput, match=code):
        coverage.offered((code,))
