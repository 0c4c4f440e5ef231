"""The pages of a review over HTTP: whose they are, what a form that is sent does, and what failures look like."""

import re
from base64 import b64decode
from dataclasses import replace

import pytest
from fakes_reviews import (
    COMPLETE,
    MELANOMA,
    NIVOLUMAB,
    ORDER,
    PATIENT,
    answers_of,
    edited,
    facts,
    fields,
    site,
)

from smartapp.errors import Obstacle, Unreachable
from smartapp.sources.progress import Line
from smartapp.sources.progress import State as Come


def opened(where, client=None, name="launch-1"):
    """A client and the address of its review."""
    client = client or where.app.test_client()
    return client, f"/reviews/{client.get(f'/begin/{name}', base_url=BASE).text}"


BASE = "https://app.example"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; require-trusted-types-for 'script'; frame-ancestors 'none'"
)
"""As ui.md 6 has it; this EHR frames no app."""


def get(client, address):
    return client.get(address, base_url=BASE)


def send(client, address, form):
    listed = {name: list(texts) if isinstance(texts, tuple) else texts for name, texts in form.items()}
    return client.post(address, data=listed, base_url=BASE)


def response(client, address):
    return get(client, f"{address}/response.json").json


@pytest.mark.requirement("ui.md#check-2")
def test_the_page_is_served_whole_and_never_kept_by_a_browser():
    client, address = opened(site())

    page = get(client, address)

    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Content-Security-Policy"] == POLICY
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert "X-Frame-Options" not in page.headers
    assert "Prior-authorization form" in page.text
    assert "More information needed" in page.text
    assert not re.search(r"<script(?! src)|<style| style=| on\w+=", page.text)


@pytest.mark.requirement("ui.md#check-9")
def test_the_form_on_the_page_sent_back_as_it_is_changes_nothing():
    client, address = opened(site())
    before = response(client, address)["item"]

    sent = send(client, f"{address}/form", {**fields(get(client, address).text), "do": "save"})

    assert (sent.status_code, sent.headers["Location"]) == (303, f"{address}#form")
    assert response(client, address)["item"] == before


@pytest.mark.requirement("ui.md#check-8")
def test_an_answer_turns_the_verdict_without_any_script():
    client, address = opened(site())
    page = get(client, address).text

    send(
        client,
        f"{address}/form",
        edited(page, do="save", unresectable="true", braf__status="v600-not-detected"),
    )

    after = get(client, address).text
    assert "Published criteria look met" in after
    assert "Published criteria look met" not in page.partition("Coverage criteria")[0]


def test_missing_answers_are_listed_with_links_when_signing():
    client, address = opened(site())

    sent = send(client, f"{address}/form", edited(get(client, address).text, do="sign"))

    page = get(client, address).text
    assert (sent.status_code, sent.headers["Location"]) == (303, address)
    assert "5 answers need your attention" in page
    assert '<a href="#in-metastatic">Is there distant metastasis?</a>: Answer this question to sign.' in page
    assert 'id="in-metastatic"' in page


def test_what_was_typed_wrongly_stands_in_its_field_with_the_reason():
    client, address = opened(site())

    send(
        client,
        f"{address}/form",
        edited(get(client, address).text, do="save", stage__date="spring", ecog="9"),
    )

    page = get(client, address).text
    assert re.search(r'name="ecog"[^>]*aria-invalid="true"[^>]*value="9"', page)
    assert "Enter a number that is not above 4." in page


def signed(where):
    client, address = opened(where)
    form = {**fields(get(client, address).text), **COMPLETE, "do": "sign"}
    return client, address, send(client, f"{address}/form", form)


def test_signing_writes_to_the_chart_and_leaves_nothing_to_edit():
    where = site()

    client, address, sent = signed(where)

    page = get(client, address).text
    assert (sent.status_code, sent.headers["Location"]) == (303, f"{address}#packet")
    assert [kind["resourceType"] for kind in where.writer.taken.values()] == [
        "QuestionnaireResponse",
        "DocumentReference",
    ]
    assert "QuestionnaireResponse/1" in page
    assert "DocumentReference/2" in page
    assert fields(page) == {}
    assert "Start an amendment" in page


@pytest.mark.parametrize("who", ["Patient/p", "RelatedPerson/r1", "Person/x1"])
def test_a_patient_is_told_beforehand_that_a_clinician_signs_and_can_save(who):
    """Story: the button was there, and only who pressed it was told."""
    client, address = opened(site(user=who, user_name=None))
    page = get(client, address).text

    send(client, f"{address}/form", {**fields(page), **COMPLETE, "do": "save"})

    form, after = page.partition('id="form"')[2], get(client, address).text
    assert "Only a clinician can sign; you may save a draft." in form.partition("<form")[0]
    assert (
        "Answered by the patient, a relative or someone else who is not known to be a clinician, "
        "which counts once a clinician has signed it: Is the" in after
    )
    assert "More information needed</h2>" in after
    assert 'value="sign"' not in page
    assert answers_of(response(client, address), "attest.name")[0]["valueString"] == "Dr. Ada Example"


def test_a_clinician_is_told_nothing_of_who_may_not_sign():
    client, address = opened(site())

    assert "Only a clinician" not in get(client, address).text


def test_a_patient_can_read_what_a_clinician_signed_and_begin_no_amendment():
    where = site()
    signed(where)
    where.users["user"] = "Patient/p"
    client, address = opened(where, name="launch-2")
    page = get(client, address).text
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]+)"', page))

    refused = send(client, f"{address}/form", {**hidden, "do": "amend"})

    assert "Start an amendment" not in page
    assert "Only a clinician can start a new version" in page
    assert (refused.status_code, "Only a clinician can begin an amendment" in refused.text) == (422, True)
    assert response(client, address)["status"] == "completed"


def test_a_form_that_is_sent_twice_to_be_signed_is_written_once():
    where = site()
    client, address = opened(where)
    form = {**fields(get(client, address).text), **COMPLETE, "do": "sign"}

    first, second = send(client, f"{address}/form", form), send(client, f"{address}/form", form)

    assert first.headers["Location"] == second.headers["Location"] == f"{address}#packet"
    assert len(where.writer.asked) == 2
    assert fields(get(client, address).text) == {}


def test_the_address_of_the_form_leads_to_the_form():
    client, address = opened(site())

    assert get(client, f"{address}/form").headers["Location"] == f"{address}#form"


def test_a_chart_that_takes_nothing_leaves_the_downloads_and_a_way_to_try_again():
    where = site()
    where.writer.refuses = True
    client, address, _ = signed(where)
    page = get(client, address).text
    csrf = re.search(r'name="csrf" value="([^"]+)"', page)[1]

    where.writer.refuses = False
    again = send(client, f"{address}/submission", {"csrf": csrf})

    assert "The EHR did not answer in time." in page
    assert f"{address}/submission" in page
    assert again.headers["Location"] == f"{address}#packet"
    assert len(where.writer.taken) == 2
    assert f"{address}/submission" not in get(client, address).text


def test_an_ehr_that_takes_none_from_apps_leaves_the_downloads_and_nothing_to_try_again():
    where = site()
    where.writer.refuses, where.writer.obstacle = True, Obstacle.NOT_SUPPORTED
    where.writer.says = "This EHR takes none from apps."

    client, address, _ = signed(where)

    page = get(client, address).text
    assert "The signed form is not in the chart. This EHR takes none from apps." in page
    assert "The packet is not in the chart. This EHR takes none from apps." in page
    assert "Download the packet (PDF)" in page
    assert "Download the form (FHIR)" in page
    assert "Try again to write" not in page


def test_signing_after_the_launch_ended_keeps_the_answers_and_says_that_nothing_was_signed():
    where = site()
    client, address = opened(where)
    form = {**fields(get(client, address).text), **COMPLETE, "do": "sign"}
    where.launches.clear()

    sent = send(client, f"{address}/form", form)

    again, resumed = opened(where, None, "launch-2")
    assert sent.status_code == 403
    assert "The session has ended, and nothing was signed. Your answers are kept" in sent.text
    assert answers_of(response(again, resumed), "attest.name")[0]["valueString"] == "Dr. Ada Example"
    assert where.writer.taken == {}


@pytest.mark.parametrize("part", ["", "/packet.pdf", "/response.json", "/submission", "/rules/adult"])
def test_what_another_user_launched_before_in_the_same_browser_is_not_shown_any_more(part):
    """The session stays, the launch of the one before is ended: nobody may sign in that one's name."""
    where = site()
    client, address = opened(where)
    del where.launches["launch-1"]
    opened(where, client, "launch-2")

    refused = get(client, address + part)

    assert refused.status_code == 403
    assert "Example" not in refused.text


def test_a_form_that_was_edited_and_sent_once_more_from_the_same_page_is_taken_too():
    """A page that was stopped while it was sent, or came back from the browser's memory, bears the old token."""
    where = site()
    client, address = opened(where)
    page = get(client, address).text
    first = edited(page, do="save", ecog="1")

    for form in (first, first, {**first, "provider.contact": "555-0100"}, {**first, "do": "sign"}):
        send(client, f"{address}/form", form)

    held = response(client, address)
    told = [len(answers_of(held, link)) for link in ("ecog", "provider.contact")]
    lines = [line.what for line in where.store.audit.of(held["id"]) if line.what == "saved"]
    assert (told, len(lines)) == ([1, 1], 3)
    assert "answers need your attention" in get(client, address).text


def test_the_packet_and_the_form_can_be_downloaded():
    client, address, _ = signed(site())

    packet, form = get(client, f"{address}/packet.pdf"), get(client, f"{address}/response.json")

    assert (packet.mimetype, packet.data[:5]) == ("application/pdf", b"%PDF-")
    assert packet.headers["Content-Disposition"] == 'attachment; filename="packet.pdf"'
    assert (form.mimetype, form.json["status"]) == ("application/fhir+json", "completed")


def test_a_signed_packet_never_changes_and_a_draft_follows_the_answers():
    where = site()
    client, address = opened(where)
    draft = get(client, f"{address}/packet.pdf").data
    form = {**fields(get(client, address).text), **COMPLETE, "do": "sign"}

    send(client, f"{address}/form", form)
    first = get(client, f"{address}/packet.pdf").data
    where.clock.at = where.clock.at.replace(minute=10)
    second = get(client, f"{address}/packet.pdf").data

    written = where.writer.taken[list(where.writer.taken)[1]]["content"][0]["attachment"]["data"]
    assert draft != first
    assert first == second == b64decode(written)


def test_an_amendment_opens_the_form_again():
    client, address, _ = signed(site())
    page = get(client, address).text
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]+)"', page))

    send(client, f"{address}/form", {**hidden, "do": "amend"})

    assert "Sign and write to the chart" in get(client, address).text


@pytest.mark.parametrize("part", ["", "/packet.pdf", "/response.json", "/submission"])
def test_another_browser_sees_nothing_of_a_review(part):
    where = site()
    _, address = opened(where)
    stranger = where.app.test_client()
    opened(where, stranger, "launch-2")

    refused = get(stranger, address + part)

    assert refused.status_code == 403
    assert "Example" not in refused.text


@pytest.mark.parametrize("part", ["/form", "/refresh", "/resume", "/submission", "/order"])
@pytest.mark.parametrize("csrf", [None, "", "x" * 43])
def test_nothing_is_changed_without_the_pages_own_token(part, csrf):
    where = site()
    client, address = opened(where)
    before = response(client, address)
    form = {**fields(get(client, address).text), "ecog": "1", "do": "save", "csrf": csrf}

    refused = send(client, address + part, {name: text for name, text in form.items() if text is not None})

    assert refused.status_code == 403
    assert response(client, address) == before


def test_the_token_of_one_review_is_worth_nothing_for_another():
    where = site()
    client, first = opened(where)
    _, second = opened(where, client, "launch-2")
    form = fields(get(client, second).text)

    assert send(client, f"{first}/form", {**form, "do": "save"}).status_code == 403


def test_a_form_sent_after_the_session_ended_is_kept_for_the_next_launch():
    where = site()
    client, address = opened(where)
    form = edited(get(client, address).text, do="save", ecog="1")
    client.delete_cookie("__Host-smartapp", domain="app.example")

    lost = send(client, f"{address}/form", form)
    again, resumed = opened(where, None, "launch-2")

    assert lost.status_code == 403
    assert "Your answers are kept" in lost.text
    assert "What you had entered" not in lost.text
    assert answers_of(response(again, resumed), "ecog")[0]["valueInteger"] == 1


def test_two_windows_of_two_patients_never_mix():
    def chart(launch):
        other = {**PATIENT, "id": "q", "name": [{"text": "Bea Sample"}]}
        return replace(facts(other), patient_id="q") if launch.id == "launch-2" else facts()

    where = site(chart)
    client, first = opened(where)
    where.launches["launch-2"] = None
    _, second = opened(where, client, "launch-2")

    assert "Bea Sample" not in get(client, first).text
    assert "Example" not in get(client, second).text.partition("<main")[0]


def test_the_page_says_at_once_that_the_chart_is_being_read_and_then_shows_it():
    waiting = []
    where = site(later=waiting.append)
    client, address = opened(where)

    reading = get(client, address)
    waiting.pop()()

    assert reading.status_code == 200
    assert "The record is read from Practice EHR" in reading.text
    assert reading.headers["Refresh"] == f"1; url={address}"
    assert "Prior-authorization form" in get(client, address).text


@pytest.mark.parametrize(("do", "place"), [("save", "form"), ("sign", "refresh")])
def test_a_script_that_sends_the_form_is_told_where_to_go_on(do, place):
    client, address = opened(site())
    form = {**fields(get(client, address).text), "do": do}

    answer = client.post(f"{address}/form", data=form, base_url=BASE, headers={"Accept": "application/json"})
    there = get(client, answer.json["next"])

    assert (answer.status_code, answer.json) == (200, {"next": f"{address}/{place}"})
    assert (there.status_code, there.location.partition("#")[0]) == (303, address)


def told(*lines):
    """The page while the reading tells this."""
    where = site(later=lambda _: None)
    client, address = opened(where)
    visits = where.desk.reviews.visits
    visits.tell(
        visits.find(address.rpartition("/")[2]), [Line(type=t, state=s, count=n) for t, s, n in lines]
    )
    return get(client, address).text


def test_while_the_chart_is_read_the_page_names_what_has_come_and_what_is_awaited():
    page = told(
        ("Condition", Come.READ, 1200),
        ("Procedure", Come.READ, 0),
        ("Observation", Come.COMING, 300),
        ("Coverage", Come.AWAITED, 0),
        ("DiagnosticReport", Come.MISSING, 0),
        ("MedicationRequest", Come.MISSING, 4),
    )

    said = re.findall(r"</svg> ([^<]+)</li>", page)
    assert said == [
        "Conditions: 1,200 read",
        "Procedures: none found",
        "Observations: 300 so far, more awaited",
        "Coverages: awaited",
        "Reports: could not be read",
        "Medication orders: 4 read, others could not be",
    ]
    assert "4 of 6 kinds of records read, 1,504 records so far." in page


def test_when_all_has_come_the_page_says_that_the_criteria_are_being_checked():
    assert "1 record so far. The criteria are being checked." in told(("Patient", Come.READ, 1))


def test_a_second_reading_begins_with_nothing_told():
    where = site(later=lambda _: None)
    client, address = opened(where)
    visits = where.desk.reviews.visits
    visit = visits.find(address.rpartition("/")[2])
    visits.tell(visit, [Line(type="Condition", state=Come.READ, count=7)])

    visits.reading(visit, now=where.clock().replace(second=1))

    assert "Waiting for the first answer of Practice EHR" in get(client, address).text


def test_a_slow_ehr_is_not_asked_about_so_often():
    where = site(later=lambda _: None)
    client, address = opened(where)
    where.clock.at = where.clock.at.replace(second=6)

    assert get(client, address).headers["Refresh"] == f"2; url={address}"


def unreachable(_):
    raise Unreachable("The EHR refused access to Patient (403).")


def broken(_):
    raise ValueError("Ann Example 1960-05-04")


@pytest.mark.parametrize(
    ("chart", "said"),
    [
        (unreachable, "The EHR refused access to Patient (403)."),
        (broken, "Something went wrong in this service"),
    ],
)
def test_a_chart_that_cannot_be_read_is_a_page_with_a_way_on(chart, said):
    where = site(chart)
    client, address = opened(where)

    failed = get(client, address)
    where.chart[0] = lambda _: facts()
    csrf = re.search(r'name="csrf" value="([^"]+)"', failed.text)[1]
    send(client, f"{address}/refresh", {"csrf": csrf})

    assert failed.status_code == 502
    assert said in failed.text
    assert "Try again" in failed.text
    assert "Ann Example" not in failed.text
    assert "Prior-authorization form" in get(client, address).text


def test_a_refresh_that_fails_leaves_the_chart_as_it_was_read_before():
    where = site()
    client, address = opened(where)
    csrf = fields(get(client, address).text)["csrf"][0]
    where.chart[0] = unreachable

    send(client, f"{address}/refresh", {"csrf": csrf})
    failed = get(client, address)
    send(client, f"{address}/resume", {"csrf": csrf})

    assert (failed.status_code, "as it was read before" in failed.text) == (502, True)
    assert "Prior-authorization form" in get(client, address).text


def test_a_reading_that_was_lost_ends_with_a_page_and_not_with_waiting():
    where = site(later=lambda _: None)
    client, address = opened(where)
    where.clock.at = where.clock.at.replace(minute=10)

    assert "was given up" in get(client, address).text


def test_several_orders_are_offered_to_choose_from():
    chart = facts(PATIENT, ORDER, {**ORDER, "id": "o2"}, MELANOMA, NIVOLUMAB)
    where = site(lambda _: chart)
    client, address = opened(where)

    choice = get(client, address).text
    csrf = re.search(r'name="csrf" value="([^"]+)"', choice)[1]
    send(client, f"{address}/order", {"csrf": csrf, "order": "MedicationRequest/o2"})

    assert "Which order is this about?" in choice
    context = [e.get("valueReference") for e in response(client, address)["extension"]]
    assert {"reference": "MedicationRequest/o2"} in context


def test_a_launch_that_is_over_says_so_and_keeps_the_answers():
    where = site()
    client, address = opened(where)
    csrf = fields(get(client, address).text)["csrf"][0]
    where.launches.clear()

    over = send(client, f"{address}/refresh", {"csrf": csrf})

    assert over.status_code == 403
    assert "Start again from the EHR; your answers are kept." in over.text


@pytest.mark.parametrize(("site_of_sender", "is_shown"), [("same-origin", True), ("cross-site", False)])
def test_answers_that_nothing_can_keep_are_given_back_on_the_page(site_of_sender, is_shown):
    """After a start without session_keys no review is known any more; another site must not write on our page."""
    client, address = opened(site())
    form = edited(get(client, address).text, do="save", provider__contact="<b>555-0100</b>")
    other = site().app.test_client()

    lost = other.post(f"{address}/form", data=form, base_url=BASE, headers={"Sec-Fetch-Site": site_of_sender})

    told = "<dt>Telephone or fax</dt><dd>&lt;b&gt;555-0100&lt;/b&gt;</dd>"
    assert lost.status_code == 404
    assert ("What you had entered" in lost.text, told in lost.text) == (is_shown, is_shown)
    assert "<b>" not in lost.text


@pytest.mark.parametrize("part", ["/form", "/order", "/refresh", "/resume", "/submission"])
def test_an_address_that_takes_forms_leads_back_to_the_page_when_it_is_opened(part):
    client, address = opened(site())

    assert get(client, address + part).headers["Location"].partition("#")[0] == address


def test_an_unknown_review_is_not_found():
    assert get(site().app.test_client(), "/reviews/none").status_code == 404


def test_a_form_without_its_revision_is_refused():
    client, address = opened(site())
    form = {**fields(get(client, address).text), "revision": "x", "do": "save"}

    assert send(client, f"{address}/form", form).status_code == 400


def test_a_page_is_compressed_for_browsers_that_can_read_it():
    client, address = opened(site())

    plain = get(client, address)
    small = client.get(address, base_url=BASE, headers={"Accept-Encoding": "gzip"})

    assert small.headers["Content-Encoding"] == "gzip"
    assert len(small.data) < len(plain.data) / 4
