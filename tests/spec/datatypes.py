"""The parts of FHIR R4 resources, from a clinician's words.

A concept is one string or a list of them: "snomed:94381002|label" is a coding, "<urn:oid:1.2>X1|label" a
coding of any system, everything else is the text.
"""

import re
from typing import Any

Words = str | list[str]

SYSTEMS = {
    "atc": "http://www.whocc.no/atc",
    "cpt": "http://www.ama-assn.org/go/cpt",
    "hcpcs": "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
    "hgnc": "http://www.genenames.org/geneId",
    "hgvs": "http://varnomen.hgvs.org",
    "icd10am": "http://hl7.org/fhir/sid/icd-10-am",
    "icd10cm": "http://hl7.org/fhir/sid/icd-10-cm",
    "icd10gm": "http://fhir.de/CodeSystem/bfarm/icd-10-gm",
    "icd10who": "http://hl7.org/fhir/sid/icd-10",
    "icd9": "http://hl7.org/fhir/sid/icd-9-cm",
    "icdo3": "http://terminology.hl7.org/CodeSystem/icd-o-3",
    "local": "https://ehr.example/codes",
    "loinc": "http://loinc.org",
    "ndc": "http://hl7.org/fhir/sid/ndc",
    "ncit": "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl",
    "pcs": "http://www.cms.gov/Medicare/Coding/ICD10",
    "rxnorm": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "snomed": "http://snomed.info/sct",
    "sopt": "https://nahdo.org/sopt",
    "unii": "http://fdasis.nlm.nih.gov",
    "v3act": "http://terminology.hl7.org/CodeSystem/v3-ActCode",
    "v3obs": "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation",
}
_CODING = re.compile(rf"(?:({'|'.join(SYSTEMS)}):|<([^>]*)>)([^|]+)(?:\|(.*))?")

HL7 = "http://terminology.hl7.org/CodeSystem"
DTR = "http://hl7.org/fhir/us/davinci-dtr/StructureDefinition"


def concept(words: Words) -> dict[str, Any]:
    """A CodeableConcept; "" gives an empty one."""
    strings = [words] if isinstance(words, str) else words
    codings = [_coding(m) for s in strings if (m := _CODING.fullmatch(s))]
    text = [s for s in strings if not _CODING.fullmatch(s)]
    return given(coding=codings or None, text=text[-1] if text else None)


def concepts(words: Words | list[Words] | None) -> list[dict[str, Any]] | None:
    """One concept, or several when given as a list of lists."""
    if not words:
        return None
    several = isinstance(words, list) and isinstance(words[0], list)
    return [concept(w) for w in words] if several else [concept(words)]


def value_x(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"valueBoolean": value}
    if isinstance(value, int):
        return {"valueInteger": value}
    return {} if value is None else {"valueCodeableConcept": concept(value)}


def timed(element: str, on: str | None, rest: dict[str, Any]) -> dict[str, Any]:
    period = given(start=rest.pop("start", None), end=rest.pop("end", None))
    return {f"{element}Period": period} if period else {f"{element}DateTime": on or None}


def status_of(system: str, code: str | None) -> dict[str, Any] | None:
    return {"coding": [{"system": f"{HL7}/{system}", "code": code}]} if code else None


def notes(text: str | None) -> list[dict[str, Any]] | None:
    return [{"text": text}] if text else None


def extension(url: str, value: str, given: Any) -> dict[str, Any] | None:
    return {"url": url, value: given} if given else None


def answered(value: Any, origin: str | None) -> dict[str, Any]:
    source = {"url": f"{DTR}/information-origin", "extension": [{"url": "source", "valueCode": origin}]}
    said = {"extension": [source]} if origin else {}
    if isinstance(value, bool):
        return {**said, "valueBoolean": value}
    if isinstance(value, str):
        return {**said, "valueCoding": _coding(m) if (m := _CODING.fullmatch(value)) else {"code": value}}
    return {**said, **value}


def given(**elements: Any) -> dict[str, Any]:
    return {name: value for name, value in elements.items() if value is not None}


def _coding(match: re.Match[str]) -> dict[str, Any]:
    known, other, code, display = match.groups()
    return given(system=SYSTEMS.get(known, other) or None, code=code, display=display)
