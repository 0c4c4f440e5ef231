"""A launch: what the page says, what the EHR is asked, what is kept, and whose it is."""

import logging
from urllib.parse import parse_qs, urlsplit

import pytest
from fakes_launch import URL, Browser, service
from fakes_smart import SCOPES
from flask import redirect

from smartapp.ehrs import Ehr
from smartapp.store import Lead, Store, launches

FRAMES = ("https://hospital.example",)


@pytest.fixture
def ehr(fake):
    return Ehr(name="General Hospital", iss=fake.iss, client_id="app", frame_ancestors=FRAMES)


def policy(page):
    parts = page.headers["Content-Security-Policy"].split("; ")
    return dict(part.partition(" ")[::2] for part in parts)


def test_the_launch_page_says_what_happens_and_goes_on_by_itself_without_script(ehr, fake):
    page = Browser(service(ehr)).launch(fake.iss, until="/launch/start", Accept="text/html,*/*;q=0.8")

    assert page.status == 200
    assert "General Hospital</strong> for access" in page.text
    assert '<meta http-equiv="refresh" content="0; url=/launch/start?iss=' in page.text
    assert "<script" not in page.text
    assert fake.asked == []


def test_in_a_frame_where_the_sign_in_cannot_be_shown_a_tab_of_its_own_is_offered(fake):
    ehr = Ehr(name="General Hospital", iss=fake.iss, client_id="app", own_tab=True)
    browser = Browser(service(ehr))

    framed = browser.launch(fake.iss, **{"Sec-Fetch-Dest": "iframe"})
    tab = browser.launch(fake.iss, **{"Sec-Fetch-Dest": "document"})

    assert 'target="_blank"' in framed.text
    assert "launch=launch-1" in framed.text
    assert (framed.status, tab.text.split()[0]) == (200, "p1")
    assert len(fake.authorizations) == 1


def test_a_program_that_shows_no_page_is_redirected_with_the_same_text(ehr, fake):
    page = Browser(service(ehr)).launch(fake.iss, until="/launch/start")

    assert (page.status, urlsplit(page.url).path) == (303, "/launch/start")
    assert "for access" in page.text


def test_without_a_launch_the_registered_ehrs_can_be_chosen(ehr, fake):
    browser = Browser(service(ehr))

    page = browser.open("/launch.html")
    started = browser.launch(fake.iss, None)

    assert "General Hospital</a>" in page.text
    assert started.status == 200
    assert fake.authorizations[0]["scope"].startswith("launch/patient openid fhirUser ")


def test_without_any_ehr_the_page_says_how_to_register_one():
    page = Browser(service()).open("/launch.html")

    assert "SMARTAPP_EHRS" in page.text


def test_everything_that_the_token_response_says_is_kept_with_the_launch(ehr, fake):
    context = [{"reference": "MedicationRequest/o1"}, {"reference": "Coverage/c1", "role": "x"}]
    fake.token = {
        "patient": "p1",
        "encounter": "e1",
        "fhirContext": [*context, "odd"],
        "need_patient_banner": False,
        "appContext": "card-7",
        "tenant": "t1",
        "refresh_token": "r1",
        "expires_in": "570",
    }
    made = service(ehr)

    Browser(made).launch(fake.iss)

    (launch,) = made.opened
    assert launches.load(made.store.vault, launch.id) == launch
    assert (launch.iss, launch.patient, launch.encounter) == (fake.iss, "p1", "e1")
    assert (launch.user, launch.user_name) == ("Practitioner/dr1", "Dr. Ada Hale")
    assert launch.scopes == frozenset(SCOPES.split())
    assert (launch.fhir_context, launch.app_context, launch.tenant) == (tuple(context), "card-7", "t1")
    assert (launch.need_patient_banner, launch.open) == (False, False)
    assert {launch.access_token} == fake.good
    assert 500 < (launch.expires_at - made.clock()).total_seconds() <= 570


@pytest.mark.parametrize(
    ("told", "led"),
    [
        ({}, "MedicationRequest/o2"),
        ({"fhirContext": [{"reference": "Coverage/c1"}]}, "MedicationRequest/o2"),
        ({"fhirContext": [{"reference": "MedicationRequest/o1"}]}, None),
        ({"patient": "p2"}, None),
        ({"appContext": "no card's"}, None),
    ],
    ids=["nothing named", "no order named", "an order named", "another patient", "unknown"],
)
def test_the_link_of_a_card_leads_to_its_order_unless_the_ehr_names_one(ehr, fake, told, led):
    made = service(ehr)
    made.store.leads("card-7", Lead(patient="p1", order="MedicationRequest/o2"))
    fake.token = {"patient": "p1", "appContext": "card-7", **told}

    Browser(made).launch(fake.iss)

    added = [item for item in made.opened[0].fhir_context if item not in told.get("fhirContext", [])]
    assert added == ([{"reference": led}] if led else [])


def test_the_link_of_a_card_leads_nowhere_after_a_week(ehr):
    made = service(ehr)
    lead = Lead(patient="p1", order="MedicationRequest/o2")
    made.store.leads("card-7", lead)
    told = made.desk.led("card-7")

    made.clock.ahead = 7 * 24 * 3600 + 1

    assert (told, made.desk.led("card-7")) == (lead, None)


@pytest.mark.parametrize("banner", [None, True, "false", 0])
def test_the_patient_is_shown_unless_the_ehr_says_that_it_shows_it(ehr, fake, banner):
    fake.token = {"need_patient_banner": banner}
    made = service(ehr)

    Browser(made).launch(fake.iss)

    assert made.opened[0].need_patient_banner


def test_a_token_that_was_renewed_while_the_user_was_looked_up_stays_renewed(ehr, fake):
    """The launch was once kept again as it had been before the renewal, with a refresh token that was spent."""
    fake.token = {"refresh_token": "refresh-1"}
    made = service(ehr)

    def expired():
        fake.token = {"refresh_token": "refresh-2"}
        fake.good = set()
        del fake.answers["/fhir/Practitioner/dr1"]

    fake.answers["/fhir/Practitioner/dr1"] = expired
    Browser(made).launch(fake.iss)

    (launch,) = made.opened
    assert launch == launches.load(made.store.vault, launch.id)
    assert (launch.refresh_token, {launch.access_token}) == ("refresh-2", fake.good)
    assert launch.user_name == "Dr. Ada Hale"


def test_an_ehr_that_names_nobody_still_opens(ehr, fake):
    fake.token = {"id_token": None, "scope": "launch patient/*.rs"}
    made = service(ehr)

    Browser(made).launch(fake.iss)

    assert (made.opened[0].user, made.opened[0].user_name) == (None, None)


def test_a_reference_as_patient_and_an_unsaid_scope_are_understood(ehr, fake):
    fake.token = {"patient": "Patient/p9", "scope": None, "token_type": "bearer", "expires_in": None}
    made = service(ehr)

    Browser(made).launch(fake.iss)

    assert made.opened[0].patient == "p9"
    assert "patient/Condition.rs" in made.opened[0].scopes
    assert made.opened[0].expires_at is None


def test_aud_is_the_iss_of_the_launch_character_by_character_or_what_is_set(ehr, fake):
    made = service(ehr)
    Browser(made).launch(f"{fake.iss}/")
    Browser(service(Ehr(name="x", iss=fake.iss, client_id="a", aud="https://other.example"))).launch(fake.iss)

    assert [asked["aud"] for asked in fake.authorizations] == [f"{fake.iss}/", "https://other.example"]
    assert made.opened[0].iss == fake.iss


def test_the_pages_of_a_launch_are_framed_by_its_ehr_only_and_run_nothing_inline(ehr, fake):
    made = service(ehr)
    browser = Browser(made)

    for page in (
        browser.launch(fake.iss, until="/launch/start"),
        browser.launch(fake.iss),
        browser.open("/callback?state=unknown"),
    ):
        given = policy(page)
        assert given["frame-ancestors"] == FRAMES[0]
        assert given["default-src"] == given["base-uri"] == "'none'"
        assert {given[name] for name in ("script-src", "style-src", "form-action")} == {"'self'"}
        assert "X-Frame-Options" not in page.headers
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Referrer-Policy"] == "no-referrer"
    assert policy(Browser(made).open("/logout"))["frame-ancestors"] == "'none'"


def test_two_tabs_with_two_patients_stay_apart(ehr, fake):
    made = service(ehr)
    browser = Browser(made)
    first = browser.launch(fake.iss, "launch-1", until="/auth/authorize")
    second = browser.launch(fake.iss, "launch-2", until="/auth/authorize")

    fake.token = {"patient": "p2"}
    two = browser.open(second.url)
    fake.token = {"patient": "p1"}
    one = browser.open(first.url)

    assert (one.text.split()[0], two.text.split()[0]) == ("p1", "p2")
    assert browser.open(two.url).text.split()[0] == "p2"
    assert browser.open(one.url).text.split()[0] == "p1"
    assert [launch.patient for launch in made.opened] == ["p2", "p1"]


def test_a_tab_that_asks_while_another_one_launches_is_still_answered(ehr, fake):
    made = service(ehr)
    browser, late = Browser(made), Browser(made)
    page = browser.launch(fake.iss)
    late.cookie = browser.cookie
    browser.launch(fake.iss, "launch-2")

    at_once = late.open(page.url)
    made.clock.ahead = 11

    assert (at_once.status, late.open(page.url).status, browser.open(page.url).status) == (200, 403, 200)


def test_the_review_of_another_browser_is_not_shown(ehr, fake):
    made = service(ehr)
    page = Browser(made).launch(fake.iss)
    other = Browser(made)
    other.launch(fake.iss)

    shown = [other.open(page.url), Browser(made).open(page.url)]

    assert [seen.status for seen in shown] == [403, 403]
    assert all("What was saved is kept" in seen.text and "p1" not in seen.text for seen in shown)


def test_the_next_user_of_a_workstation_ends_what_the_one_before_had_open(ehr, fake):
    made = service(ehr)
    browser = Browser(made)
    before = browser.launch(fake.iss)
    fake.claims = {"fhirUser": "Practitioner/dr2"}

    after = browser.launch(fake.iss)

    assert (browser.open(before.url).status, browser.open(after.url).status) == (403, 200)


def test_an_ended_session_leaves_nothing_and_tells_the_ehr(ehr, fake):
    fake.token = {"refresh_token": "refresh-1"}
    made = service(ehr)
    browser = Browser(made)
    page = browser.launch(fake.iss)
    cookie = browser.cookie

    over = browser.open("/logout", data={"csrf": page.text.split()[1]})

    assert (over.status, urlsplit(over.url).path, browser.cookie) == (200, "/logout", "")
    assert fake.revoked == ["refresh-1"]
    assert launches.load(made.store.vault, made.opened[0].id) is None
    browser.cookie = cookie
    assert browser.open(page.url).status == 403


def test_the_cookie_is_taken_back_with_the_flags_that_it_was_set_with(ehr, fake):
    """A browser keeps a partitioned cookie that is deleted as if it were not."""
    browser = Browser(service(ehr))
    page = browser.launch(fake.iss)

    gone = browser.open("/logout", data={"csrf": page.text.split()[1]}, until="/logout")

    name, *flags = gone.headers["Set-Cookie"].split("; ")
    assert name == "__Host-smartapp="
    assert {"Max-Age=0", "Secure", "HttpOnly", "Path=/", "SameSite=None", "Partitioned"} <= set(flags)


def test_an_ehr_that_does_not_take_the_token_back_keeps_nobody_in(ehr, fake):
    fake.answers["/auth/revoke"] = lambda: redirect("http://169.254.169.254/")
    browser = Browser(service(ehr))
    page = browser.launch(fake.iss)

    over = browser.open("/logout", data={"csrf": page.text.split()[1]})

    assert over.status == 200
    assert "/auth/revoke" in fake.asked
    assert browser.open(page.url).status == 403


def test_another_page_cannot_end_the_session(ehr, fake):
    browser = Browser(service(ehr))
    page = browser.launch(fake.iss)

    assert browser.open("/logout", data={"csrf": "guessed"}).status == 403
    assert browser.open("/logout", data={}).status == 403
    assert browser.open(page.url).status == 200


def test_a_launch_ends_with_its_time(ehr, fake):
    made = service(ehr)
    browser = Browser(made)
    page = browser.launch(fake.iss)

    made.clock.ahead = 3601

    assert browser.open(page.url).status == 403


def test_the_cookie_is_only_a_name_for_this_host_and_new_after_the_callback(ehr, fake):
    made = service(ehr)
    client = made.app.test_client(use_cookies=False)
    answer = client.get("/launch.html", query_string={"iss": fake.iss, "launch": "x"}, base_url=URL)
    (line,) = answer.headers.getlist("Set-Cookie")

    name, _, rest = line.partition("=")
    value, *flags = rest.split("; ")

    assert (name, len(value)) == ("__Host-smartapp", 43)
    assert set(flags) == {"Secure", "HttpOnly", "Path=/", "SameSite=None", "Partitioned"}
    browser = Browser(made)
    browser.launch(fake.iss, until="/auth/authorize")
    before = browser.cookie
    browser.launch(fake.iss)
    assert browser.cookie != before
    planted = Browser(made)
    planted.cookie = before
    assert planted.launch(fake.iss).status == 200
    assert planted.cookie != before


def test_a_session_id_that_the_browser_invents_is_not_adopted(ehr, fake):
    made = service(ehr)
    browser = Browser(made)
    browser.cookie = "chosen-by-somebody"

    browser.launch(fake.iss)

    assert "chosen-by-somebody" not in (browser.cookie, made.opened[0].session)


def test_nothing_secret_or_clinical_is_in_an_address_or_in_the_log(ehr, fake, caplog):
    fake.token = {"patient": "patient-77", "refresh_token": "refresh-1", "tenant": "t1"}
    fake.claims = {"name": "Dr. Ada Hale"}
    made = service(ehr)
    browser = Browser(made)
    with caplog.at_level(logging.DEBUG):
        browser.launch(fake.iss)
        made.access(made.opened[0]).refresh()

    launch = launches.load(made.store.vault, made.opened[0].id)
    form = fake.tokens[0][0]
    secret = [launch.access_token, "refresh-1", form["code_verifier"], "patient-77", "Hale", launch.session]
    ours = [url for url in browser.urls if url.startswith(URL)]
    logged = "\n".join(r.getMessage() for r in caplog.records if not r.name.startswith("werkzeug"))
    assert [text for text in secret if text in f"{ours} {logged}"] == []
    assert form["code"] not in logged
    for asked in fake.authorizations:
        assert {"code_verifier", "patient", "client_secret"}.isdisjoint(asked)
    assert [parse_qs(urlsplit(url).query).keys() for url in ours if "/reviews/" in url] == [{}.keys()]


def test_what_is_kept_in_the_database_is_sealed(ehr, fake, tmp_path):
    made = service(ehr)
    Browser(made).launch(fake.iss)
    store = Store(f"sqlite:///{tmp_path}/s.sqlite3")
    launches.save(store.vault, made.opened[0], seconds=60)
    store.close()

    content = (tmp_path / "s.sqlite3").read_bytes()
    assert made.opened[0].access_token.encode() not in content
    assert b"Practitioner" not in content
