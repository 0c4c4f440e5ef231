"""What holds for every record, whoever sent it."""

from random import Random
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from spec import fhir, mutate
from spec.ask import answers, ask, outcome
from spec.cases import NO_CARD, Case, load

from smartapp.determination import Answer, Determination
from smartapp.errors import BadInput

_ALL = [*load("vignettes"), *load("decisions"), *load("dialects")]
CASES = [case for case in _ALL if case.outcome != NO_CARD and not case.unread]
_UNATTESTED = [
    c for c in CASES if not any(r.get("resourceType") == "QuestionnaireResponse" for r in c.resources)
]
_ERROR = {"coding": [{"system": f"{fhir.HL7}/condition-ver-status", "code": "entered-in-error"}]}
_OF_PATIENT = ("subject", "patient", "beneficiary")

settings.register_profile(
    "properties",
    derandomize=True,
    deadline=None,
    max_examples=80,
    database=None,
    suppress_health_check=list(HealthCheck),
)
properties = settings.get_profile("properties")
cases = st.sampled_from(CASES)
seeds = st.integers(0, 2**32).map(Random)


@properties
@given(cases, seeds)
def test_the_order_of_resources_and_duplicates_never_change_the_answers(case: Case, random: Random) -> None:
    resources = [*case.resources, *random.choices(case.resources, k=3)]
    random.shuffle(resources)

    said = _ask(case, resources)

    assert _told(said) == _told(_ask(case, case.resources))


@properties
@given(st.sampled_from(_UNATTESTED), seeds)
def test_removing_a_resource_never_turns_unknown_into_unmet(case: Case, random: Random) -> None:
    removed = random.choice([r for r in case.resources if not _is_needed(case, r)] or [{}])
    before = _ask(case, case.resources)

    after = _ask(case, [r for r in case.resources if r is not removed])

    assume(before is not None and after is not None and before.criteria and after.criteria)
    turned = {
        c for c, a in answers(after).items() if a is Answer.UNMET and answers(before)[c] is Answer.UNKNOWN
    }
    # A Condition that was refuted explicitly may remain alone: then melanoma is unmet.
    allowed = {"melanoma"} if removed.get("resourceType") == "Condition" and _has_refuted(case) else set()
    assert turned <= allowed


@properties
@given(cases, cases, seeds)
def test_a_resource_entered_in_error_changes_nothing(case: Case, other: Case, random: Random) -> None:
    wrong = _in_error(random.choice(other.resources))
    assume(wrong)

    said = _ask(case, [*case.resources, wrong])

    assert _told(said) == _told(_ask(case, case.resources))


@properties
@given(cases, cases, seeds)
def test_met_means_that_every_criterion_is_met(case: Case, other: Case, random: Random) -> None:
    added = [_renamed(r, case) for r in other.resources if r.get("resourceType") not in {"Patient", None}]
    mixed = [*case.resources, *random.sample(added, k=min(3, len(added)))]

    said = _ask(case, mutate.plausible(mixed, random))

    if said is not None and said.criteria:
        given_answers = set(answers(said).values())
        assert (outcome(said) == "met") <= (given_answers == {Answer.MET})
        assert (outcome(said) == "not-met") <= (Answer.UNMET in given_answers)
        assert (outcome(said) == "needs-information") <= (Answer.UNKNOWN in given_answers - {Answer.UNMET})


@properties
@given(cases, seeds)
def test_no_record_however_odd_raises_or_answers_nonsense(case: Case, random: Random) -> None:
    resources = mutate.wild(list(case.resources), random)

    said = _ask(case, resources)

    assert said is None or {c.answer for c in said.criteria} <= set(Answer)


@properties
@given(cases, seeds)
def test_another_patient_s_record_changes_nothing(case: Case, random: Random) -> None:
    other = random.choice(CASES)
    strangers = [
        _of_stranger(r, n) for n, r in enumerate(other.resources) if any(k in r for k in _OF_PATIENT)
    ]

    said = _ask(case, [*case.resources, *strangers])

    assert _told(said) == _told(_ask(case, case.resources))


def _ask(case: Case, resources: Any) -> Determination | None:
    """The determination; None also where the input is refused as a whole, with a word to the user."""
    try:
        return ask(fhir.bundle(resources), order=case.order, as_of=case.as_of)
    except BadInput:
        return None


def _told(said: Determination | None) -> tuple[str, dict[str, Answer]]:
    return outcome(said), answers(said) if said else {}


def _is_needed(case: Case, resource: dict[str, Any]) -> bool:
    """The patient and the order are what is asked about."""
    reference = f"{resource.get('resourceType')}/{resource.get('id')}"
    return resource.get("resourceType") == "Patient" or reference == (case.order or reference)


def _has_refuted(case: Case) -> bool:
    return any("refuted" in str(r.get("verificationStatus")) for r in case.resources)


def _in_error(resource: dict[str, Any]) -> dict[str, Any] | None:
    renamed = {**resource, "id": "in-error"}
    if resource.get("resourceType") in {"Condition", "AllergyIntolerance"}:
        return {**{k: v for k, v in renamed.items() if k != "clinicalStatus"}, "verificationStatus": _ERROR}
    return {**renamed, "status": "entered-in-error"} if "status" in resource else None


def _renamed(resource: dict[str, Any], case: Case) -> dict[str, Any]:
    """Of the case's patient, under an id of its own; no second order."""
    renamed = {**resource, "id": f"mixed-{resource.get('id') or 'in'}"}
    subject = {k: {"reference": "Patient/patient"} for k in _OF_PATIENT if k in resource}
    is_order = resource.get("status") == "draft" or case.order is None
    return {**renamed, **subject, **({"status": "completed"} if is_order else {})}


def _of_stranger(resource: dict[str, Any], number: int) -> dict[str, Any]:
    stranger = {k: {"reference": "Patient/stranger"} for k in _OF_PATIENT if k in resource}
    return {
        **resource,
        **stranger,
        "id": f"stranger-{number}",
        "_fullUrl": f"https://ehr.example/r4/x/{number}",
    }
