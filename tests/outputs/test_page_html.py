"""The page as HTML, through the real templates: what is there, where links lead, what it weighs."""

import gzip
import re
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from flask import Flask, render_template
from outputs.page_reviews import NIVOLUMAB, NOW, PATIENT, WHOLE, WILD_TYPE, Line, drawn, reviewed, without
from spec import fhir

from smartapp.facts import Gap, Remark, Unread
from smartapp.outputs import timeline
from smartapp.outputs.form.draw import draw
from smartapp.outputs.form.names import numbered
from smartapp.outputs.history import history
from smartapp.outputs.page import progress, rule_page
from smartapp.web import pages

LINKS = {
    name: f"/reviews/r1/{name}" for name in ("refresh", "packet", "response", "submission", "close", "rules")
}
TOKEN = "t" * 43
YOUNG = {**PATIENT, "birthDate": "2010-03-04"}
REFUSED = Unread(type="Procedure", gap=Gap.NOT_GRANTED, text="The EHR refused access to Procedure (403).")
STATES = {
    "all met": reviewed(*WHOLE),
    "missing": reviewed(*without(NIVOLUMAB, WILD_TYPE)),
    "not met": reviewed(YOUNG, *without(PATIENT)),
    "not applicable": reviewed({**PATIENT, "deceasedBoolean": True}, *without(PATIENT)),
    "investigational": reviewed(*WHOLE, order=fhir.request("LN-145", id="order")),
    "no coverage": reviewed(*WHOLE[:-1]),
    "some types unread": reviewed(*without(NIVOLUMAB), unread=[REFUSED]),
    "nothing on record": reviewed(PATIENT),
    "no policy": reviewed(PATIENT, order=fhir.service("hcpcs:S2107", id="order")),
}


@pytest.fixture(scope="module")
def app():
    app = Flask("smartapp", static_folder=None)
    app.register_blueprint(pages.blueprint())
    return app


@dataclass
class Seen(HTMLParser):
    """The ids, links, attributes and words of a page."""

    def __init__(self, html):
        super().__init__()
        self.ids, self.hrefs, self.attributes, self.tags, self.words = [], [], set(), [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.append((tag, given))
        self.attributes |= set(given)
        self.ids += [given["id"]] if "id" in given else []
        self.hrefs += [given["href"]] if "href" in given else []

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


def html(app, seen, *, signature=None, written=(), links=LINKS, **seat):
    given = numbered(seen.policy.form, seen.response().get("item", ()))
    form = draw(seen.policy, given, seen.facts, reader="Ada Example", is_signed=signature is not None)
    told = history(seen.policy, seen.facts, seen.run)
    with app.test_request_context():
        return render_template(
            "review.html",
            page=drawn(seen, **seat),
            form=replace(form, action="/reviews/r1/form", hidden={"csrf": TOKEN, "token": TOKEN}),
            history=told,
            timeline=timeline.svg(told),
            links=links,
            csrf=TOKEN,
            signature=signature,
            written=written,
            saved_at=None,
        )


@pytest.fixture(scope="module")
def documents(app):
    """The page of each state."""
    return {state: html(app, seen) for state, seen in STATES.items()}


@pytest.mark.parametrize("state", STATES)
def test_every_link_within_the_page_leads_somewhere_and_every_id_is_there_once(documents, state):
    page = Seen(documents[state])

    assert len(page.ids) == len(set(page.ids))
    assert {href[1:] for href in page.hrefs if href.startswith("#")} - set(page.ids) == set()


@pytest.mark.parametrize("state", STATES)
def test_nothing_is_approved_or_denied(documents, state):
    text = Seen(documents[state]).text.replace("FDA-approved indication", "")

    assert not re.search(r"\b(approv|deni(ed|al)|eligib|guarantee)", text, re.IGNORECASE)


@pytest.mark.parametrize("state", STATES)
def test_every_state_has_a_word_beside_its_mark(documents, state):
    page = documents[state]

    words = re.findall(r'<span class="badge is-(\w+)"><svg[^>]*>.*?</svg> ([\w ]+)<', page)
    assert set(words) <= {("met", "Met"), ("open", "Open"), ("unmet", "Not met")}
    assert len(words) == len(STATES[state].determination.criteria)


@pytest.mark.parametrize("state", STATES)
def test_nothing_is_inline_so_that_the_strict_policy_holds(documents, state):
    page = Seen(documents[state])

    assert "style" not in page.attributes
    assert not [name for name in page.attributes if name.startswith("on")]
    assert [
        tag for tag, given in page.tags if tag == "style" or (tag == "script" and "src" not in given)
    ] == []


@pytest.mark.parametrize("state", STATES)
def test_page_style_and_script_weigh_less_than_sixty_kilobytes(app, documents, state):
    client = app.test_client()
    files = [client.get(f"/static/{name}") for name in ("review.css", "review.js", "icon.svg")]

    document = gzip.compress(documents[state].encode())

    assert len(document) + sum(len(file.data) for file in files) < 60_000


@pytest.mark.parametrize(
    ("state", "headline"),
    [
        ("all met", "Published criteria look met"),
        ("missing", "More information needed"),
        ("not met", "Published criteria not met"),
        ("not applicable", "Policy does not apply"),
        ("investigational", "Investigational under the policy"),
        ("no coverage", "Published criteria look met"),
        ("some types unread", "More information needed"),
        ("nothing on record", "More information needed"),
        ("no policy", "No policy covers this order"),
    ],
)
def test_the_headline_of_each_state(documents, state, headline):
    assert f"</svg> {headline}</h2>" in documents[state]


def test_a_missing_coverage_and_unread_types_are_said(app):
    assert "No active insurance coverage was found" in Seen(html(app, STATES["no coverage"])).text
    assert (
        "Not everything could be read. What was not read is not taken for absent. "
        "The EHR refused access to Procedure (403). Touches: Previous anti-PD-1 treatment"
    ) in Seen(html(app, STATES["some types unread"])).text


def test_the_patient_is_on_paper_always_and_on_the_screen_when_the_ehr_shows_none(app):
    shown = html(app, STATES["all met"], banner=True)
    hidden = html(app, STATES["all met"], banner=False)

    assert '<p class="patient">' in shown
    assert '<p class="patient on-paper">' in hidden
    assert "Testa Invented" in hidden


def test_the_result_stays_in_sight_while_the_form_is_filled(documents):
    page = documents["missing"]

    assert '<a class="badge is-open" href="#result">' in page.partition("</header>")[0]


def test_an_open_test_server_is_said_to_be_one(app):
    assert "Open test server, no real patients." in Seen(html(app, STATES["all met"], open=True)).text
    assert "Open test server" not in html(app, STATES["all met"])


def test_what_the_chart_says_is_text_and_never_markup(app):
    evil = fhir.administration("nivolumab <script>alert(1)</script>", id="evil")

    page = html(app, reviewed(*without(NIVOLUMAB), evil))

    assert "<script>alert" not in page
    assert "nivolumab &lt;script&gt;" in page


def test_the_chart_has_its_time_and_a_way_to_read_it_again(app):
    page = html(app, STATES["all met"])

    assert '<time datetime="2026-06-01T12:00+00:00">2026-06-01 12:00 UTC</time>, 7 records' in page
    assert '<form method="post" action="/reviews/r1/refresh">' in page


def test_the_result_leads_on_to_the_form_only_where_nothing_else_is_to_be_done_first(documents, app):
    signature = SimpleNamespace(who="Ada Example, MD", at=NOW, method="by the user whom the EHR named")

    found = {state for state, page in documents.items() if "Look through the form" in page}
    signed = html(app, STATES["all met"], signature=signature)

    assert found == {"all met", "no coverage"}
    said = re.search(r'<a class="go" href="#form">(.*)</a>', documents["all met"])[1]
    assert re.fullmatch(
        r"Look through the form, give the \d required answers that are missing, and sign it\.", said
    )
    assert "Look through the form" not in signed


@pytest.mark.parametrize("state", ["all met", "missing", "not applicable"])
def test_the_result_says_whether_it_is_signed_and_leads_to_what_was_made_of_it(documents, app, state):
    signature = SimpleNamespace(who="Ada Example, MD", at=NOW, method="by the user whom the EHR named")

    def at_the_top(page):
        return Seen(page.partition('id="criteria"')[0])

    signed = at_the_top(html(app, STATES[state], signature=signature))

    assert "Signed by Ada Example, MD on 2026-06-01 ." in signed.text
    assert "#packet" in signed.hrefs[signed.hrefs.index("#packet") + 1 :]
    assert "Signed" not in at_the_top(documents[state]).text


def test_a_rule_goes_on_paper_only_where_a_reader_opened_it(documents):
    for state, page in documents.items():
        rules = len(STATES[state].determination.criteria)
        assert page.count('<details class="more off-paper"><summary>The rule behind it') == rules


def test_a_part_without_an_address_is_left_out(app):
    page = html(app, STATES["all met"], links={})

    assert "Read the chart again" not in page
    assert "End session" not in page


def test_what_is_in_the_chart_and_what_is_not_is_told_after_signing(app):
    signature = SimpleNamespace(who="Ada Example, MD", at=NOW, method="by the user whom the EHR named")
    written = (
        SimpleNamespace(what="questionnaire-response", reference="QuestionnaireResponse/7", why_not=None),
        SimpleNamespace(what="packet", reference=None, why_not="The EHR refused it (403)."),
    )

    text = Seen(html(app, STATES["all met"], signature=signature, written=written)).text

    assert "Signed by Ada Example, MD on 2026-06-01 , by the user whom the EHR named." in text
    assert "The signed form is in the chart: QuestionnaireResponse/7" in text
    assert "The packet is not in the chart. The EHR refused it (403)." in text
    assert "Try again to write to the chart" in text


def test_what_is_good_to_know_is_announced_beside_the_result(documents):
    page = documents["no coverage"]

    number = len(STATES["no coverage"].determination.notices)
    said = "1 thing to know" if number == 1 else f"{number} things to know"
    assert f'<a href="#known">{said}</a>' in page.partition('id="criteria"')[0]


def test_remarks_on_the_data_are_told_apart_from_what_matters(app):
    odd = Remark(
        code="odd-resource", text="An entry is no resource and was left out.", reference="Observation/x"
    )

    text = Seen(html(app, reviewed(*WHOLE, remarks=[odd]))).text

    assert "1 remark on the data An entry is no resource and was left out. Observation/x" in text


def test_the_information_of_the_label_is_there(app):
    text = Seen(html(app, STATES["all met"])).text

    for sentence in STATES["all met"].policy.information:
        assert sentence in text


def test_the_audit_trail_tells_when_what_and_who(app):
    lines = (
        Line(what="signed", who="Practitioner/1", detail={"method": "attested"}),
        Line(what="saved", who="Practitioner/2"),
        Line(
            what="saved", who="Practitioner/3", detail={"entered": ["I have reviewed these answers.", "Date"]}
        ),
        Line(what="something-new", detail={"types": ["A", "B"], "counts": {"a": 1}}),
    )

    text = Seen(html(app, STATES["all met"], audit=lines)).text

    assert "2026-06-01 12:00 UTC Signed Ada Example method: attested" in text
    assert "Draft saved Practitioner/2 -" in text
    assert "Draft saved Practitioner/3 entered: I have reviewed these answers, Date" in text
    assert "Something new smartapp types: A, B; counts: a 1" in text


@pytest.mark.parametrize("criterion", ["adult", "melanoma", "advanced", "anti-pd1", "braf"])
def test_the_whole_rule_has_a_page_with_a_way_back(app, criterion):
    seen = STATES["missing"]
    rule = rule_page(seen.policy, seen.determination, seen.run, criterion=criterion)

    with app.test_request_context():
        page = Seen(render_template("rule.html", rule=rule, back="/reviews/r1"))

    assert f"/reviews/r1#criterion-{criterion}" in page.hrefs
    assert [tag for tag, _ in page.tags].count("h2") == len(rule.rules) > 5
    assert f"The policy asks: {rule.asks}" in page.text


def test_the_page_that_reads_goes_on_without_script(app):
    with app.test_request_context():
        told = progress([SimpleNamespace(type="Condition", state="read", count=3)])
        page = render_template("reading.html", ehr="Practice EHR", progress=told, again="/r")

    seen = Seen(page)
    assert "The record is read from Practice EHR;" in seen.text
    assert "Conditions: 3 read" in seen.text
    assert "/r" in seen.hrefs
    assert [tag for tag, _ in seen.tags if tag == "script"] == []


def test_files_are_sent_compressed_to_a_browser_that_takes_it_and_plain_to_any_other(app):
    client = app.test_client()

    packed = client.get("/static/review.css", headers={"Accept-Encoding": "gzip"})
    plain = client.get("/static/review.css")

    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert "Content-Encoding" not in plain.headers
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert "Accept-Encoding" in plain.headers["Vary"]


def test_a_file_under_the_address_that_names_its_content_may_be_kept(app):
    with app.test_request_context():
        address = render_template("base.html").partition('rel="stylesheet" href="')[2].partition('"')[0]
    client = app.test_client()

    kept = client.get(address).headers["Cache-Control"]
    asked = client.get("/static/review.css").headers["Cache-Control"]

    assert (kept, asked) == ("public, max-age=31536000, immutable", "no-cache")
    assert client.get("/static/../pages.py").status_code == 404
