"""A CDS service of another make: its system actions are applied, its links are not trusted, its cards are data."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import KeySet
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from smartapp.sandbox import Client, Running, running

_TASK = {
    "resourceType": "Task",
    "status": "requested",
    "intent": "order",
    "for": {"reference": "Patient/marrowby"},
    "code": {"text": "Call the payer"},
}
_CARD = {
    "summary": "A <b>card</b> of another make",
    "indicator": "critical",
    "source": {"label": "Elsewhere", "url": "javascript:alert(1)"},
    "detail": "<script>alert(1)</script> **really**",
    "links": [
        {"label": "Another app", "url": "https://evil.example/launch", "type": "smart"},
        {"label": "Run", "url": "javascript:alert(1)", "type": "absolute"},
    ],
}


@contextmanager
def _service(
    body: object, status: int = 200, seen: list[Request] | None = None, listing: object = None
) -> Iterator[str]:
    """The address of a CDS service that answers order-select with this."""

    def answer(environ, start):
        request = Request(environ)
        if seen is not None:
            seen.append(request)
        usual = {"services": [{"hook": "order-select", "id": "one", "description": "One"}]}
        found = usual if listing is None else listing
        said = body(request.get_json()) if callable(body) and request.method == "POST" else body
        told = found if request.method == "GET" else said
        return Response(told if isinstance(told, str) else json.dumps(told), status if told is said else 200)(
            environ, start
        )

    server = make_server("127.0.0.1", 0, answer)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def ehr() -> Iterator[Running]:
    with running() as started:
        yield started


def _ordered(
    ehr: Running, body: object, status: int = 200, seen: list[Request] | None = None, **more: object
) -> str:
    """The page after an order, with a service that answers so."""
    with _service(body, status, seen, **more) as service:
        ehr.register(
            Client(
                client_id="other",
                name="Other",
                redirect_uris=(f"{service}/callback",),
                launch_url=f"{service}/launch",
                services_url=service,
            )
        )
        return requests.post(f"{ehr.url}/patients/marrowby/orders", {"what": "brand"}, timeout=10).text


@pytest.mark.requirement("cds-hooks-2.0.1#trusting-cds-clients")
def test_each_call_is_signed_for_its_address_and_once(ehr: Running):
    seen: list[Request] = []
    _ordered(ehr, {"cards": []}, seen=seen)

    keys = KeySet.import_key_set(requests.get(f"{ehr.url}/auth/jwks", timeout=10).json())
    tokens = [
        jwt.decode(request.headers["Authorization"].removeprefix("Bearer "), keys, algorithms=["ES384"])
        for request in seen
    ]

    assert [token.claims["aud"] for token in tokens] == [request.base_url for request in seen]
    assert {token.claims["iss"] for token in tokens} == {ehr.url}
    assert {token.header["jku"] for token in tokens} == {f"{ehr.url}/auth/jwks"}
    assert len({token.claims["jti"] for token in tokens}) == len(tokens) == 2


@pytest.mark.requirement("cds-hooks-2.0.1#system-action")
def test_system_actions_are_applied_and_shown(ehr: Running):
    def answer(request):
        order = request["context"]["draftOrders"]["entry"][0]["resource"]
        return {
            "cards": [],
            "systemActions": [
                {"type": "create", "description": "x", "resource": _TASK},
                {"type": "update", "description": "x", "resource": {**order, "priority": "urgent"}},
                {"type": "delete", "description": "x", "resourceId": "Observation/marrowby-ecog"},
            ],
        }

    page = _ordered(ehr, answer)

    records = ehr.practice.fhir.records
    assert [
        words for words in ("created: Call the payer", "updated: Amtagvi", "deleted: ECOG") if words in page
    ] == [
        "created: Call the payer",
        "updated: Amtagvi",
        "deleted: ECOG",
    ]
    assert [task["status"] for task in records.of_type("Task")] == ["requested"]
    assert [o.get("priority") for o in records.of_type("MedicationRequest")] == [None, "urgent"]
    assert records.get("Observation", "marrowby-ecog") is None


@pytest.mark.parametrize(
    "card",
    [
        {},
        "a card",
        {"summary": "S", "source": {}, "links": [{}, {"type": "smart"}], "suggestions": [{}]},
        {"summary": "S", "indicator": "hard-stop", "source": {"label": "L"}, "overrideReasons": [{}]},
    ],
)
def test_a_card_that_lacks_what_it_must_have_breaks_no_page(ehr: Running, card):
    page = _ordered(ehr, {"cards": [card]})

    assert "What was sent and received" in page


@pytest.mark.parametrize(
    "listing", [[], {"services": 1}, {"services": ["x", {}, {"hook": "order-select"}]}, "x"]
)
def test_a_discovery_that_is_none_stops_no_order(ehr: Running, listing):
    page = _ordered(ehr, {"cards": []}, listing=listing)

    assert "No service there answers order-select. The order can go on without it." in page


def test_an_action_that_is_not_the_patients_is_not_done(ehr: Running):
    another = {**_TASK, "for": {"reference": "Patient/quillmere"}}
    actions = [
        {"type": "create", "description": "x", "resource": another},
        {"type": "delete", "description": "x", "resourceId": "Observation/quillmere-ecog"},
        {"type": "create", "description": "x", "resource": {"resourceType": "Task"}},
        {"type": "paint", "description": "x"},
        "nonsense",
    ]

    page = _ordered(ehr, {"cards": [], "systemActions": actions})

    assert page.count("not done:") == 5
    assert ehr.practice.fhir.records.of_type("Task") == []
    assert ehr.practice.fhir.records.get("Observation", "quillmere-ecog") is not None


def test_a_card_is_shown_as_text_and_its_foreign_links_lead_nowhere(ehr: Running):
    page = _ordered(ehr, {"cards": [_CARD]})

    assert "A &lt;b&gt;card&lt;/b&gt; of another make" in page
    assert "<strong>really</strong>" in page
    assert "<script" not in page
    assert 'href="javascript' not in page
    assert '<span class="indicator">Critical</span>' in page


def test_a_smart_link_of_no_registered_app_is_not_followed(ehr: Running):
    page = _ordered(ehr, {"cards": [_CARD]})
    link = page.split('action="/exchanges/')[1].split('"')[0]

    assert not link.endswith("/dismiss")
    answer = requests.post(f"{ehr.url}/exchanges/1/cards/0/links/0", {"where": "tab"}, timeout=10)

    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ("not JSON", 200, "The service answered 200."),
        (
            {"resourceType": "OperationOutcome", "issue": [{"diagnostics": "No Patient was sent."}]},
            412,
            "The service answered 412. No Patient was sent.",
        ),
        ({"issue": "odd"}, 500, "The service answered 500."),
    ],
)
def test_an_answer_that_is_none_is_told(ehr: Running, body, status, words):
    page = _ordered(ehr, body, status)

    assert words in page
    assert "The order can go on without it." in page
