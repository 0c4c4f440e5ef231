"""An invented patient of 30 resources, written as verbosely as EHRs write, and the same with thousands."""

from itertools import islice
from typing import Any

Resource = dict[str, Any]

NOW = "2026-06-01T12:00:00+00:00"
PATIENT = "e63wRTbPfr1p8UW81d8Seiw3"
ORDER = "eOrder.TIL-1"
_LOINC = "http://loinc.org"
_RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
_SNOMED = "http://snomed.info/sct"
_ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
_HL7 = "http://terminology.hl7.org/CodeSystem"
_LOCAL = "urn:oid:1.2.840.114350.1.13.0.1.7.2.768282"
_LABS = (
    ("2532-0", "Lactate dehydrogenase [Enzymatic activity/volume] in Serum or Plasma", 312.0, "U/L"),
    ("2160-0", "Creatinine [Mass/volume] in Serum or Plasma", 0.9, "mg/dL"),
    ("718-7", "Hemoglobin [Mass/volume] in Blood", 12.1, "g/dL"),
    ("751-8", "Neutrophils [#/volume] in Blood by Automated count", 4.2, "10*3/uL"),
    ("777-3", "Platelets [#/volume] in Blood by Automated count", 201.0, "10*3/uL"),
    ("1742-6", "Alanine aminotransferase [Enzymatic activity/volume] in Serum or Plasma", 31.0, "U/L"),
)


def record(size: int = 30) -> list[Resource]:
    """The patient's resources, the order among them; more than 30 are further laboratory results."""
    known = [_patient(), order(), _coverage(), *_conditions(), *_oncology(), *_medications(), *_procedures()]
    return [*known, *islice(_laboratory(), size - len(known))]


def bundle(resources: list[Resource]) -> Resource:
    """The record as a file."""
    entries = [
        {"fullUrl": f"https://ehr.example/r4/{r['resourceType']}/{r['id']}", "resource": r} for r in resources
    ]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def hook_call(resources: list[Resource]) -> Resource:
    """The order-sign call that carries the whole record as prefetch."""
    drafts = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": order()}]}
    searched = {key: _searchset(resources, kind) for key, kind in _PREFETCH.items()}
    return {
        "hook": "order-sign",
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": {"userId": "Practitioner/oncologist", "patientId": PATIENT, "draftOrders": drafts},
        "prefetch": {"patient": resources[0], **searched},
    }


def order() -> Resource:
    """The draft order for lifileucel."""
    return {
        **_begun("MedicationRequest", ORDER),
        "status": "draft",
        "intent": "order",
        "category": [_concept("Inpatient", (f"{_HL7}/medicationrequest-category", "inpatient", "Inpatient"))],
        "medicationCodeableConcept": _concept("lifileucel IV suspension", (_RXNORM, "2675868", "lifileucel")),
        "authoredOn": "2026-06-01T09:15:00Z",
        "reasonCode": [_concept("Malignant melanoma", (_ICD10CM, "C43.59", "Malignant melanoma of trunk"))],
    }


_PREFETCH = {
    "coverage": "Coverage",
    "conditions": "Condition",
    "observations": "Observation",
    "diagnosticReports": "DiagnosticReport",
    "medicationRequests": "MedicationRequest",
    "medicationStatements": "MedicationStatement",
    "medicationAdministrations": "MedicationAdministration",
    "medicationDispenses": "MedicationDispense",
    "procedures": "Procedure",
    "questionnaireResponses": "QuestionnaireResponse",
}


def _searchset(resources: list[Resource], kind: str) -> Resource:
    found = [r for r in resources if r["resourceType"] == kind]
    entries = [{"fullUrl": f"https://ehr.example/r4/{kind}/{r['id']}", "resource": r} for r in found]
    return {"resourceType": "Bundle", "type": "searchset", "total": len(found), "entry": entries}


def _patient() -> Resource:
    return {
        "resourceType": "Patient",
        "id": PATIENT,
        "meta": {"versionId": "3", "lastUpdated": "2026-05-20T08:00:00Z"},
        "identifier": [{"use": "usual", "system": "urn:oid:1.2.3.4", "value": "MRN-0001"}],
        "name": [{"use": "official", "family": "Invented", "given": ["Testa", "Example"]}],
        "telecom": [{"system": "phone", "value": "555-0100", "use": "home"}],
        "gender": "female",
        "birthDate": "1961-03-14",
        "address": [{"use": "home", "line": ["1 Example Street"], "city": "Exampleton", "state": "WY"}],
        "maritalStatus": _concept("Married", (f"{_HL7}/v3-MaritalStatus", "M", "Married")),
    }


def _coverage() -> Resource:
    return {
        "resourceType": "Coverage",
        "id": "eCoverage.1",
        "status": "active",
        "type": _concept(
            "Commercial PPO", ("urn:oid:2.16.840.1.113883.3.221.5", "512", "Commercial Managed Care - PPO")
        ),
        "subscriberId": "XYZ0001",
        "beneficiary": {"reference": f"Patient/{PATIENT}"},
        "payor": [{"display": "Example Health Plan"}],
        "class": [
            {
                "type": _concept("Plan", (f"{_HL7}/coverage-class", "plan", "Plan")),
                "value": "1",
                "name": "PPO",
            }
        ],
    }


def _conditions() -> list[Resource]:
    return [
        _condition("1", "Malignant melanoma of torso", (_SNOMED, "93655004"), (_ICD10CM, "C43.59")),
        _condition("2", "Secondary malignant neoplasm of liver", (_SNOMED, "94381002"), (_ICD10CM, "C78.7")),
        _condition("3", "Essential hypertension", (_SNOMED, "59621000"), (_ICD10CM, "I10")),
        _condition("4", "Type 2 diabetes mellitus", (_SNOMED, "44054006"), (_ICD10CM, "E11.9")),
    ]


def _oncology() -> list[Resource]:
    m_category = _concept("cM1c", (_SNOMED, "1229910003", "AJCC cM1c"))
    absent = _concept("Not detected", (_SNOMED, "260415000", "Not detected"))
    focus = {"focus": [{"reference": "Condition/eCondition.1"}]}
    return [
        _observation(
            "m", ("21907-1", "Distant metastases.clinical"), valueCodeableConcept=m_category, **focus
        ),
        _observation(
            "braf", ("53844-7", "BRAF gene targeted mutation analysis"), valueCodeableConcept=absent
        ),
        _observation("ecog", ("89247-1", "ECOG Performance Status score"), valueInteger=1),
        _report(
            "1", "CT chest abdomen pelvis", "Multiple hepatic lesions consistent with metastatic disease."
        ),
        _report("2", "Molecular pathology report", "NRAS p.Q61R detected. BRAF V600E: not detected."),
    ]


def _medications() -> list[Resource]:
    nivolumab, ondansetron = ("1597876", "nivolumab"), ("26225", "ondansetron")
    doses = [_administration(str(n), nivolumab, f"2025-0{n}-03") for n in range(2, 6)]
    return [
        *doses,
        _administration("9", ondansetron, "2025-02-03"),
        _statement("1", ("29046", "lisinopril")),
        _statement("2", ("6809", "metformin")),
        _prescription("1", ("1547545", "pembrolizumab")),
        _dispense("1", ("29046", "lisinopril")),
    ]


def _procedures() -> list[Resource]:
    excision = _concept("Wide local excision", (_SNOMED, "177302006", "Wide excision of lesion of skin"))
    biopsy = _concept("Sentinel lymph node biopsy", (_SNOMED, "396487001", "Sentinel lymph node biopsy"))
    codes = (excision, biopsy)
    return [
        {
            **_begun("Procedure", f"eProcedure.{n}"),
            "status": "completed",
            "code": code,
            "performedDateTime": "2023-06-01",
        }
        for n, code in enumerate(codes)
    ]


def _laboratory() -> Any:
    number = 0
    while True:
        for code, name, value, unit in _LABS:
            quantity = {
                "value": value + number % 7,
                "unit": unit,
                "system": "http://unitsofmeasure.org",
                "code": unit,
            }
            yield _observation(f"lab-{number}", (code, name), valueQuantity=quantity)
            number += 1


def _condition(number: str, text: str, snomed: tuple[str, str], icd: tuple[str, str]) -> Resource:
    return {
        **_begun("Condition", f"eCondition.{number}"),
        "clinicalStatus": _concept("Active", (f"{_HL7}/condition-clinical", "active", "Active")),
        "verificationStatus": _concept(
            "Confirmed", (f"{_HL7}/condition-ver-status", "confirmed", "Confirmed")
        ),
        "category": [
            _concept("Problem List Item", (f"{_HL7}/condition-category", "problem-list-item", "Problem"))
        ],
        "code": _concept(text, (*snomed, text), (*icd, text), (_LOCAL, f"88{number}", text)),
        "onsetDateTime": "2023-05-04",
        "recordedDate": "2023-05-11",
    }


def _observation(number: str, code: tuple[str, str], **value: Any) -> Resource:
    return {
        **_begun("Observation", f"eObservation.{number}"),
        "status": "final",
        "category": [_concept("Laboratory", (f"{_HL7}/observation-category", "laboratory", "Laboratory"))],
        "code": _concept(code[1], (_LOINC, *code), (_LOCAL, f"5-{number}", code[1])),
        "effectiveDateTime": "2025-01-15T16:20:00Z",
        "issued": "2025-01-16T10:00:00Z",
        **value,
    }


def _report(number: str, name: str, conclusion: str) -> Resource:
    return {
        **_begun("DiagnosticReport", f"eReport.{number}"),
        "status": "final",
        "code": _concept(name, (_LOCAL, f"7-{number}", name)),
        "effectiveDateTime": "2025-01-20T11:00:00Z",
        "conclusion": conclusion,
    }


def _administration(number: str, drug: tuple[str, str], day: str) -> Resource:
    return {
        **_begun("MedicationAdministration", f"eAdministration.{number}"),
        "status": "completed",
        "medicationCodeableConcept": _drug(drug),
        "effectiveDateTime": f"{day}T15:31:00Z",
        "dosage": {"text": "480 mg intravenously", "dose": {"value": 480, "unit": "mg"}},
    }


def _statement(number: str, drug: tuple[str, str]) -> Resource:
    status = {"status": "active", "effectivePeriod": {"start": "2019-05-01"}}
    return {
        **_begun("MedicationStatement", f"eStatement.{number}"),
        **status,
        "medicationCodeableConcept": _drug(drug),
    }


def _prescription(number: str, drug: tuple[str, str]) -> Resource:
    begun = _begun("MedicationRequest", f"eRequest.{number}")
    said = {"status": "stopped", "intent": "order", "authoredOn": "2024-10-01T10:00:00Z"}
    return {**begun, **said, "medicationCodeableConcept": _drug(drug)}


def _dispense(number: str, drug: tuple[str, str]) -> Resource:
    begun = _begun("MedicationDispense", f"eDispense.{number}")
    return {
        **begun,
        "status": "completed",
        "whenHandedOver": "2026-05-01",
        "medicationCodeableConcept": _drug(drug),
    }


def _drug(drug: tuple[str, str]) -> Resource:
    return _concept(f"{drug[1].upper()} IVPB", (_RXNORM, *drug), (_LOCAL, f"9-{drug[0]}", drug[1].upper()))


def _begun(kind: str, identity: str) -> Resource:
    return {
        "resourceType": kind,
        "id": identity,
        "meta": {"versionId": "1", "lastUpdated": "2026-05-20T08:00:00Z"},
        "identifier": [
            {"use": "usual", "system": f"urn:oid:1.2.840.114350.1.13.0.1.7.{len(kind)}", "value": identity}
        ],
        "subject": {"reference": f"Patient/{PATIENT}", "display": "Invented, Testa"},
        "encounter": {"reference": "Encounter/eEncounter.1", "display": "Oncology visit"},
    }


def _concept(text: str, *codings: tuple[str, str, str]) -> Resource:
    return {"coding": [{"system": s, "code": c, "display": d} for s, c, d in codings], "text": text}
