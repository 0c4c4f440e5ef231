"""The SMART App Launcher as EHR and authorization server: in a tab, in a frame of another site, with its errors."""

from dataclasses import replace

import pytest
from browser.answering import attest, choose, save, sign, verdict
from foreign_programs import launcher as smart
from integration.practice import everything

CLIENT = "coverage"
SECONDS = 20
"""How long an access token of a hasty launcher lasts: longer than a launch takes."""
SECRET = "only for this test"


@pytest.fixture
def elsewhere(launcher):
    """The launcher on localhost, which is another site than 127.0.0.1, where the application is."""
    return replace(launcher, host="localhost")


def entry(launcher, **more):
    """The launcher as the application knows it."""
    known = {"name": "SMART Launcher", "iss": launcher.iss, "client_id": CLIENT}
    return {**known, "frame_ancestors": [launcher.url], **more}


def launched(tabs, page):
    """What opens when the launcher's button is pressed."""
    with tabs.context.expect_page() as opened:
        page.locator("#ehr-launch-url").click()
    return opened.value


def answer(page):
    """Answer what is open on the form of pellwick, whose chart holds no order."""
    choose(page, "unresectable", "true")
    page.fill('[name="unresectable.why"]', "Encases the femoral vessels")
    choose(page, "metastatic", "false")
    page.fill('[name="product"]', "Lifileucel (Amtagvi)")
    attest(page)


def signed(page):
    """Answer what is open, sign, and wait until both documents are written."""
    answer(page)
    sign(page)
    page.locator("#packet", has_text="is in the chart: DocumentReference/").wait_for()


def written(hapi, patient):
    """The forms and the packets in the chart."""
    return [
        list(everything(hapi.base, f"{kind}?patient={patient}"))
        for kind in ("QuestionnaireResponse", "DocumentReference")
    ]


@pytest.mark.parametrize("auth", ["public", "symmetric", "asymmetric"])
def test_a_form_signed_in_a_tab_is_in_the_chart(auth, app, tabs, launcher, hapi, chart, doctor):
    own = {"secret_env": "SMARTAPP_SECRET_LAUNCHER"} if auth == "symmetric" else {}
    address = app(ehr=[entry(launcher, auth=auth, **own)], secrets={"SMARTAPP_SECRET_LAUNCHER": SECRET})
    tabs.watch(address)
    options = {"client": smart.CLIENTS[auth], "patient": chart["pellwick"], "provider": doctor}
    options |= {"client_secret": SECRET} if auth == "symmetric" else {}
    options |= {"jwks_url": f"{address}/.well-known/jwks.json"} if auth == "asymmetric" else {}

    page = launched(tabs, tabs.open(launcher.start(address, **options)))
    page.locator("#result").wait_for()
    banner, before = page.locator("header").inner_text(), verdict(page)
    signed(page)

    (form,), (packet,) = written(hapi, chart["pellwick"])
    assert "Pellwick, Mateo" in banner
    assert (before, verdict(page)) == ("More information needed", "Published criteria look met")
    assert (form["status"], form["subject"]["reference"]) == ("completed", f"Patient/{chart['pellwick']}")
    assert form["author"]["reference"] == f"Practitioner/{doctor}"
    assert packet["context"]["related"] == [{"reference": f"QuestionnaireResponse/{form['id']}"}]
    assert f"QuestionnaireResponse/{form['id']}" in page.locator("#packet").inner_text()
    assert tabs.errors == []


def test_a_session_holds_in_a_frame_of_another_site(app, tabs, elsewhere, hapi, chart, doctor):
    address = app(ehr=[entry(elsewhere, auth="asymmetric")])
    tabs.watch(address)
    options = {"client": smart.CLIENTS["asymmetric"], "jwks_url": f"{address}/.well-known/jwks.json"}
    options |= {"framed": 1, "patient": chart["pellwick"], "provider": doctor}

    page = launched(tabs, tabs.open(elsewhere.start(address, **options)))
    frame = page.locator("#frame").element_handle().content_frame()
    frame.locator("#result").wait_for()
    banner, before = frame.locator("header").inner_text(), verdict(frame)
    frame.fill('[name="facility.name"]', "Example Cancer Centre")
    save(frame)
    frame.locator(".form-count", has_text="Draft saved").wait_for()
    kept = frame.locator('[name="facility.name"]').input_value()
    signed(frame)

    (form,), (packet,) = written(hapi, chart["pellwick"])
    assert page.url.startswith(f"{elsewhere.url}/ehr?")
    assert "Pellwick" not in banner  # the EHR said that its frame shows the patient
    assert kept == "Example Cancer Centre"
    assert (before, verdict(frame)) == ("More information needed", "Published criteria look met")
    assert (form["status"], form["subject"]["reference"]) == ("completed", f"Patient/{chart['pellwick']}")
    assert packet["subject"] == form["subject"]
    assert tabs.errors == []


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("auth_invalid_client_id", "does not accept how the assistant is registered there (invalid_client)"),
        ("auth_invalid_redirect_uri", "does not accept what the assistant asks for (invalid_request)"),
        ("auth_invalid_scope", "does not grant what the assistant asks for (invalid_scope)"),
        ("token_invalid_token", "does not accept how the assistant is registered there (invalid_client)"),
        (
            "token_expired_registration_token",
            "does not accept how the assistant is registered there (invalid_client)",
        ),
    ],
)
def test_an_error_of_the_launcher_is_told_in_words_with_a_way_on(
    error, said, app, tabs, launcher, chart, doctor
):
    address = app(ehr=[entry(launcher, auth="asymmetric")])
    options = {"client": smart.CLIENTS["asymmetric"], "patient": chart["pellwick"], "provider": doctor}

    page = launched(tabs, tabs.open(launcher.start(address, error=error, **options)))
    way = page.get_by_role("link", name="Start again with SMART Launcher")
    way.wait_for()

    assert said in page.locator("main").inner_text()
    assert way.get_attribute("href").startswith("/launch.html?iss=")


@pytest.fixture
def hasty(launcher_folder, hapi):
    """A launcher whose access tokens end after a few seconds."""
    with smart.serving(launcher_folder, fhir=hapi.base, token_seconds=SECONDS) as running:
        yield running


def test_a_session_outlives_its_access_token(app, tabs, hasty, hapi, chart, doctor):
    address = app(ehr=[entry(hasty, more_scopes=["offline_access"])])
    page = launched(tabs, tabs.open(hasty.start(address, patient=chart["pellwick"], provider=doctor)))
    page.locator("#result").wait_for()

    page.wait_for_timeout(1000 * SECONDS)
    signed(page)

    (form,), (packet,) = written(hapi, chart["pellwick"])
    assert (form["status"], packet["subject"]) == ("completed", form["subject"])


def test_what_a_token_that_ended_kept_from_the_chart_is_written_after_the_next_launch(
    app, tabs, hasty, hapi, chart, doctor
):
    address = app(ehr=[entry(hasty)])  # no token is renewed without offline_access
    start = hasty.start(address, patient=chart["pellwick"], provider=doctor)
    page = launched(tabs, tabs.open(start))
    page.locator("#result").wait_for()
    page.wait_for_timeout(1000 * SECONDS)
    answer(page)
    sign(page)
    page.locator("#packet", has_text="The signed form is not in the chart").wait_for()
    said, before = page.locator("#packet").inner_text(), written(hapi, chart["pellwick"])

    page = launched(tabs, tabs.open(start))
    page.get_by_role("button", name="Try again to write").click()
    page.locator("#packet", has_text="is in the chart: DocumentReference/").wait_for()

    (form,), _ = written(hapi, chart["pellwick"])
    assert "the access has ended; launch again from the EHR" in said
    assert before == [[], []]
    assert form["status"] == "completed"


@pytest.mark.usefixtures("chart")
def test_patient_and_user_are_chosen_at_the_launcher(app, tabs, launcher):
    address = app(ehr=[entry(launcher)])
    page = launched(tabs, tabs.open(launcher.start(address)))

    page.get_by_role("button", name="Login").click()
    page.get_by_text("Tobias Marrowby").click()
    page.locator("#result").wait_for()

    assert "Marrowby, Tobias" in page.locator("header").inner_text()
    assert "Dr. Rowan Halewick" in page.locator("#audit").inner_text()


def test_a_patient_may_save_and_not_sign(app, tabs, launcher, hapi, chart):
    address = app(ehr=[entry(launcher)])
    options = {
        "kind": smart.PATIENT_PORTAL,
        "patient": chart["pellwick"],
        "skips_login": 1,
        "skips_consent": 1,
    }
    page = launched(tabs, tabs.open(launcher.start(address, **options)))
    page.locator("#result").wait_for()

    page.fill('[name="facility.name"]', "Example Cancer Centre")
    save(page)
    page.locator(".form-count", has_text="Draft saved").wait_for()
    answer(page)
    sign(page)
    page.get_by_text("Only a clinician can sign; you may save a draft.").first.wait_for()

    assert written(hapi, chart["pellwick"]) == [[], []]


def test_a_launch_alone_passes_login_and_consent(app, tabs, launcher, chart):
    iss = launcher.iss_alone(kind=smart.PROVIDER_STANDALONE, patient=chart["marrowby"])
    address = app(ehr=[{**entry(launcher), "iss": iss}])

    page = tabs.open(f"{address}/launch.html")
    page.get_by_role("link", name="SMART Launcher").click()
    page.get_by_role("button", name="Login").click()
    page.get_by_role("button", name="Approve").click()
    page.locator("#result").wait_for()

    assert "Marrowby" in page.locator("header").inner_text()
    assert verdict(page) == "Published criteria look met"
