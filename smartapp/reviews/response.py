"""The QuestionnaireResponse of a request: in progress while it is worked on, completed when it is signed.

Built as DTR "dtr-questionnaireresponse" says, in the edition that the settings name.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from smartapp.errors import NotSignable
from smartapp.facts import Facts, reference_of
from smartapp.outputs.dialect import Dialect
from smartapp.outputs.form.enabled import enabled
from smartapp.outputs.package.response import AUTO_CLIENT, in_context
from smartapp.policies import Policy
from smartapp.reviews.view import Signature
from smartapp.reviews.work import Work
from smartapp.sources.written import SYSTEM, key_of

SIGNATURE = "http://hl7.org/fhir/StructureDefinition/questionnaireresponse-signature"
_AUTHORS_SIGNATURE = {
    "system": "urn:iso-astm:E1762-95:2013",
    "code": "1.2.840.10065.1.12.1.1",
    "display": "Author's Signature",
}

Response = dict[str, Any]


def draft(work: Work, policy: Policy, facts: Facts, *, dialect: Dialect) -> Response:
    """The answers so far, without those that are not asked for."""
    response = _response(work, policy, status="in-progress", authored=work.saved_at or work.read_at)
    return _about(response, work, facts, dialect)


def completed(
    work: Work, policy: Policy, facts: Facts, signature: Signature, *, dialect: Dialect
) -> Response:
    """The same as a signed document; an amendment says that it is one."""
    status = "completed" if work.number == 1 else "amended"
    response = _response(work, policy, status=status, authored=signature.at)
    response = _about({**response, "author": _who(signature)}, work, facts, dialect)
    extensions = [*response["extension"], _signature(signature)]
    return {**response, "extension": extensions, "item": _told_apart(response["item"])}


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


def _told_apart(items: Iterable[Mapping[str, Any]]) -> list[Response]:
    """The items with ids that are the only ones of their kind: FHIR R4 Element.id; rows are numbered in each group."""
    return [_with_own_id(item) for item in items]


def _with_own_id(item: Mapping[str, Any]) -> Response:
    own = {"id": f"{item['linkId']}.{item['id']}"} if "id" in item else {}
    below = {"item": _told_apart(item["item"])} if "item" in item else {}
    return {**item, **own, **below}


def _response(work: Work, policy: Policy, *, status: str, authored: datetime) -> Response:
    response = {
        "resourceType": "QuestionnaireResponse",
        "id": work.id,
        "identifier": identifier(work),
        "questionnaire": policy.form_canonical,
        "status": status,
        "subject": {"reference": work.patient},
        "encounter": {"reference": work.encounter} if work.encounter else None,
        "authored": authored.isoformat(timespec="seconds"),
        "item": enabled(policy.form, work.items),
    }
    return {key: value for key, value in response.items() if value}


def _about(response: Response, work: Work, facts: Facts, dialect: Dialect) -> Response:
    """The response for the order and the coverage; without both of them it does not claim the profile of DTR."""
    covers = [reference_of(c) for c in facts.of_type("Coverage") if c.get("status") == "active"]
    orders = [work.order] if work.order else []
    whole = in_context(response, dialect, coverages=covers, requests=orders, filled=AUTO_CLIENT)
    return whole if covers and orders else {key: part for key, part in whole.items() if key != "meta"}


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
