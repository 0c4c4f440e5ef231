"""The routes below /fhir."""

from typing import Any

from flask import Blueprint, Response, json, request

from smartapp.sandbox.auth import metadata
from smartapp.sandbox.fhir import capability
from smartapp.sandbox.fhir.access import Access
from smartapp.sandbox.fhir.refusals import Refusal, invalid, not_found, unauthorized
from smartapp.sandbox.practice import Practice
from smartapp.sandbox.traffic import Request

_JSON = "application/fhir+json"


def blueprint(practice: Practice) -> Blueprint:
    """What the FHIR server answers."""
    routes = Blueprint("fhir", __name__, url_prefix="/fhir")

    @routes.before_request
    def misbehave() -> Response | None:
        return practice.faults.instead(
            request.path, _patient(practice), is_later_page=request.args.get("_offset", "0") != "0"
        )

    @routes.after_request
    def note(answer: Response) -> Response:
        if patient := _patient(practice):
            practice.traffic.note(_asked(practice, answer, patient))
        return answer

    @routes.errorhandler(Refusal)
    def refused(refusal: Refusal) -> Response:
        answer = _answer(refusal.outcome, refusal.status)
        if refusal.status == unauthorized("").status:
            answer.headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
        return answer

    _describe(routes, practice)
    _serve(routes, practice)
    return routes


def _describe(routes: Blueprint, practice: Practice) -> None:
    @routes.get("/metadata")
    def described() -> Response:
        auth = None if practice.settings.open else practice.issuer
        date = practice.settings.clock().date().isoformat()
        return _answer(capability.statement(base=practice.iss, auth=auth, date=date))

    @routes.get("/.well-known/smart-configuration")
    def smart() -> Response:
        if practice.settings.open:
            raise Refusal("This is an open server.", status=404, code="not-found")
        return Response(json.dumps(metadata.smart(practice.issuer)), mimetype="application/json")


def _serve(routes: Blueprint, practice: Practice) -> None:
    fhir = practice.fhir

    @routes.get("/<resource_type>")
    def search(resource_type: str) -> Response:
        pairs = list(request.args.items(multi=True))
        return _answer(fhir.search(resource_type, pairs, access=_access(practice)))

    @routes.get("/<resource_type>/<resource_id>")
    def read(resource_type: str, resource_id: str) -> Response:
        return _kept(practice, fhir.read(resource_type, resource_id, access=_access(practice)), 200)

    @routes.get("/<resource_type>/<resource_id>/_history/<version>")
    def read_version(resource_type: str, resource_id: str, version: str) -> Response:
        found = fhir.read(resource_type, resource_id, access=_access(practice))
        if found["meta"]["versionId"] != version:
            raise not_found("Only the current version is kept.")
        return _kept(practice, found, 200)

    @routes.post("/<resource_type>")
    def create(resource_type: str) -> Response:
        kept, is_new = fhir.create(
            _body(),
            resource_type=resource_type,
            access=_access(practice),
            unless=request.headers.get("If-None-Exist"),
        )
        return _kept(practice, kept, 201 if is_new else 200)

    @routes.put("/<resource_type>/<resource_id>")
    def update(resource_type: str, resource_id: str) -> Response:
        version = request.headers.get("If-Match")
        kept = fhir.update(
            _body(),
            resource_type=resource_type,
            resource_id=resource_id,
            access=_access(practice),
            version=version.removeprefix("W/").strip('"') if version else None,
        )
        return _kept(practice, kept, 200)


def _asked(practice: Practice, answer: Response, patient: str) -> Request:
    return Request(
        at=practice.settings.clock(),
        method=request.method,
        address=request.full_path.removeprefix("/fhir/").rstrip("?"),
        status=answer.status_code,
        patient=patient,
    )


def _access(practice: Practice) -> Access:
    access = practice.access(request.headers.get("Authorization", ""))
    if access is None:
        raise unauthorized("A valid access token is needed.")
    return access


def _patient(practice: Practice) -> str | None:
    """The patient whom a request is about."""
    asked = request.args.get("patient") or request.args.get("subject")
    if asked:
        return asked.rpartition("/")[2]
    if request.path.startswith("/fhir/Patient/"):
        return request.path.rpartition("/")[2]
    access = practice.access(request.headers.get("Authorization", ""))
    return access.patient if access else None


def _body() -> Any:
    body = request.get_json(force=True, silent=True)
    if body is None:
        raise invalid("The body is not JSON.")
    return body


def _answer(body: Any, status: int = 200) -> Response:
    return Response(json.dumps(body), status, mimetype=_JSON)


def _kept(practice: Practice, resource: Any, status: int) -> Response:
    answer = _answer(resource, status)
    answer.headers["ETag"] = f'W/"{resource["meta"]["versionId"]}"'
    if status != 200 or request.method == "POST":  # noqa: PLR2004 - 200: it was there already
        answer.headers["Location"] = practice.fhir.address(resource)
    return answer
