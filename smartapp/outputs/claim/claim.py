"""The Claim of a request (PAS profile-claim), and the one of an inquiry (profile-claim-inquiry)."""

from typing import Any

from smartapp.facts import reference_of
from smartapp.outputs.claim import ordered
from smartapp.outputs.claim.case import Case
from smartapp.outputs.dialect import Dialect

SYSTEM = "https://smartapp.example/fhir/sid/claim"
"""The system of the identifiers of our Claims."""
PAS = "http://hl7.org/fhir/us/davinci-pas/StructureDefinition/"
_TEMP = "http://hl7.org/fhir/us/davinci-pas/CodeSystem/PASTempCodes"
_X12 = "https://codesystem.x12.org/005010/"
_HL7 = "http://terminology.hl7.org/CodeSystem/"
_POS = "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set"
_ICD = "http://hl7.org/fhir/sid/icd-10-cm"
_DAY = 10

Json = dict[str, Any]


def identifier(case: Case) -> dict[str, str]:
    """By which the payer knows this request again."""
    return {"system": SYSTEM, "value": case.id}


def profile(case: Case) -> str:
    """Which profile the Claim of a request has."""
    return f"{PAS}profile-claim{'-update' if case.earlier else ''}"


def requesting(case: Case, *, insurer: Json, provider: Json) -> Json:
    """The Claim that asks for authorization, with the signed form."""
    return {
        **_common(case, insurer, provider),
        "meta": {"profile": [profile(case)]},
        **_related(case),
        "supportingInfo": [_form(case)],
        **_diagnosed(case),
        "item": [_item(case) | {"informationSequence": [1]}],
    }


def inquiring(case: Case, *, insurer: Json, provider: Json) -> Json:
    """The Claim that asks what became of it."""
    item = {"sequence": 1, "productOrService": ordered.product(case)}
    return {
        **_common(case, insurer, provider),
        "meta": {"profile": [f"{PAS}profile-claim-inquiry"]},
        **_diagnosed(case),
        "item": [item | {key: value for key, value in _item(case).items() if key == "category"}],
    }


def _common(case: Case, insurer: Json, provider: Json) -> Json:
    return {
        "resourceType": "Claim",
        "identifier": [identifier(case)],
        "status": "active",
        "type": _coded(f"{_HL7}claim-type", case.codes.claim_type),
        "use": "preauthorization",
        "patient": {"reference": f"Patient/{case.facts.patient_id}"},
        "created": case.signed_at.isoformat(timespec="seconds"),
        "insurer": {"reference": reference_of(insurer)},
        "provider": {"reference": reference_of(provider)},
        "priority": _coded(f"{_HL7}processpriority", "normal"),
        "insurance": [{"sequence": 1, "focal": True, "coverage": {"reference": reference_of(case.coverage)}}],
    }


def _related(case: Case) -> Json:
    """An amendment names the request that it takes the place of."""
    if not case.earlier:
        return {}
    earlier = {"identifier": {"system": SYSTEM, "value": case.earlier}}
    prior = _coded(f"{_HL7}ex-relatedclaimrelationship", "prior")
    return {"related": [{"claim": earlier, "relationship": prior}]}


def _form(case: Case) -> Json:
    held = {
        "sequence": 1,
        "category": _coded(_TEMP, "additionalInformation"),
        "valueReference": {"reference": reference_of(case.response)},
    }
    if case.dialect is Dialect.V2_0:  # documentInformation came with 2.1
        return held
    kind = _extension("reportTypeCode", valueCodeableConcept=_coded(f"{_X12}755", case.codes.report_type))
    text = _extension("description", valueString=f"Signed form of medical policy {case.policy.id}")
    information = {"url": f"{PAS}extension-documentInformation", "extension": [kind, text]}
    return {"extension": [information], **held}


def _diagnosed(case: Case) -> Json:
    codes = ordered.diagnoses(case)
    listed = [
        {"sequence": number, "diagnosisCodeableConcept": _coded(_ICD, code)}
        for number, code in enumerate(codes, start=1)
    ]
    return {"diagnosis": listed} if listed else {}


def _item(case: Case) -> Json:
    codes = case.codes
    numbers = [*range(1, len(ordered.diagnoses(case)) + 1)]
    whole = {
        "extension": [
            _pas("serviceItemRequestType", valueCodeableConcept=_coded(f"{_X12}1525", codes.request_type)),
            _pas("certificationType", valueCodeableConcept=_coded(f"{_X12}1322", codes.certification)),
            _pas("itemTraceNumber", valueIdentifier=identifier(case)),
            _pas("requestedService", valueReference={"reference": reference_of(case.order)}),
        ],
        "sequence": 1,
        "diagnosisSequence": numbers,
        "category": _coded(f"{_X12}1365", codes.service_type),
        "productOrService": ordered.product(case),
        # FullDateRule: a month or a year is no date here
        "servicedDate": case.planned if len(case.planned) == _DAY else None,
        "locationCodeableConcept": _coded(_POS, codes.place),
    }
    return {key: value for key, value in whole.items() if value}


def _pas(name: str, **value: Any) -> Json:
    return _extension(f"{PAS}extension-{name}", **value)


def _extension(url: str, **value: Any) -> Json:
    return {"url": url, **value}


def _coded(system: str, code: str) -> Json:
    return {"coding": [{"system": system, "code": code}]}
