"""PAS rules that the snapshots do not hold: order of entries, closure, full dates, identifiers (PAS kit P1)."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_UUID = re.compile(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_REFERENCE = re.compile(r'"reference": "([^"#][^"]*)"')
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
PROFILES = {
    "Claim": "profile-claim",
    "Patient": "profile-beneficiary",
    "Coverage": "profile-coverage",
    "MedicationRequest": "profile-medicationrequest",
    "ServiceRequest": "profile-servicerequest",
    "Practitioner": "profile-practitioner",
}
BASE = "http://hl7.org/fhir/us/davinci-pas/StructureDefinition/"


def broken(bundle: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with a request or inquiry Bundle."""
    entries = bundle["entry"]
    claim = entries[0]["resource"]
    if claim["resourceType"] != "Claim":
        yield "ClaimFirst: the first entry is no Claim"
    yield from (f"not a v4 UUID: {e['fullUrl']}" for e in entries if not _UUID.fullmatch(e["fullUrl"]))
    if len({e["fullUrl"] for e in entries}) < len(entries):
        yield "a fullUrl twice"
    yield from (f"not in the Bundle exactly once: {name}" for name in missing(bundle))
    numbers = [info["sequence"] for info in claim.get("supportingInfo", ())]
    if len(set(numbers)) < len(numbers):
        yield "supportingInfo.sequence twice"
    yield from _dates(claim)
    yield from (f"{name} is missing" for name in ("patient", "provider", "insurer") if name not in claim)


def missing(bundle: Mapping[str, Any]) -> list[str]:
    """What a Bundle refers to and does not hold exactly once, by "Type/id"; what a response says of its request aside.

    A relative reference is read against the address of its own entry (FHIR R4 Bundle "Resolving references").
    """
    urls = [entry["fullUrl"] for entry in bundle["entry"]]
    found = []
    for entry in bundle["entry"]:
        base = "/".join(entry["fullUrl"].split("/")[:-2])
        resource = {key: value for key, value in entry["resource"].items() if key != "request"}
        for name in _REFERENCE.findall(json.dumps(resource)):
            address = name if ":" in name else f"{base}/{name}"
            if urls.count(address) != 1:
                found.append("/".join(name.split("/")[-2:]))
    return sorted(set(found))


def _dates(claim: Mapping[str, Any]) -> Iterator[str]:
    for item in claim["item"]:
        if "servicedDate" in item and not _DAY.fullmatch(item["servicedDate"]):
            yield f"FullDateRule: {item['servicedDate']}"
