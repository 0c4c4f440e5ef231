"""FHIR R4 resources in a clinician's words: condition("icd10cm:C43.59"), administration("nivolumab").

Every record is invented. What the words do not cover is given as raw elements: fhir={"doNotPerform": True}.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from spec.datatypes import (
    DTR,
    HL7,
    Words,
    answered,
    concept,
    concepts,
    extension,
    given,
    notes,
    status_of,
    timed,
    value_x,
)

Resource = dict[str, Any]

_RELATED = "http://hl7.org/fhir/StructureDefinition/condition-related"
_MORPHOLOGY = "http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-histology-morphology-behavior"
_SIGNED = "http://hl7.org/fhir/StructureDefinition/questionnaireresponse-signature"
QUESTIONNAIRE = "https://smartapp.example/fhir/Questionnaire/TILMelanoma"


def patient(*, born: str | None = None, **rest: Any) -> Resource:
    return _resource(
        "Patient", rest, subject=None, birthDate=born, name=[{"text": "Testa Invented"}], gender="female"
    )


def condition(  # noqa: PLR0913 - a Condition says many things
    code: Words,
    *,
    clinical: str | None = "active",
    verification: str | None = "confirmed",
    on: str | None = "2023-05-04",
    stage: Words | None = None,
    about: str | None = None,
    morphology: Words | None = None,
    site: Words | None = None,
    note: str | None = None,
    **rest: Any,
) -> Resource:
    """`about` is the Condition that this one is a metastasis of; `stage` the summary of its only stage."""
    said = [
        extension(_RELATED, "valueReference", about and {"reference": about}),
        extension(_MORPHOLOGY, "valueCodeableConcept", morphology and concept(morphology)),
    ]
    return _resource(
        "Condition",
        rest,
        extension=[e for e in said if e] or None,
        clinicalStatus=status_of("condition-clinical", clinical),
        verificationStatus=status_of("condition-ver-status", verification),
        code=concept(code),
        bodySite=[concept(site)] if site else None,
        onsetDateTime=on,
        stage=[{"summary": concept(stage)}] if stage else None,
        note=notes(note),
    )


def administration(drug: Words, *, status: str | None = "completed", **rest: Any) -> Resource:
    return _medication("MedicationAdministration", drug, status, rest)


def statement(drug: Words, *, status: str | None = "completed", **rest: Any) -> Resource:
    return _medication("MedicationStatement", drug, status, rest)


def request(
    drug: Words,
    *,
    status: str | None = "draft",
    on: str | None = "2026-06-01",
    intent: str | None = "order",
    **rest: Any,
) -> Resource:
    reasons = rest.pop("reason", None)
    note = rest.pop("note", None)
    return _resource(
        "MedicationRequest",
        rest,
        status=status,
        intent=intent,
        medicationCodeableConcept=concept(drug),
        authoredOn=on,
        reasonCode=concepts(reasons),
        note=notes(note),
    )


def dispense(
    drug: Words, *, status: str | None = "completed", on: str | None = "2025-02-03", **rest: Any
) -> Resource:
    note = rest.pop("note", None)
    return _resource(
        "MedicationDispense",
        rest,
        status=status,
        medicationCodeableConcept=concept(drug),
        whenHandedOver=on,
        note=notes(note),
    )


def service(
    code: Words, *, status: str = "active", on: str | None = "2026-06-01", intent: str = "order", **rest: Any
) -> Resource:
    reasons = rest.pop("reason", None)
    return _resource(
        "ServiceRequest",
        rest,
        status=status,
        intent=intent,
        code=concept(code),
        authoredOn=on,
        reasonCode=concepts(reasons),
    )


def procedure(
    code: Words, *, status: str | None = "completed", on: str | None = "2025-02-03", **rest: Any
) -> Resource:
    reasons = rest.pop("reason", None)
    note = rest.pop("note", None)
    return _resource(
        "Procedure",
        rest,
        status=status,
        code=concept(code),
        **timed("performed", on, rest),
        reasonCode=concepts(reasons),
        note=notes(note),
    )


def observation(
    code: Words,
    *,
    status: str | None = "final",
    value: Words | bool | int | None = None,
    says: str | None = None,
    on: str | None = "2025-02-03",
    focus: str | None = None,
    components: Iterable[list[Words]] = (),
    **rest: Any,
) -> Resource:
    """`value` is coded (or true, or a number), `says` is a valueString; a component is [code, value]."""
    interpretation, note = rest.pop("interpretation", None), rest.pop("note", None)
    return _resource(
        "Observation",
        rest,
        status=status,
        code=concept(code),
        focus=[{"reference": focus}] if focus else None,
        **timed("effective", on, rest),
        **value_x(value),
        valueString=says,
        interpretation=concepts(interpretation),
        component=[{"code": concept(c), **value_x(v)} for c, v in components] or None,
        note=notes(note),
    )


def report(
    code: Words,
    *,
    status: str = "final",
    conclusion: str | None = None,
    on: str | None = "2025-02-03",
    **rest: Any,
) -> Resource:
    return _resource(
        "DiagnosticReport",
        rest,
        status=status,
        code=concept(code),
        effectiveDateTime=on,
        conclusion=conclusion,
        conclusionCode=concepts(rest.pop("concludes", None)),
    )


def coverage(
    kind: Words | None, *, status: str = "active", payor: str = "Example Health Plan", **rest: Any
) -> Resource:
    plan = rest.pop("plan", None)
    code = {"coding": [{"system": f"{HL7}/coverage-class", "code": "plan"}]}
    return _resource(
        "Coverage",
        rest,
        subject="beneficiary",
        status=status,
        type=concept(kind) if kind else None,
        payor=[{"display": payor}],
        **{"class": [{"type": code, "value": "1", "name": plan}] if plan else None},
    )


def family(code: Words, *, relation: str, **rest: Any) -> Resource:
    return _resource(
        "FamilyMemberHistory",
        rest,
        subject="patient",
        status="completed",
        relationship={"text": relation},
        condition=[{"code": concept(code)}],
    )


def allergy(code: Words, **rest: Any) -> Resource:
    return _resource(
        "AllergyIntolerance",
        rest,
        subject="patient",
        clinicalStatus=status_of("allergyintolerance-clinical", "active"),
        verificationStatus=status_of("allergyintolerance-verification", "confirmed"),
        code=concept(code),
    )


def answers(
    replies: Mapping[str, Any],
    *,
    origin: str | None = "manual",
    status: str = "in-progress",
    signed: bool = False,
    order: str | None = "MedicationRequest/order",
    on: str = "2026-06-01T09:00:00Z",
    version: str = "1.0.0",
    **rest: Any,
) -> Resource:
    """A QuestionnaireResponse to this policy's form, by linkId; `signed` signs and completes it."""
    said = [extension(f"{DTR}/qr-context", "valueReference", order and {"reference": order})]
    if signed:
        said.append({"url": _SIGNED, "valueSignature": _SIGNATURE})
    return _resource(
        "QuestionnaireResponse",
        rest,
        extension=[e for e in said if e] or None,
        questionnaire=f"{QUESTIONNAIRE}|{version}",
        status="completed" if signed else status,
        authored=on,
        item=[{"linkId": link, "answer": [answered(value, origin)]} for link, value in replies.items()],
    )


def bundle(resources: Iterable[Resource]) -> Resource:
    """One patient's record as a file holds it; a resource may bring its own "_fullUrl"."""
    return {"resourceType": "Bundle", "type": "collection", "entry": [_entry(r) for r in resources]}


def _entry(resource: Resource) -> dict[str, Any]:
    path = f"{resource.get('resourceType')}/{resource.get('id')}"
    address = f"https://ehr.example/r4/{path}" if "resourceType" in resource else None
    bare = {name: value for name, value in resource.items() if name != "_fullUrl"}
    return given(fullUrl=resource.get("_fullUrl", address), resource=bare)


_SIGNATURE = {
    "type": [{"system": "urn:iso-astm:E1762-95:2013", "code": "1.2.840.10065.1.12.1.1"}],
    "when": "2026-06-01T09:30:00Z",
    "who": {"reference": "Practitioner/oncologist"},
}


def _resource(
    kind: str, rest: dict[str, Any], *, subject: str | None = "subject", **elements: Any
) -> Resource:
    who = rest.pop("of", "Patient/patient")
    about = {subject: {"reference": who}} if subject and who else {}
    built = {"resourceType": kind, "id": rest.pop("id", kind.lower()), **about, **given(**elements)}
    return _merged(built, rest.pop("fhir", {}), left=rest)


def _merged(built: Resource, raw: Mapping[str, Any], *, left: Mapping[str, Any]) -> Resource:
    """What the short form has no word for is given as raw FHIR; a raw "" deletes the element."""
    if left:
        raise KeyError(f"the short form of {built['resourceType']} does not know {', '.join(left)}")
    return {k: v for k, v in {**built, **raw}.items() if v != ""}


def _medication(kind: str, drug: Words, status: str | None, rest: dict[str, Any]) -> Resource:
    on = rest.pop("on", "2025-02-03")
    who = "subject"
    return _resource(
        kind,
        rest,
        subject=who,
        status=status,
        medicationCodeableConcept=concept(drug),
        **timed("effective", on, rest),
        reasonCode=concepts(rest.pop("reason", None)),
        reasonReference=[{"reference": r}] if (r := rest.pop("reason_of", None)) else None,
        note=notes(rest.pop("note", None)),
        statusReason=concepts(rest.pop("because", None)),
    )
