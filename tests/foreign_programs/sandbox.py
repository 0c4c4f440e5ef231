"""The CDS Hooks sandbox, built already, with what an EHR has around it: a formulary and a launch service."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlencode

from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

ISS = "https://sandbox.cds-hooks.org"
"""What its tokens name as their issuer, wherever it runs."""
JKU = f"{ISS}/.well-known/jwks.json"
"""Where its tokens say that its keys are; they are in its folder too."""
LAUNCH_SERVICE = "/_services/smart/Launch"
"""Below the FHIR base, where it asks for the launch of a card's link. The SMART App Launcher has no such service."""
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
CODE = "2675868"
"""Of lifileucel in RxNorm."""
ANYBODY = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "*"}
"""Headers with which any page may read an answer."""


def keys(folder: Path) -> Path:
    """Its public keys, as a JWK Set."""
    return folder / "build" / ".well-known" / "jwks.json"


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Its address on a free port of this machine; it runs in the browser."""
    build = folder / "build"
    assert (build / "app.bundle.js").is_file(), f"{folder} has no build of the sandbox"
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(build)))
    with _kept_up(server):
        yield f"http://127.0.0.1:{server.server_port}"


@contextmanager
def formulary() -> Iterator[str]:
    """A CDS service that suggests lifileucel, which is not on the sandbox's own list of drugs."""
    server = make_server("127.0.0.1", 0, _formulary, threaded=True)
    with _kept_up(server):
        yield f"http://127.0.0.1:{server.port}/cds-services"


def address(url: str, *, fhir: str, patient: str, services: list[str]) -> str:
    """The page where a drug is ordered for a patient of this FHIR server, asking these services."""
    chosen = {
        "fhirServiceUrl": fhir,
        "patientId": patient,
        "hook": "order-select",
        "screen": "rx-view",
        "serviceDiscoveryURL": ",".join(services),
    }
    return f"{url}/index.html?{urlencode(chosen)}"


@contextmanager
def _kept_up(server: Any) -> Iterator[None]:
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_args: object) -> None:
        """Nothing is logged."""


@Request.application
def _formulary(request: Request) -> Response:
    if request.method == "OPTIONS":
        return Response(headers=ANYBODY)
    return Response(json.dumps(_told(request)), mimetype="application/json", headers=ANYBODY)


def _told(request: Request) -> dict[str, Any]:
    if request.method == "GET":
        return _DISCOVERY
    return {} if request.path.endswith("/feedback") else {"cards": _suggested(request.get_json())}


def _suggested(call: dict[str, Any]) -> list[dict[str, Any]]:
    ordered = call["context"]["draftOrders"]["entry"][0]["resource"]
    return [] if "medicationCodeableConcept" in ordered else [_CARD]


_DISCOVERY = {
    "services": [{"hook": "order-select", "id": "formulary", "title": "Formulary", "description": "Drugs"}]
}
_DRUG = {"text": "lifileucel", "coding": [{"system": RXNORM, "code": CODE, "display": "lifileucel"}]}
_CARD = {
    "uuid": "5b8b1f9e-0c51-4c0e-9d3f-7d1f4f6f5a10",
    "summary": "On the formulary",
    "indicator": "info",
    "source": {"label": "Formulary"},
    "suggestions": [
        {
            "label": "Order lifileucel",
            "uuid": "5b8b1f9e-0c51-4c0e-9d3f-7d1f4f6f5a11",
            "actions": [
                {
                    "type": "update",
                    "description": "Order lifileucel",
                    "resource": {"resourceType": "MedicationRequest", "medicationCodeableConcept": _DRUG},
                }
            ],
        }
    ],
}
