"""The vocabulary of the policies and short ways to write resources, for the tests of the normaliser."""

import json
from functools import cache
from pathlib import Path

from smartapp.facts import Facts
from smartapp.normalize import Terms, normalize
from smartapp.normalize.coding import ADDED

CQL = Path(__file__).parents[2] / "cql"
SYSTEMS = {
    "loinc": "http://loinc.org",
    "snomed": "http://snomed.info/sct",
    "icd10cm": "http://hl7.org/fhir/sid/icd-10-cm",
    "rxnorm": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "ndc": "http://hl7.org/fhir/sid/ndc",
    "atc": "http://www.whocc.no/atc",
    "hgnc": "http://www.genenames.org/geneId",
    "hgvs": "http://varnomen.hgvs.org",
    "clinvar": "http://www.ncbi.nlm.nih.gov/clinvar",
    "dbsnp": "http://www.ncbi.nlm.nih.gov/projects/SNP",
    "ajcc": "http://cancerstaging.org",
    "uicc": "https://www.uicc.org/resources/tnm",
    "hcpcs": "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
    "interpretation": "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation",
    "icd10gm": "http://fhir.de/CodeSystem/bfarm/icd-10-gm",
}


@cache
def terms() -> Terms:
    systems = [json.loads(path.read_text()) for path in sorted((CQL / "codesystems").glob("*.json"))]
    sets = {path.stem: _pairs(json.loads(path.read_text())) for path in (CQL / "valuesets").glob("*.json")}
    return Terms.build(code_systems=systems, value_sets=sets)


def _pairs(value_set):
    return frozenset(
        (include["system"], concept["code"])
        for include in value_set["compose"]["include"]
        for concept in include.get("concept", ())
    )


def facts(*resources, patient="p1", full_urls=None):
    return Facts(patient_id=patient, resources=resources, full_urls=full_urls or {})


def normalized(*resources, patient="p1", full_urls=None):
    return normalize(facts(*resources, patient=patient, full_urls=full_urls), terms())


def one(resource, *others):
    """The first resource after normalising it among the others."""
    return normalized(resource, *others).resources[0]


def coding(short):
    """ "loinc|53844-7" or "loinc|53844-7|BRAF gene" as a Coding."""
    system, code, *display = short.split("|")
    result = {"system": SYSTEMS.get(system, system), "code": code}
    return result | ({"display": display[0]} if display else {})


def concept(*shorts, text=None):
    """A CodeableConcept of codings written short; what holds no "|" is the text."""
    words = [short for short in shorts if "|" not in short]
    result = {"coding": [coding(short) for short in shorts if "|" in short]}
    wording = text or (words[0] if words else None)
    return {k: v for k, v in (result | {"text": wording}).items() if v}


def resource(kind, **elements):
    return {"resourceType": kind, "id": elements.pop("id", "x"), **elements}


def observation(code, value=None, **elements):
    value_element = {} if value is None else {"valueCodeableConcept": concept(value)}
    return resource("Observation", status="final", code=concept(code), **value_element, **elements)


def component(code, value):
    return {"code": concept(code), "valueCodeableConcept": concept(value)}


def condition(*code, **elements):
    return resource("Condition", code=concept(*code), **elements)


def additions(concept_or_list, kind=None):
    """The codes that were added to a concept or a list of concepts, in order."""
    concepts = concept_or_list if isinstance(concept_or_list, list) else [concept_or_list]
    return [
        item["code"]
        for each in concepts
        for item in each.get("coding", ())
        for extension in item.get("extension", ())
        if extension["url"] == ADDED and kind in (None, extension["valueCode"])
    ]
