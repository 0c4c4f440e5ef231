"""The application asked as a CRD client and as a DTR client would, about the cases of tests/spec."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from flask.testing import FlaskClient
from spec.ask import catalog, noon
from spec.cases import Case, load

from smartapp.app import create_app
from smartapp.config import Config
from smartapp.outputs.dialect import Dialect
from smartapp.sources import bundle as source
from smartapp.sources.queries import TEMPLATES
from smartapp.store import Store
from smartapp.web import crd
from smartapp.web.hooks import Answer
from smartapp.web.judge import PolicyJudge

CASES = [
    case
    for folder in ("vignettes", "decisions", "dialects")
    for case in load(folder)
    if case.order is not None
]
COVERAGE = {
    "resourceType": "Coverage",
    "id": "cov",
    "status": "active",
    "subscriberId": "M-1",
    "beneficiary": {"reference": "Patient/p"},
    "relationship": {
        "coding": [
            {"system": "http://terminology.hl7.org/CodeSystem/subscriber-relationship", "code": "self"}
        ]
    },
    "payor": [{"display": "Example Health Plan"}],
}
ORDER = {
    "resourceType": "MedicationRequest",
    "id": "o",
    "status": "draft",
    "intent": "order",
    "medicationCodeableConcept": {"text": "lifileucel"},
    "subject": {"reference": "Patient/p"},
    "authoredOn": "2026-06-01",
    "requester": {"reference": "Practitioner/dr"},
}
SERVICE = {
    **{key: value for key, value in ORDER.items() if key != "medicationCodeableConcept"},
    "resourceType": "ServiceRequest",
    "id": "s",
    "code": {"text": "lifileucel"},
}
PATIENT = {"resourceType": "Patient", "id": "p", "birthDate": "1970-02-03"}
CONTEXT = "TILMelanoma-99a4822c-5dba-5147-9bbc-59ccdc3550cf"
"""An id of coverage information as this service gives them."""
SIGN, SELECT = "/cds-services/til-order-sign", "/cds-services/til-order-select"
ALL_ON = {"guideline": True, "appropriate-use": True, "clinical-reminder": True, "dtr": False}


@cache
def client(**settings: Any) -> FlaskClient:
    """The service as of noon on 2026-06-01."""
    return create_app(
        Config(**settings), store=Store("sqlite://"), clock=lambda: noon("2026-06-01")
    ).test_client()


def answer(case: Case, dialect: Dialect, *, primary: bool = True) -> Answer | None:
    """What the judge says about a case; None: nothing."""
    given = source.case_of(source.read(case.bundle), match=catalog().match, order=case.order, origin="file")
    if given.match is None or given.order is None:
        return None
    judge = PolicyJudge(catalog(), base_url="https://app.example")
    wanted = crd.wish(
        wanting(str(dialect), **ALL_ON),
        crd.Crd(),
        hook="order-sign" if primary else "order-select",
        server=None,
        user="Practitioner/dr",
    )
    plain = replace(wanted, is_declared=False)
    return judge.answer(given.match, given.facts, order=given.order, wish=plain, now=noon(case.as_of))


def searchset(*resources: Mapping[str, Any]) -> dict[str, Any]:
    entries = [{"resource": resource} for resource in resources]
    return {"resourceType": "Bundle", "type": "searchset", **({"entry": entries} if entries else {})}


def call(
    *orders: Mapping[str, Any],
    hook: str = "order-sign",
    coverages: tuple[Mapping[str, Any], ...] = (COVERAGE,),
    extension: Mapping[str, Any] | None = None,
    **prefetch: Any,
) -> dict[str, Any]:
    """A call about these orders of Patient/p, with everything sent: nothing else is on record."""
    drafts = {"resourceType": "Bundle", "type": "collection"}
    drafts["entry"] = [{"resource": order} for order in orders or (ORDER,)]
    context = {"userId": "Practitioner/dr", "patientId": "p", "draftOrders": drafts}
    if hook == "order-select":
        context["selections"] = [f"{o['resourceType']}/{o['id']}" for o in orders or (ORDER,)]
    empty = {key: None for key in TEMPLATES if key not in ("patient", "coverage")}
    sent = {"patient": PATIENT, "coverage": searchset(*coverages), **empty, **prefetch}
    return {
        "hook": hook,
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": context,
        "prefetch": sent,
        **({"extension": extension} if extension is not None else {}),
    }


def wanting(version: str = "2.2", **configuration: Any) -> dict[str, Any]:
    """The extension member of a CRD call."""
    return {
        "davinci-crd.requestedVersion": version,
        **({"davinci-crd.configuration": configuration} if configuration else {}),
    }


def package_request(
    *parts: Mapping[str, Any], coverage: Mapping[str, Any] | None = COVERAGE
) -> dict[str, Any]:
    """The input of $questionnaire-package with these parameters and a Coverage."""
    first = [{"name": "coverage", "resource": coverage}] if coverage else []
    return {"resourceType": "Parameters", "parameter": [*first, *parts]}


def order_part(order: Mapping[str, Any] = ORDER) -> dict[str, Any]:
    return {"name": "order", "resource": order}


def version_part(version: str) -> dict[str, Any]:
    return {"name": "requestedVersion", "valueString": version}
