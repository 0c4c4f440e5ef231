"""Whose the resources of an answer are: a server that overlooks a search parameter gives those of others."""

from collections.abc import Iterator
from dataclasses import replace

from smartapp.facts import Remark, Resource, reference_of
from smartapp.sources.entries import Contents
from smartapp.sources.references import resolved, subject_of

_SAME_PERSON = ("replaces", "replaced-by", "seealso")


def only_of(given: Contents, patient_id: str) -> Contents:
    """Without the resources of other patients, which a remark counts.

    What does not say whose it is stays: the server gave it as an answer about this patient.
    """
    patient = next((r for r in given.resources if reference_of(r) == f"Patient/{patient_id}"), {})
    ours = {patient_id, *_linked(patient)}
    kept = tuple(item for item in given.resources if _whose(item, given) in (None, *ours))
    others = len(given.resources) - len(kept)
    if not others:
        return given
    text = f"The server also gave resources of other patients: {others}, ignored."
    return replace(given, resources=kept, remarks=(*given.remarks, Remark(code="other-patient", text=text)))


def _whose(resource: Resource, given: Contents) -> str | None:
    if resource["resourceType"] == "Patient":
        return str(resource.get("id"))
    return subject_of(resource, given.full_urls)


def _linked(patient: Resource) -> Iterator[str]:
    """The records of the same person that were merged."""
    links = patient.get("link")
    for link in links if isinstance(links, list) else ():
        if isinstance(link, dict) and link.get("type") in _SAME_PERSON:
            kind, _, name = (resolved(link.get("other"), {}) or "").partition("/")
            if kind == "Patient":
                yield name
