"""A patient's whole record from a FHIR server: every type that the criteria may need, and the orders."""

from dataclasses import replace
from urllib.parse import quote

from smartapp.errors import Unreachable
from smartapp.facts import reference_of
from smartapp.sources.ehr import Reader
from smartapp.sources.entries import Contents, merged
from smartapp.sources.queries import ORDERS, PATIENT, QUERIES
from smartapp.sources.references import references
from smartapp.sources.search import Ask

_BY_REFERENCE = {"Medication": 20, "ServiceRequest": 20, "Organization": 5}
"""How many resources of a type are read one by one because another one refers to them."""


def read(patient_id: str, reader: Reader) -> Contents:
    """Everything about one patient; Unreachable when not even the Patient can be read."""
    patient = quote(patient_id, safe="")
    found = reader.read([Ask(type=query.type, query=query.of(patient)) for query in (*QUERIES, ORDERS)])
    if not any(item["resourceType"] == PATIENT.type for item in found.resources):
        why = next((unread.text for unread in found.unread if unread.type == PATIENT.type), "It gave none.")
        raise Unreachable(f"The FHIR server gave no Patient with this id. {why}")
    return merged((found, referred(found, reader)))


def referred(given: Contents, reader: Reader) -> Contents:
    """The medications, requests and payers that resources refer to and that are not among them."""
    known = set(map(reference_of, given.resources))
    names = dict.fromkeys(name for item in given.resources for name in references(item, given.full_urls))
    asks = [
        Ask(type=resource_type, query=name)
        for resource_type, most in _BY_REFERENCE.items()
        for name in [name for name in names if name.startswith(f"{resource_type}/") and name not in known][
            :most
        ]
    ]
    found = reader.read(asks)
    # of these only a Medication that stays unknown can hide what the criteria ask for
    return replace(found, unread=tuple(item for item in found.unread if item.type == "Medication"))
