"""The body of a CDS Hooks call, checked against the specification before anything is done with it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from smartapp.errors import BadHook
from smartapp.facts import Resource, reference_of
from smartapp.sources.entries import Contents, contents
from smartapp.sources.queries import TEMPLATES

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_BARE_ID = re.compile(r"[A-Za-z0-9\-._]{1,128}")
_USER = re.compile(r"(Practitioner|PractitionerRole)/[A-Za-z0-9\-._]+")
_SERVER = re.compile(r"https?://[^\s/?#@]+(/[^\s?#]*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A CDS Hooks call about orders, as far as the service needs it."""

    instance: str
    patient_id: str
    user: str
    """Who orders, as "Practitioner/id" or "PractitionerRole/id"."""
    orders: tuple[Resource, ...]
    """The orders to answer for: the selections of an order-select, all orders of an order-sign."""
    drafts: Contents
    """Everything in context.draftOrders."""
    prefetch: Mapping[str, Any]
    fhir_server: str | None
    token: str | None
    extension: Mapping[str, Any]


def read(body: Any, *, hook: str) -> Call:
    """The call in a body that was sent to a service for this hook; BadHook says what is wrong with it."""
    if not isinstance(body, dict):
        raise BadHook("A CDS Hooks request is a JSON object.")
    if _text(body, "hook") != hook:
        raise BadHook(f"This service answers the hook '{hook}'.")
    instance = _text(body, "hookInstance")
    if not _UUID.fullmatch(instance):
        raise BadHook("hookInstance must be a UUID.")
    server, token = _server(body)
    context = _object(body, "context")
    drafts = _drafts(context)
    patient = _context_ids(context)
    _check_token_patient(body.get("fhirAuthorization"), patient)
    return Call(
        instance=instance,
        patient_id=patient,
        user=context["userId"],
        orders=_selected(context, drafts) if hook == "order-select" else drafts.resources,
        drafts=drafts,
        prefetch=_prefetch(body),
        fhir_server=server,
        token=token,
        extension=_object(body, "extension") if body.get("extension") not in (None, {}) else {},
    )


def _context_ids(context: Mapping[str, Any]) -> str:
    """The patient's id; the other ids of the context are checked beside it."""
    if not _USER.fullmatch(_text(context, "userId", "context.userId")):
        raise BadHook("context.userId must be 'Practitioner/id' or 'PractitionerRole/id'.")
    if "encounterId" in context and not _BARE_ID.fullmatch(
        _text(context, "encounterId", "context.encounterId")
    ):
        raise BadHook("context.encounterId must be an id without its type.")
    patient = _text(context, "patientId", "context.patientId")
    if not _BARE_ID.fullmatch(patient):
        raise BadHook("context.patientId must be an id without its type.")
    return patient


def _drafts(context: Mapping[str, Any]) -> Contents:
    bundle = _object(context, "draftOrders", "context.draftOrders")
    entries = bundle.get("entry")
    if bundle.get("resourceType") != "Bundle" or not isinstance(entries, list) or not entries:
        raise BadHook("context.draftOrders must be a FHIR Bundle that holds orders.")
    named = [
        entry["resource"] for entry in entries if isinstance(entry, dict) and _is_named(entry.get("resource"))
    ]
    if len(named) < len(entries):
        raise BadHook("Every entry of context.draftOrders needs a resource with resourceType and id.")
    if len(set(map(reference_of, named))) < len(named):
        raise BadHook("context.draftOrders holds two orders with the same id.")
    return contents(bundle)


def _selected(context: Mapping[str, Any], drafts: Contents) -> tuple[Resource, ...]:
    selections = context.get("selections")
    if not isinstance(selections, list) or not selections:
        raise BadHook("context.selections must be a list of references to orders in draftOrders.")
    orders = {reference_of(order): order for order in drafts.resources}
    chosen = [orders.get(name) if isinstance(name, str) else None for name in selections]
    if None in chosen:
        raise BadHook("Every reference in context.selections must name an order in context.draftOrders.")
    return tuple({reference_of(order): order for order in chosen if order}.values())


def _server(body: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """The fhirServer and the access token, each None when it was not given."""
    server = _text(body, "fhirServer") if "fhirServer" in body else None
    if server is not None and not _SERVER.fullmatch(server):
        raise BadHook("fhirServer must be an http(s) address.")
    if "fhirAuthorization" not in body:
        return server, None
    if server is None:
        raise BadHook("fhirAuthorization needs a fhirServer.")
    return server, _token(_object(body, "fhirAuthorization"))


def _token(authorization: Mapping[str, Any]) -> str | None:
    for name in ("token_type", "scope", "subject"):
        _text(authorization, name, f"fhirAuthorization.{name}")
    if authorization["token_type"] != "Bearer":  # noqa: S105 - the one type the specification knows
        raise BadHook("fhirAuthorization.token_type must be 'Bearer'.")
    seconds = authorization.get("expires_in")
    if isinstance(seconds, bool) or not isinstance(seconds, int):
        raise BadHook("fhirAuthorization.expires_in must be a whole number of seconds.")
    token = authorization.get("access_token")
    if not isinstance(token, str):
        raise BadHook("fhirAuthorization.access_token must be text.")
    return token or None  # test EHRs without authorization send an empty one


def _check_token_patient(authorization: Any, patient: str) -> None:
    """BadHook for a token for another patient's record: with it, searches find nothing as if there were nothing."""
    given = authorization.get("patient") if isinstance(authorization, dict) else None
    if given and given not in (patient, f"Patient/{patient}"):
        raise BadHook("fhirAuthorization.patient is another one than the patient of context.patientId.")


def _prefetch(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """What was sent under the keys that we declare; what was not asked for may be anything."""
    if "prefetch" not in body:
        return {}
    prefetch = body["prefetch"]
    if not isinstance(prefetch, dict):
        raise BadHook("prefetch must be an object.")
    for key in TEMPLATES.keys() & prefetch.keys():
        if prefetch[key] is not None and not _is_resource(prefetch[key]):
            raise BadHook(f"prefetch '{key}' must be a FHIR resource or null.")
    return prefetch


def _is_resource(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("resourceType"), str)


def _is_named(value: Any) -> bool:
    return _is_resource(value) and isinstance(value.get("id"), str) and bool(value["id"])


def _text(given: Mapping[str, Any], name: str, path: str = "") -> str:
    value = given.get(name)
    return value if isinstance(value, str) and value else _wrong(path or name, given, name, "text")


def _object(given: Mapping[str, Any], name: str, path: str = "") -> Mapping[str, Any]:
    value = given.get(name)
    return value if isinstance(value, dict) and value else _wrong(path or name, given, name, "an object")


def _wrong(path: str, given: Mapping[str, Any], name: str, kind: str) -> NoReturn:
    raise BadHook(f"{path} must be {kind}." if name in given else f"{path} is missing.")
