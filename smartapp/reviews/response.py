"""The QuestionnaireResponse of a request: in progress while it is worked on, completed when it is signed.

Built as DTR 2.0.1 "dtr-questionnaireresponse" says: what it is about in qr-context, why in intendedUse.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from smartapp.errors import NotSignable
from smartapp.facts import Facts, reference_of
from smartapp.outputs.form.enabled import enabled
from smartapp.policies import Policy
from smartapp.reviews.view import Signature
from smartapp.reviews.work import Work
from smartapp.sources.written import SYSTEM, key_of

SIGNATURE = "http://hl7.org/fhir/StructureDefinition/questionnaireresponse-signature"
_DTR = "http://hl7.org/fhir/us/davinci-dtr/StructureDefinition/"
_USE = {"system": "http://hl7.org/fhir/us/davinci-crd/CodeSystem/temp", "code": "withpa"}
_AUTHORS_SIGNATURE = {
    "system": "urn:iso-astm:E1762-95:2013",
    "code": "1.2.840.10065.1.12.1.1",
    "display": "Author's Signature",
}

Response = dict[str, Any]


def draft(work: Work, policy: Policy, facts: Facts) -> Response:
    """The answers so far, without those that are not asked for."""
    return _response(work, policy, facts, status="in-progress", authored=work.saved_at or work.read_at)


def completed(work: Work, policy: Policy, facts: Facts, signature: Signature) -> Response:
    """The same as a signed document; an amendment says that it is one."""
    status = "completed" if work.number == 1 else "amended"
    response = _response(work, policy, facts, status=status, authored=signature.at)
    response["extension"] = [*response["extension"], _signature(signature)]
    response["author"] = _who(signature)
    return response


def identifier(work: Work, number: int | None = None) -> dict[str, str]:
    """By which the EHR knows a version of the document."""
    return {"system": SYSTEM, "value": f"{work.id}.{number or work.number}"}


def is_own(resource: Mapping[str, Any], work: Work) -> bool:
    """Whether this service wrote a QuestionnaireResponse for this very request, in any version."""
    is_form = resource.get("resourceType") == "QuestionnaireResponse"
    return is_form and (key_of(resource) or "").startswith(f"{work.id}.")


def validate(response: Mapping[str, Any]) -> None:
    """Hold the response to the R4B model; NotSignable says that it is none."""
    from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse  # noqa: PLC0415 - slow to load

    try:
        QuestionnaireResponse.model_validate(response)
    except ValueError as error:  # its text quotes the answers
        raise NotSignable("The answers do not make a valid FHIR document; nothing was signed.") from error


def _response(work: Work, policy: Policy, facts: Facts, *, status: str, authored: datetime) -> Response:
    response = {
        "resourceType": "QuestionnaireResponse",
        "id": work.id,
        "extension": [*_context(work, facts)],
        "identifier": identifier(work),
        "questionnaire": policy.form_canonical,
        "status": status,
        "subject": {"reference": work.patient},
        "encounter": {"reference": work.encounter} if work.encounter else None,
        "authored": authored.isoformat(timespec="seconds"),
        "item": enabled(policy.form, work.items),
    }
    return {key: value for key, value in response.items() if value}


def _context(work: Work, facts: Facts) -> Iterator[Mapping[str, Any]]:
    covers = [reference_of(c) for c in facts.of_type("Coverage") if c.get("status") == "active"]
    for name in (work.order, *covers):
        if name:
            yield {"url": f"{_DTR}qr-context", "valueReference": {"reference": name}}
    yield {"url": f"{_DTR}intendedUse", "valueCodeableConcept": {"coding": [_USE]}}


def _signature(signature: Signature) -> Mapping[str, Any]:
    held = {
        "type": [_AUTHORS_SIGNATURE],
        "when": signature.at.isoformat(timespec="seconds"),
        "who": _who(signature),
    }
    return {"url": SIGNATURE, "valueSignature": held}


def _who(signature: Signature) -> dict[str, str]:
    who = {"reference": signature.reference, "display": signature.who}
    return {key: value for key, value in who.items() if value}
