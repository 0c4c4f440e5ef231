"""The Claim of a request (PAS profile-claim), and the one of an inquiry (profile-claim-inquiry)."""

from typing import Any

from smartapp.facts import Resource, reference_of
from smartapp.outputs.claim import earlier, ordered
from smartapp.outputs.claim.case import Case
from smartapp.outputs.dialect import Dialect

SYSTEM = "https://smartapp.example/fhir/sid/claim"
"""The system of the identifiers of our Claims."""
PAS = earlier.PAS
_TEMP = "http://hl7.org/fhir/us/davinci-pas/CodeSystem/PASTempCodes"
_X12 = "https://codesystem.x12.org/005010/"
_HL7 = "http://terminology.hl7.org/CodeSystem/"
_POS = "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set"
_ICD = "http://hl7.org/fhir/sid/icd-10-cm"
_DAY = 10

Json = dict[str, Any]


def identifier(case: Case) -> dict[str, str]:
    """By which the payer knows this request again."""
    return identified(case.id)


def identified(id_: str) -> dict[str, str]:
    """The identifier of the Claim of a request with this id."""
    return {"system": SYSTEM, "value": id_}


def profile(case: Case) -> str:
    """Which profile the Claim of a request has."""
    return f"{PAS}profile-claim{'-update' if case.earlier else ''}"


def requesting(case: Case, *, insurer: Json, provider: Json) -> Json:
    """The Claim that asks for authorization, with the signed form."""
    return {
        **_common(case, insurer, provider),
        "meta": {"profile": [profile(case)]},
        **_related(case),
        "supportingInfo": _supporting(case),
        **_diagnosed(case),
        "item": [_requested(case)],
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
    """An amendment names the request that it takes the place of (spec-65)."""
    if not case.earlier:
        return {}
    return {"related": earlier.related(case.earlier)}


def _supporting(case: Case) -> list[Json]:
    """The signed form and the packet; in an update with the sequences of before and marked as changed (spec-68, 71)."""
    parts = [(case.response, "Signed form"), *([(case.packet, "Packet (PDF)")] if case.packet else [])]
    known = {info["sequence"] for info in earlier.claim(case.earlier).get("supportingInfo", ())}
    return [
        _attached(case, part, what, number, _change(case, is_known=number in known, is_same=False))
        for number, (part, what) in enumerate(parts, start=1)
    ]


def _attached(case: Case, part: Resource, what: str, number: int, change: list[Json]) -> Json:
    extensions = list(change)
    if case.dialect is not Dialect.V2_0:  # documentInformation came with 2.1
        kind = _extension("reportTypeCode", valueCodeableConcept=_coded(f"{_X12}755", case.codes.report_type))
        text = _extension("description", valueString=f"{what} of medical policy {case.policy.id}")
        extensions.append({"url": f"{PAS}extension-documentInformation", "extension": [kind, text]})
    held = {
        "extension": extensions,
        "sequence": number,
        "category": _coded(_TEMP, "additionalInformation"),
        "valueReference": {"reference": reference_of(part)},
    }
    return {key: value for key, value in held.items() if value}


def _change(case: Case, *, is_known: bool, is_same: bool) -> list[Json]:
    """What an update says of a part that is new to the payer, or not as it was (spec-71, 72)."""
    if not case.earlier or (is_known and is_same):
        return []
    return [_pas("infoChanged", valueCode="changed" if is_known else "added")]


def _requested(case: Case) -> Json:
    """The item, in an update under the trace number of before."""
    item = _item(case)
    before = next(iter(earlier.claim(case.earlier).get("item", ())), None)
    if before:
        traced = [e for e in before["extension"] if e["url"].endswith("itemTraceNumber")]
        others = [e for e in item["extension"] if not e["url"].endswith("itemTraceNumber")]
        same = earlier.is_same_item(before, item)
        item = item | {"extension": [*_change(case, is_known=True, is_same=same), *others, *traced]}
    return item | {"informationSequence": [1, 2] if case.packet else [1]}


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
