"""HAPI's validator over what goes to payers and what the practice payer answers: every constraint of PAS is held.

The packages of US Core (3.1.1, 7.0.0) cannot be had from Maven Central, npm or PyPI. In their place stand profiles of
the same names that allow everything, so what only US Core asks is not checked; what PAS repeats of it is.
PAS 2.2.1 builds on CRD 2.2.1, of which there is the preview of 2.2.0.
"""

import copy

import pytest
from integration.emitted import PDF, covering, decided, signed
from integration.explained import unexplained

from smartapp.errors import NotSendable
from smartapp.outputs.claim import cancellation, inquiry, request
from smartapp.outputs.dialect import Dialect
from smartapp.sandbox.payer import PracticePayer

PAS = {
    r"warning: ValueSet 'http(s://valueset\.x12\.org|://hl7\.org/fhir/us/core/ValueSet)/\S+' not found": (
        "X12 publishes no value sets, and those of US Core are not here"
    ),
    r"warning: None of the codings provided are in the value set 'IdentifierType' .*v2-0203#MB": (
        "PAS itself wants the type MB for a member number"
    ),
    r"warning: No code provided, and a code should be .* \S+ \(http://hl7\.org/fhir/ValueSet/": (
        "extensible bindings, and a record that gives a text alone"
    ),
    r"warning: No code provided, and a code should be provided from the value set 'SubscriberPolicyholder": (
        "the record does not say what the patient is to the subscriber"
    ),
    r"warning: None of the codings provided are in the value set 'Condition Category Codes'": (
        "the category that the record has"
    ),
    r"error: Profile reference 'http://hl7\.org/fhir/us/mcode/": "what the record says of itself",
    r"error: Unable to find a profile match for \S+ among choices: \S+davinci-crd/\S+/profile-appointment": (
        "the context of a form (DTR 2.0.1) is the order as CRD has it, which is a draft; what is requested is signed"
    ),
}
"""What the validator says of these besides."""


@pytest.fixture(scope="module")
def validator(judging, version):
    with judging(f"pas-{version}") as validator:
        yield validator


@pytest.fixture(scope="module")
def requests(version):
    """A request for each way in which a case is decided, with the review that it is made of."""
    return [*made(version)]


def made(version):
    dialect = Dialect(version)
    for case in decided():
        review = signed(case, dialect)
        try:
            yield review, request(review.claim(dialect, pdf=PDF), now=review.dossier.review.now)
        except NotSendable:
            continue


def test_requests_have_no_error(validator, requests):
    bundles = covering(bundle for _, bundle in requests)

    kinds = {entry["resource"]["resourceType"] for bundle in bundles for entry in bundle["entry"]}
    assert kinds >= {
        *("Claim", "Condition", "Coverage", "DocumentReference", "MedicationRequest", "Organization"),
        *("Patient", "Practitioner", "QuestionnaireResponse", "ServiceRequest"),
    }
    assert unexplained(validator, bundles, PAS) == set()


def test_updates_cancellations_and_inquiries_have_no_error(validator, version, requests):
    review, first = requests[0]
    dialect, now = Dialect(version), review.dossier.review.now
    case = review.claim(dialect, earlier=first, pdf=PDF)
    bundles = (
        request(case, now=now),
        cancellation(first, id_="signed.2", now=now),
        inquiry(review.claim(dialect), now=now),
    )

    assert unexplained(validator, bundles, PAS) == set()


@pytest.mark.parametrize("action", ["A1", "A3", "A4"], ids=["approved", "denied", "pended"])
def test_answers_of_the_practice_payer_have_no_error(validator, version, requests, action):
    review, bundle = requests[0]
    now = review.dossier.review.now
    payer = PracticePayer(clock=lambda: now, decide=lambda _: action, version=version)
    asked = inquiry(review.claim(Dialect(version)), now=now)

    told = [payer.inquire(asked)[0], payer.submit(bundle)[0], payer.inquire(asked)[0]]

    assert unexplained(validator, told, PAS) == set()


def test_the_answer_to_a_change_of_what_never_came_has_no_error(validator, version, requests):
    review, first = requests[0]
    now = review.dossier.review.now
    changed = request(review.claim(Dialect(version), earlier=first), now=now)

    told, _ = PracticePayer(clock=lambda: now).submit(changed)

    assert told["entry"][0]["resource"]["outcome"] == "error"
    assert unexplained(validator, [told], PAS) == set()


def test_what_pas_does_not_allow_is_found(validator, requests):
    """The stand-ins for US Core take nothing away from what PAS asks."""
    spoiled = copy.deepcopy(requests[0][1])
    claim, patient = (
        next(e["resource"] for e in spoiled["entry"] if e["resource"]["resourceType"] == kind)
        for kind in ("Claim", "Patient")
    )
    claim["use"] = "claim"
    patient["name"] = [{"text": "Ann Marrow"}]

    texts = " ".join(unexplained(validator, [spoiled], PAS))

    assert ("preauthorization" in texts, "profile-beneficiary" in texts) == (True, True)
