"""The routes below /fhir: each parses, calls and answers."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, request

from smartapp.errors import BadInput, UnknownResource, WrongMediaType
from smartapp.outputs.dialect import Dialect
from smartapp.outputs.package import adapted
from smartapp.policies.artifacts import TYPES, canonical_of
from smartapp.sources.parse import parse
from smartapp.web.callers import noting
from smartapp.web.fhir import capability, packages, search, troubles
from smartapp.web.fhir.packages import Shelf
from smartapp.web.fhir.request import parameters, read
from smartapp.web.metrics import Metrics
from smartapp.web.problems import json

PREFIX = "/fhir"
_JSON = "application/fhir+json"
_ACCEPTED = frozenset({"json", "application/json", _JSON})


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everything that the routes need."""

    shelf: Callable[[], Shelf]
    """The policies with their artifacts, filled at the first request for it."""
    base: str
    """The external address of these routes."""
    dialect: Dialect
    """Spoken with callers who ask for none."""
    metrics: Metrics
    clock: Callable[[], datetime]
    guarded: bool = False
    """Whether an access token is needed."""


def blueprints(desk: Desk) -> Iterator[Blueprint]:
    """The routes below /fhir, and below /fhir/2.0 and /fhir/2.2 for clients that know one edition only.

    An EHR that cannot say in a request which edition it speaks is told the address of the one that it does.
    """
    yield _blueprint(desk, name="fhir", prefix=PREFIX)
    for dialect in Dialect:
        one = replace(desk, base=f"{desk.base}/{dialect}", dialect=dialect)
        yield _blueprint(one, name=f"fhir-{dialect.name}", prefix=f"{PREFIX}/{dialect}")


def _blueprint(desk: Desk, *, name: str, prefix: str) -> Blueprint:
    fhir = Blueprint(name, __name__, url_prefix=prefix)
    fhir.after_request(_as_fhir)
    fhir.before_request(_refuse_other_formats)

    @fhir.get("/metadata")
    def metadata() -> Response:
        return json(capability.statement(base=desk.base, now=desk.clock(), guarded=desk.guarded))

    @fhir.post("/$questionnaire-package")
    @fhir.post("/Questionnaire/$questionnaire-package")
    def questionnaire_package() -> Response:
        asked = read(_body(), default=desk.dialect)
        desk.metrics.count("packages", dialect=asked.dialect)
        noting.about(patient=asked.patient_id)
        return json(packages.answer(asked, desk.shelf(), now=desk.clock()))

    @fhir.post("/Questionnaire/$log-questionnaire-errors")
    def log_questionnaire_errors() -> Response:
        count = troubles.note(_body(), desk.shelf().artifacts)
        desk.metrics.count("form_errors")
        return json(_noted(f"Issues noted: {count}."))

    @fhir.get("/ValueSet/$expand")
    def expand() -> Response:
        return json(search.expand(desk.shelf().artifacts, request.args, now=desk.clock()))

    @fhir.post("/ValueSet/$expand")
    def expand_posted() -> Response:
        return json(search.expand(desk.shelf().artifacts, _named(_body()), now=desk.clock()))

    @fhir.route("/ValueSet/<name>/$expand", methods=["GET", "POST"])
    def expand_one(name: str) -> Response:
        given = request.args if request.method == "GET" else _named(_body())
        canonical = {"url": str(_found(desk, "ValueSet", name)["url"])}
        return json(search.expand(desk.shelf().artifacts, {**given, **canonical}, now=desk.clock()))

    @fhir.get(f"/<any({', '.join(TYPES)}):kind>")
    def search_type(kind: str) -> Response:
        found = [_shown(desk, resource) for resource in desk.shelf().artifacts.of_type(kind)]
        return json(search.searchset(kind, found, request.args, base=desk.base))

    @fhir.get(f"/<any({', '.join(TYPES)}):kind>/<name>")
    def read_one(kind: str, name: str) -> Response:
        return json(_shown(desk, _found(desk, kind, name)))

    return fhir


def _found(desk: Desk, kind: str, name: str) -> Mapping[str, Any]:
    resource = desk.shelf().artifacts.read(kind, name)
    if resource is None:
        raise UnknownResource(f"There is no such {kind} here.")
    return resource


def _shown(desk: Desk, resource: Mapping[str, Any]) -> Mapping[str, Any]:
    """A form as a client of the default dialect gets it in a package; anything else as it is."""
    if resource["resourceType"] != "Questionnaire":
        return resource
    needed = desk.shelf().artifacts.needed(resource)
    libraries = [canonical_of(r) for r in needed if r["resourceType"] == "Library"]
    return adapted(resource, libraries, desk.dialect)


def _body() -> Any:
    if not request.is_json:
        raise WrongMediaType(f"Send {_JSON}.")
    data = request.get_data(cache=False)
    return parse(data, limit=len(data))  # the size was limited while reading


def _named(body: Any) -> dict[str, str]:
    """The simple values of Parameters, as the same parameters in an address would be."""
    given = {}
    for part in parameters(body):
        value = next((part[key] for key in part if key.startswith("value")), None)
        if isinstance(value, str | int):
            given[part["name"]] = str(value)
    return given


def _noted(text: str) -> dict[str, Any]:
    issue = {"severity": "information", "code": "informational", "diagnostics": text}
    return {"resourceType": "OperationOutcome", "issue": [issue]}


def _refuse_other_formats() -> None:
    wanted = request.args.get("_format", "json")
    if wanted.partition(";")[0].strip().replace(" ", "+") not in _ACCEPTED:
        raise BadInput(f"Only {_JSON} is spoken here.")


def _as_fhir(response: Response) -> Response:
    response.mimetype = _JSON
    return response
