"""The CDS Hooks sandbox as the client of our services: its tokens, our card in it, the card's link, its feedback."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from browser.answering import verdict
from foreign_programs import launcher as smart
from foreign_programs import sandbox
from joserfc.jwk import ECKey, KeySet
from playwright.sync_api import Locator, Page

from smartapp.store import Store

SERVICE = "/cds-services/til-order-select"
CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
OAUTH_URIS = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"
MARKDOWN = {"P", "STRONG", "UL", "LI"}
"""The elements that the detail of our card is made of, once it is rendered."""


@pytest.fixture(scope="module")
def client(sandbox_folder):
    """The address of the sandbox."""
    with sandbox.serving(sandbox_folder) as url:
        yield url


@pytest.fixture(scope="module")
def formulary():
    with sandbox.formulary() as url:
        yield url


@pytest.fixture
def known(launcher, sandbox_folder):
    """The sandbox as the application knows it, with its keys handed over."""
    return {
        "name": "CDS Hooks sandbox",
        "iss": sandbox.ISS,
        "jku": sandbox.JKU,
        "key_file": str(sandbox.keys(sandbox_folder)),
        "fhir_servers": [launcher.iss],
    }


@pytest.fixture
def service(app, launcher, known):
    """The application, which lets nobody call but the sandbox."""
    return app(
        ehr=[{"name": "EHR", "iss": launcher.iss, "client_id": "coverage"}], client=[known], callers="known"
    )


@dataclass
class Ordering:
    """The screen of the sandbox where a drug is ordered, and what went through it."""

    page: Page
    calls: list = field(default_factory=list)
    """The requests to our service for an order of lifileucel, as Playwright has them."""
    thrown: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, page: Page) -> "Ordering":
        """From now on."""
        made = cls(page)
        page.on("request", lambda one: made.calls.append(one) if is_call(one, ordered=True) else None)
        page.on("pageerror", lambda error: made.thrown.append(str(error)))
        return made

    def order(self) -> Locator:
        """Order lifileucel; the card that comes."""
        self.suggest()
        card = self.card
        card.wait_for()
        return card

    def suggest(self) -> None:
        """Take the formulary's suggestion, and wait until our service has answered for that order."""
        with self.page.expect_response(lambda response: is_call(response.request, ordered=True)):
            self.page.get_by_role("button", name="Order lifileucel").click()

    @property
    def card(self) -> Locator:
        return self.page.locator("[class*=decision-card]", has_text="Lifileucel")

    @property
    def answer(self) -> dict:
        """What our service last answered."""
        return self.calls[-1].response().json()


@pytest.fixture
def launches(tabs, chart, doctor):
    """What the launch service of the EHR was asked for; it gives a launch of pellwick."""
    asked = []

    def launch(route) -> None:
        asked.append(route.request.post_data_json)
        code = smart.code(patient=chart["pellwick"], provider=doctor)
        route.fulfill(json={"launch_id": code}, headers=sandbox.ANYBODY)

    tabs.context.route(f"**{sandbox.LAUNCH_SERVICE}", launch)
    return asked


@pytest.fixture
def ordering(tabs, client, formulary, launcher, chart, launches):  # noqa: ARG001 - answers for the EHR
    """Opens the sandbox for a patient, asking a service of ours."""

    def opened(service: str, patient: str) -> Ordering:
        screen = Ordering.of(tabs.context.new_page())
        services = [f"{service}/cds-services", formulary]
        screen.page.goto(
            sandbox.address(client, fhir=launcher.iss, patient=chart[patient], services=services)
        )
        screen.page.get_by_role("button", name="Order lifileucel").wait_for()
        return screen

    return opened


def is_call(request, *, ordered: bool = False) -> bool:
    """Whether a request calls our service; `ordered`: for an order that names lifileucel."""
    called = request.method == "POST" and urlsplit(request.url).path == SERVICE
    return called and (not ordered or sandbox.CODE in request.post_data)


@pytest.mark.parametrize(
    ("patient", "indicator", "says"),
    [("quillmere", "info", "criteria look met"), ("pellwick", "warning", "more information needed")],
)
def test_the_card_is_shown(ordering, service, patient, indicator, says):
    screen = ordering(service, patient)

    card = screen.order()

    (sent,) = screen.answer["cards"]
    assert says in sent["summary"]
    assert len(sent["summary"]) < 140
    assert sent["summary"] in card.inner_text()
    assert sent["indicator"] == indicator
    assert card.get_by_role("button").all_inner_texts()[:3] == [
        sent["suggestions"][0]["label"],
        *(link["label"] for link in sent["links"]),
    ]
    assert screen.thrown == []


@pytest.fixture
def hostile(hapi, chart):
    """A diagnosis whose words are markup, on the chart of lanternby; gone after the test."""
    text = (
        'Melanoma <img src=x onerror="document.title=1"> <b>of</b> [the eye](javascript:alert(1)) | **x** `y`'
    )
    condition = {
        "resourceType": "Condition",
        "subject": {"reference": f"Patient/{chart['lanternby']}"},
        "clinicalStatus": {"coding": [{"system": CLINICAL, "code": "active"}]},
        "code": {"coding": [{"system": ICD10, "code": "C43.9"}], "text": text},
        "recordedDate": "2026-01-05",
    }
    made = requests.post(f"{hapi.base}/Condition", json=condition, timeout=30)
    assert made.status_code == 201, made.text
    yield text
    requests.delete(f"{hapi.base}/Condition/{made.json()['id']}", timeout=30)


def test_no_markup_of_a_chart_gets_through_to_the_screen(ordering, service, hostile):
    screen = ordering(service, "lanternby")

    card = screen.order()

    (sent,) = screen.answer["cards"]
    rendered = card.evaluate("card => [...card.querySelectorAll('ul, ul *')].map(e => e.tagName)")
    assert not re.search(r"<[a-z/!?]", sent["detail"], re.IGNORECASE)
    assert set(rendered) <= MARKDOWN
    assert hostile in card.inner_text()
    assert screen.thrown == []


def test_the_link_opens_the_review_of_the_patient(ordering, service, tabs, launcher, launches):
    screen = ordering(service, "pellwick")
    card = screen.order()
    (sent,) = screen.answer["cards"]
    (link,) = (link for link in sent["links"] if link["type"] == "smart")

    with tabs.context.expect_page() as opened:
        card.get_by_role("button", name=link["label"]).click()
    review = opened.value
    review.locator("#result").wait_for()

    (address,) = (url for url in tabs.asked if url.startswith(f"{link['url']}?"))
    given = parse_qs(urlsplit(address).query)
    assert given.keys() == {"launch", "iss"}
    assert given["iss"] == [launcher.iss]
    assert launches[-1]["launchUrl"] == link["url"] == f"{service}/launch.html"
    assert launches[-1]["parameters"]["appContext"] == link["appContext"]
    assert "Pellwick" in review.locator("header").inner_text()
    assert verdict(review) == "More information needed"


def feedback(tmp_path) -> list[dict]:
    """What the application keeps of feedback."""
    store = Store(f"sqlite:///{tmp_path / 'app.sqlite3'}")
    rows = store.rows("feedback")
    store.close()
    return rows


def told(page):
    """Waits for feedback to be answered."""
    return page.expect_response(lambda one: one.url.endswith("/feedback") and one.request.method == "POST")


def test_an_accepted_suggestion_is_remembered(ordering, service, tmp_path):
    screen = ordering(service, "pellwick")
    card = screen.order()
    (sent,) = screen.answer["cards"]
    (suggestion,) = sent["suggestions"]

    with told(screen.page) as answered:
        card.get_by_role("button", name=suggestion["label"]).click()

    (row,) = feedback(tmp_path)
    assert answered.value.status == 200
    assert (row["card"], row["known"], row["outcome"]) == (sent["uuid"], True, "accepted")
    assert row["suggestions"] == [suggestion["uuid"]]


@pytest.mark.parametrize("chosen", [None, 0, 3], ids=["no reason", "the first", "the last"])
def test_a_dismissed_card_is_remembered_with_its_reason(ordering, service, tmp_path, chosen):
    screen = ordering(service, "pellwick")
    card = screen.order()
    (sent,) = screen.answer["cards"]

    with told(screen.page) as answered:
        if chosen is None:
            card.get_by_role("button", name="Dismiss", exact=True).click()
        else:
            card.get_by_role("button", name="select dismiss reason").click()
            screen.page.get_by_role("menuitem").nth(chosen).click()
    card.wait_for(state="detached")

    (row,) = feedback(tmp_path)
    reason = sent["overrideReasons"][chosen]["code"] if chosen is not None else None
    assert answered.value.status == 200
    assert (row["card"], row["known"], row["outcome"]) == (sent["uuid"], True, "overridden")
    assert row["reason_code"] == reason


def test_a_token_of_the_sandbox_is_good_once(ordering, service):
    screen = ordering(service, "pellwick")
    screen.order()
    call = screen.calls[-1]

    again = requests.post(
        call.url,
        data=call.post_data,
        headers={"Content-Type": "application/json", "Authorization": call.headers["authorization"]},
        timeout=30,
    )
    without = requests.post(call.url, json=call.post_data_json, timeout=30)

    assert call.response().status == 200
    assert (again.status_code, without.status_code) == (401, 401)
    assert "used before" in again.text
    assert "cards" not in again.json()
    assert "cards" not in without.json()


def test_a_signature_changed_on_the_way_is_refused(ordering, service, tabs):
    def spoil(route) -> None:
        start, _, signature = route.request.headers["authorization"].rpartition(".")
        wrong = ("B" if signature[0] == "A" else "A") + signature[1:]
        route.continue_(headers={**route.request.headers, "authorization": f"{start}.{wrong}"})

    screen = ordering(service, "pellwick")
    tabs.context.route(f"**{SERVICE}", spoil)

    screen.suggest()

    refusal = screen.calls[-1].response()
    assert refusal.status == 401
    assert "signature cannot be verified" in refusal.text()
    assert screen.card.count() == 0


def test_the_signature_of_another_key_is_refused(app, launcher, known, tmp_path, client, tabs, chart):
    (tmp_path / "others.json").write_text(json.dumps(keys_of_another(known)), encoding="utf-8")
    service = app(client=[{**known, "key_file": "others.json"}], callers="known")

    page = tabs.context.new_page()
    with page.expect_response(f"{service}/cds-services") as discovered:
        page.goto(
            sandbox.address(
                client, fhir=launcher.iss, patient=chart["pellwick"], services=[f"{service}/cds-services"]
            )
        )

    assert discovered.value.status == 401
    assert "signature cannot be verified" in discovered.value.text()


def keys_of_another(known) -> dict:
    """A key set with a key of the same name."""
    (theirs,) = json.loads(Path(known["key_file"]).read_text(encoding="utf-8"))["keys"]
    return KeySet([ECKey.generate_key("P-384", {"kid": theirs["kid"]})]).as_dict(private=False)


def test_what_the_sandbox_cannot_prefetch_is_read_from_its_server(ordering, service, tabs):
    tabs.context.route("**/fhir/Observation**", lambda route: route.abort())
    screen = ordering(service, "pellwick")

    card = screen.order()

    sent = screen.calls[-1].post_data_json
    assert "conditions" in sent["prefetch"]
    assert "observations" not in sent["prefetch"]
    assert "BRAF mutation analysis, lymph node: Not detected" in card.inner_text()


def test_the_sandbox_lends_the_token_that_it_was_launched_with(
    ordering, service, tabs, client, launcher, chart, doctor
):
    ordering(service, "pellwick").page.close()  # it remembers the services
    tabs.context.route("**/fhir/Observation**", lambda route: route.abort())
    able = secured(launcher)
    tabs.context.route("**/fhir/metadata", lambda route: route.fulfill(json=able, headers=sandbox.ANYBODY))
    options = {"patient": chart["pellwick"], "provider": doctor, "pkce": smart.PKCE_IF_SENT}
    start = tabs.open(launcher.start(client, **options))
    with tabs.context.expect_page() as opened:
        start.locator("#ehr-launch-url").click()
    screen = Ordering.of(opened.value)

    card = screen.order()

    sent = screen.calls[-1].post_data_json
    assert sent["fhirAuthorization"]["access_token"]
    assert sent["fhirServer"] == launcher.iss
    assert "observations" not in sent["prefetch"]
    assert "BRAF mutation analysis, lymph node: Not detected" in card.inner_text()


def secured(launcher) -> dict:
    """The launcher's CapabilityStatement with where to authorize, which it adds to what a server says of its
    security; HAPI says nothing of it.
    """
    told = requests.get(f"{launcher.iss}/metadata", timeout=30).json()
    auth = launcher.iss.removesuffix("fhir") + "auth"
    uris = [{"url": name, "valueUri": f"{auth}/{name}"} for name in ("authorize", "token")]
    told["rest"][0]["security"] = {"extension": [{"url": OAUTH_URIS, "extension": uris}]}
    return told


def test_signing_brings_the_card_of_the_other_service(ordering, service):
    screen = ordering(service, "quillmere")
    screen.order()

    screen.page.get_by_text("Rx Sign").click()
    with screen.page.expect_response("**/til-order-sign") as answered:
        screen.page.get_by_role("button", name="Sign Order").click()
    screen.card.wait_for()

    (sent,) = answered.value.json()["cards"]
    assert sent["summary"] in screen.card.inner_text()
