"""The card: CDS Hooks 2.0.1 "Card attributes", and what an oncologist with twenty seconds needs."""

from datetime import UTC, datetime
from functools import cache

import pytest

from smartapp.facts import Facts, Gap, Unread
from smartapp.flow import review
from smartapp.outputs import card
from smartapp.policies import load_catalog

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
ORDER = {
    "resourceType": "MedicationRequest",
    "id": "o",
    "status": "draft",
    "intent": "order",
    "subject": {"reference": "Patient/p"},
    "authoredOn": "2026-06-01",
    "medicationCodeableConcept": {"text": "Amtagvi"},
}
PATIENT = {"resourceType": "Patient", "id": "p", "birthDate": "1960-05-04"}


def condition(text, **more):
    return {
        "resourceType": "Condition",
        "id": "c",
        "subject": {"reference": "Patient/p"},
        "code": {"text": text},
        **more,
    }


@cache
def policy():
    return load_catalog().policy("TILMelanoma")


def rendered(*resources, unread=()):
    facts = Facts(patient_id="p", resources=(PATIENT, *resources), unread=unread)
    seen = review(policy(), facts, order=ORDER, now=NOW)
    return card.render(seen.determination, policy(), base_url="https://app.example", response=seen.response())


@pytest.mark.requirement("cds-hooks-2.0.1#card-summary-140")
@pytest.mark.parametrize("text", ["melanoma", "metastatic melanoma", "hypertension", "x" * 400])
def test_the_summary_is_one_sentence_of_less_than_140_characters(text):
    summary = rendered(condition(text))["summary"]

    assert len(summary) < 140
    assert summary.startswith("Lifileucel: more information needed on ")
    assert summary.endswith("criteria met).")


def test_a_summary_that_is_too_long_ends_with_a_clause():
    lung = {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "C34.90"}]}

    summary = rendered(condition("", code=lung))["summary"]

    assert summary == (
        "Lifileucel: investigational under the policy. "
        "Another malignancy is the indication and no melanoma is on record."
    )


def test_what_settles_a_positive_result_is_the_inhibitor():
    result = {
        "resourceType": "Observation",
        "id": "b",
        "status": "final",
        "subject": {"reference": "Patient/p"},
        "code": {"text": "BRAF"},
        "valueString": "V600E detected",
    }

    assert "open.** State whether a BRAF inhibitor was received" in rendered(result)["detail"]


def test_what_is_open_comes_before_what_is_met():
    detail = rendered(condition("metastatic melanoma"))["detail"]

    assert detail.index("Previous anti-PD-1 treatment: open") < detail.index("Adult: met")
    assert "State whether an anti-PD-1 antibody was received, here or elsewhere, and when." in detail


def test_text_from_the_chart_stays_text():
    detail = rendered(condition("melanoma <script>alert(1)</script> [x](http://evil.example) **b**"))[
        "detail"
    ]

    assert "<script>" not in detail
    assert "[x](" not in detail
    assert "**b**" not in detail


def test_what_could_not_be_read_is_said():
    unread = Unread(type="Observation", gap=Gap.NOT_GRANTED, text="The EHR refused Observation (403).")

    detail = rendered(condition("melanoma"), unread=(unread,))["detail"]

    assert (
        "The EHR refused Observation \\(403\\)." in detail or "The EHR refused Observation (403)." in detail
    )


def test_the_smart_link_carries_an_opaque_context_and_no_patient():
    links = rendered(condition("melanoma"))["links"]

    assert [(link["type"], link["url"]) for link in links] == [
        ("smart", "https://app.example/launch.html"),
        ("absolute", policy().source),
    ]
    assert "p" not in links[0]["appContext"].split("-")


@pytest.mark.requirement("cds-hooks-2.0.1#no-null-no-empty")
def test_nothing_in_a_card_is_null_or_empty():
    def empties(node):
        if isinstance(node, dict):
            return [e for value in node.values() for e in empties(value)]
        if isinstance(node, list):
            return [e for value in node for e in empties(value)] if node else [node]
        return [node] if node is None or node == "" else []

    assert empties(rendered(condition("melanoma"))) == []


def test_never_approved_never_denied():
    for resources in ((), (condition("metastatic melanoma"),)):
        said = str(rendered(*resources)).lower()

        assert "approved by the payer" not in said
        assert "denied" not in said
