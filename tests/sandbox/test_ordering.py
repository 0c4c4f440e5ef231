"""Orders and their cards on the EHR's screen, against the app itself."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
import requests

from smartapp.config import Config
from smartapp.demo import Stand, standing
from smartapp.sandbox import Fault


@pytest.fixture(scope="module")
def stand() -> Iterator[Stand]:
    settings = Config(port=0, database_url="sqlite://")
    with standing(settings, ehr_port=0, asks_consent=False) as both:
        yield both


class Screen:
    """The EHR in front of somebody: pages, and the forms on them."""

    def __init__(self, stand: Stand) -> None:
        self.url = stand.ehr.url
        self.practice = stand.ehr.practice
        self.session = requests.Session()
        self.page = ""
        self.address = ""

    def go(self, path: str) -> str:
        return self._seen(self.session.get(f"{self.url}{path}", timeout=20))

    def send(self, path: str, **fields: str) -> str:
        return self._seen(self.session.post(f"{self.url}{path}", fields, timeout=20))

    def write(self, patient: str, what: str = "brand", **more: str) -> str:
        reason = {"reason": f"Condition/{patient}-melanoma", **more}
        return self.send(f"/patients/{patient}/orders", what=what, **reason)

    def form(self, ending: str) -> str:
        """The action of the first form that ends so."""
        found = re.search(rf'action="([^"]*{ending})"', self.page)
        assert found, self.page
        return found[1]

    def _seen(self, answer: requests.Response) -> str:
        assert answer.status_code == 200, answer.text
        self.page, self.address = answer.text, answer.url.split("#")[0]
        return self.page


@pytest.fixture
def screen(stand) -> Iterator[Screen]:
    screen = Screen(stand)
    yield screen
    for patient in ("everthorne", "quillmere", "marrowby", "yarrowdale"):
        screen.practice.reset(patient)
    screen.practice.faults.clear()


@pytest.mark.parametrize("what", ["brand", "code", "til"])
@pytest.mark.parametrize("how", ["both", "prefetch", "server"])
def test_every_way_to_order_and_to_send_the_chart_brings_the_same_card(screen, what, how):
    page = screen.write("everthorne", what, how=how)

    assert "more information needed on BRAF V600 or BRAF inhibitor (4 of 5 criteria met)" in page
    assert ("fhirAuthorization" in page, "&#34;prefetch&#34;: {" in page) == (
        how != "prefetch",
        how != "server",
    )


def test_another_drug_brings_no_card(screen):
    assert "has nothing to say" in screen.write("everthorne", "other")


def test_accepting_saves_the_form_in_the_chart_and_tells_the_service(screen):
    screen.write("everthorne")

    page = screen.send(screen.form("/accept"), suggestion="0")

    assert "Accepted; created: Prior-authorization form." in page
    assert "&#34;outcome&#34;: &#34;accepted&#34;" in page
    held = screen.practice.fhir.records.of_type("QuestionnaireResponse")
    assert [(r["status"], r["subject"]["reference"]) for r in held] == [("in-progress", "Patient/everthorne")]
    assert "Prior-authorization form" in screen.go("/patients/everthorne")


def test_accepting_twice_saves_one_form(screen):
    screen.write("everthorne")
    accept = screen.form("/accept")

    screen.send(accept, suggestion="0")
    screen.send(accept, suggestion="0")

    assert len(screen.practice.fhir.records.of_type("QuestionnaireResponse")) == 1


def test_dismissing_with_a_reason_tells_the_service_why(screen):
    screen.write("everthorne")

    page = screen.send(screen.form("/dismiss"), reason="disagree", comment="she had it elsewhere")

    assert "Dismissed: I disagree with the assessment." in page
    assert "&#34;outcome&#34;: &#34;overridden&#34;" in page
    assert "&#34;userComment&#34;: &#34;she had it elsewhere&#34;" in page
    assert "200, " in page.split("til-order-select/feedback")[1]


def test_signing_asks_the_other_service_and_makes_the_order_active(screen):
    screen.write("quillmere")
    order = screen.address.removeprefix(screen.url)

    asked = screen.send(f"{order}/check")
    signed = screen.send(f"{order}/sign")

    assert "til-order-sign" in asked
    assert "Lifileucel: published criteria look met on this record" in asked
    assert "<dd>active</dd>" in signed


def test_what_the_payer_says_about_coverage_is_shown_with_the_order(screen):
    page = screen.write("everthorne")

    assert "<li>updated: Amtagvi</li>" in page
    assert "<dt>Coverage</dt><dd>Depends on more information <code>conditional</code></dd>" in page
    assert "<dt>Prior authorization</dt><dd>Needed <code>auth-needed</code></dd>" in page
    assert "<dt>Plan</dt><dd>Example Health Plan, Example Choice PPO</dd>" in page


def test_a_chart_that_is_put_back_is_as_it_was(screen):
    before = screen.go("/patients/yarrowdale")
    screen.write("yarrowdale")
    screen.send("/patients/yarrowdale/faults", kind="slow")
    standing = screen.practice.faults.active[0].id
    changed = screen.send(f"/patients/yarrowdale/faults/{standing}/end")

    after = screen.send("/patients/yarrowdale/reset")

    assert "part of this patient&#39;s story" not in changed.replace("'", "&#39;")
    assert re.sub(r"/faults/\d+/", "", after) == re.sub(r"/faults/\d+/", "", before)


def test_a_deleted_draft_is_gone(screen):
    screen.write("quillmere")
    order = screen.address.removeprefix(screen.url)

    page = screen.send(f"{order}/delete")

    assert "Orders" not in page
    assert screen.practice.fhir.records.of_type("ServiceRequest") == []


def test_the_smart_link_launches_with_its_app_context_and_the_order(screen):
    screen.write("everthorne")
    order = "/".join(screen.address.split("/")[-2:])
    link = screen.form("/links/0")

    answer = screen.session.post(f"{screen.url}{link}", {"where": "tab"}, allow_redirects=False, timeout=20)

    launch = re.search(r"launch=([^&]+)", answer.headers["Location"])
    context = screen.practice.memory.launched(launch[1])
    assert answer.headers["Location"].startswith(
        f"{screen.practice.memory.clients['til-coverage'].launch_url}?iss="
    )
    assert (context.patient, context.order, context.framed) == ("everthorne", order, False)
    assert re.fullmatch(r"[0-9a-f-]{36}", context.app_context)


def test_in_the_frame_the_app_needs_no_banner_of_its_own(screen, stand):
    page = screen.send("/patients/everthorne/launch", where="frame")

    launch = re.search(r"launch=([^&\"]+)", page)
    context = screen.practice.memory.launched(launch[1])
    assert context.told(frozenset({"launch"}), tenant="t")["need_patient_banner"] is False
    answer = screen.session.post(f"{screen.url}/patients/everthorne/launch", {"where": "frame"}, timeout=20)
    assert f"frame-src 'self' {stand.app};" in answer.headers["Content-Security-Policy"]


def test_a_query_that_fails_is_sent_as_an_outcome(screen):
    page = screen.write("yarrowdale", how="prefetch")

    assert re.search(r"&#34;observations&#34;: {\s+&#34;resourceType&#34;: &#34;OperationOutcome&#34;", page)
    assert "more information needed" in page


def test_a_service_that_is_gone_stops_no_order(screen):
    known = screen.practice.memory.clients["til-coverage"]
    screen.practice.register(replace(known, services_url="http://127.0.0.1:9"))

    page = screen.write("everthorne")
    screen.practice.register(known)

    assert "There is no advice." in page
    assert "The order can go on without it." in page


def test_a_refusal_of_the_service_is_told_in_its_words(screen):
    screen.practice.faults.add(Fault(kind="failing", path="/fhir/Patient"))

    page = screen.write("everthorne", how="server")

    assert "The service answered" in page


def test_only_the_ehrs_own_pages_may_change_anything(screen):
    answer = requests.post(
        f"{screen.url}/patients/everthorne/orders",
        {"what": "brand"},
        headers={"Origin": "https://evil.example"},
        timeout=10,
    )

    assert answer.status_code == 403
    assert [order["id"] for order in screen.practice.fhir.records.of_type("MedicationRequest")] == [
        "tamberline-pembrolizumab-order"
    ]


@pytest.mark.parametrize(
    "path", ["/patients/nobody", "/records/Condition/none", "/nowhere", "/exchanges/999/cards/0/accept"]
)
def test_what_is_not_there_is_said_on_a_page(screen, path):
    answer = requests.get(f"{screen.url}{path}", timeout=10)

    assert answer.status_code in (404, 405)
    assert "To the patients" in answer.text


def test_another_host_name_is_refused(screen):
    answer = requests.get(screen.url, headers={"Host": "rebound.example"}, timeout=10)

    assert answer.status_code == 400
