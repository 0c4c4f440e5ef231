"""A form that another app began is gone on with: what a person answered there is in ours, as theirs."""

import copy

import pytest
from fakes_reviews import (
    CHART,
    COMPLETE,
    DOCTOR,
    ISS,
    FakeWriter,
    Service,
    answers_of,
    facts,
    given,
    policy,
)
from hypothesis import HealthCheck, settings
from hypothesis import given as given_
from hypothesis import strategies as st

from smartapp.outputs.form.answers import author, origin
from smartapp.outputs.form.check import misfits
from smartapp.reviews.submission import submit

_DTR = "http://hl7.org/fhir/us/davinci-dtr/StructureDefinition/"
CANONICAL = policy().form_canonical
NURSE = {"reference": "Practitioner/n1", "display": "Nora Quillfeather"}


def said(source="manual", who=NURSE, **value):
    """An answer with its origin."""
    parts = [{"url": "source", "valueCode": source}] if source else []
    if who and source in ("manual", "override"):
        role = {"coding": [{"code": "nurse"}]}
        named = [
            {"url": "role", "valueCodeableConcept": role},
            {"url": "practitioner", "valueReference": who},
        ]
        parts.append({"url": "author", "extension": named})
    marked = {"extension": [{"url": f"{_DTR}information-origin", "extension": parts}]} if parts else {}
    return {**value, **marked}


def item(link, *answers, **more):
    return {"linkId": link, "text": link, **({"answer": list(answers)} if answers else {}), **more}


def form(*items, ident="other", order="MedicationRequest/o1", **changed):
    context = [{"url": f"{_DTR}qr-context", "valueReference": {"reference": order}}] if order else []
    whole = {
        "resourceType": "QuestionnaireResponse",
        "id": ident,
        "meta": {"versionId": "7"},
        "extension": context,
        "questionnaire": CANONICAL,
        "status": "in-progress",
        "subject": {"reference": "Patient/p"},
        "authored": "2026-05-31T08:00:00Z",
        "author": {"reference": "Practitioner/n1", "display": "Nora Quillfeather"},
        "item": list(items),
    }
    return {key: value for key, value in {**whole, **changed}.items() if value is not None}


def disease(*items):
    return item("disease", item=list(items))


UNRESECTABLE = disease(
    item("unresectable", said(valueBoolean=True)),
    item("unresectable.why", said(valueString="Encases the vessels")),
)


def answered(service, visit, link):
    """The values, the origins and the authors of the answers to a question."""
    found = answers_of(service.reviews.view(visit).draft, link)
    values = [next(v for k, v in a.items() if k.startswith("value")) for a in found]
    return [(value, origin(a), author(a)) for value, a in zip(values, found, strict=True)]


def outcome(service, visit, criterion="advanced"):
    determination = service.reviews.view(visit).review.determination
    return next(str(c.answer) for c in determination.criteria if c.id == criterion)


def opened(*forms, chart=CHART, named=()):
    service = Service(facts(*chart, *forms))
    visit = service.reviews.visits.begin(
        launch="launch-1",
        session="session-1",
        iss=ISS,
        ehr_name="Practice EHR",
        patient="p",
        encounter=None,
        user=DOCTOR.reference,
        user_name=DOCTOR.name,
        banner=True,
        open=False,
        began_at=service.clock(),
    )
    context = [{"reference": name} for name in named]
    return service, service.reviews.arrived(visit, service.chart, fhir_context=context)


def told(service, visit):
    return service.reviews.view(visit).forms


@pytest.mark.requirement("dtr-2.2.0#spec-72")
def test_what_a_person_answered_there_is_ours_with_its_origin_and_its_author():
    service, visit = opened(form(UNRESECTABLE))

    assert answered(service, visit, "unresectable") == [(True, "manual", "Nora Quillfeather")]
    assert answered(service, visit, "unresectable.why") == [
        ("Encases the vessels", "manual", "Nora Quillfeather")
    ]
    assert outcome(service, visit) == "met"
    (taken,) = told(service, visit)
    assert (taken.reference, taken.who, taken.at) == (
        "QuestionnaireResponse/other",
        "Nora Quillfeather",
        "2026-05-31",
    )
    assert taken.is_whole
    assert len(taken.labels) == 2
    assert "took-over" in [line.what for line in service.reviews.view(visit).audit]


@pytest.mark.requirement("dtr-2.2.0#spec-71")
def test_what_was_filled_there_is_left_to_the_chart_and_claims_nothing():
    metastatic = disease(item("metastatic", said("auto", valueBoolean=True)))
    service, visit = opened(form(metastatic))

    assert answered(service, visit, "metastatic") == []
    assert outcome(service, visit) == "unknown"
    assert told(service, visit)[0].labels == ()


@pytest.mark.requirement("dtr-2.2.0#spec-72")
@pytest.mark.parametrize("source", ["manual", "override"])
def test_an_answer_over_one_from_the_chart_is_an_override_and_a_newer_chart_does_not_touch_it(source):
    sex = item(
        "administrative",
        item=[
            item(
                "patient.demog",
                item=[
                    item(
                        "patient.sex",
                        said(
                            source,
                            valueCoding={
                                "system": "https://smartapp.example/fhir/CodeSystem/form-answer",
                                "code": "male",
                            },
                        ),
                    )
                ],
            )
        ],
    )
    service, visit = opened(form(sex))
    before = answered(service, visit, "patient.sex")

    visit = service.reviews.arrived(
        visit, facts(*CHART, given("nivolumab", "1597876", "2024-09-01", "a2"), form(sex))
    )

    assert [(v["code"], o, a) for v, o, a in before] == [("male", "override", "Nora Quillfeather")]
    assert answered(service, visit, "patient.sex") == before


@pytest.mark.requirement("dtr-2.2.0#spec-72")
def test_a_manual_answer_becomes_an_override_once_the_chart_has_one_and_keeps_its_value():
    member = item(
        "administrative",
        item=[item("member.id", item=[item("member.number", said(valueString="M-1"))])],
    )
    service, visit = opened(form(member))
    assert answered(service, visit, "member.number") == [("M-1", "manual", "Nora Quillfeather")]
    coverage = {
        "resourceType": "Coverage",
        "id": "cov",
        "status": "active",
        "subscriberId": "M-2",
        "beneficiary": {"reference": "Patient/p"},
        "payor": [{"display": "Plan"}],
    }

    visit = service.reviews.arrived(visit, facts(*CHART, coverage, form(member)))

    assert answered(service, visit, "member.number") == [("M-1", "override", "Nora Quillfeather")]


@pytest.mark.parametrize("source", [None, "someone"])
def test_an_answer_of_which_nobody_says_whose_it_is_is_not_taken_and_said(source):
    service, visit = opened(form(disease(item("unresectable", said(source, valueBoolean=True)))))

    assert answered(service, visit, "unresectable") == []
    assert "does not say who answered" in told(service, visit)[0].left[0]
    assert outcome(service, visit) == "unknown"


def test_a_read_only_item_is_never_taken():
    age = item(
        "administrative",
        item=[item("patient.demog", item=[item("patient.age", said(valueInteger=12))])],
    )
    service, visit = opened(form(age))

    assert [value for value, _, _ in answered(service, visit, "patient.age")] == [66]
    assert "worked out here" in told(service, visit)[0].left[0]


def test_the_attestation_of_another_is_not_taken():
    attest = item(
        "attest",
        item=[
            item("attest.statement", said(valueBoolean=True)),
            item("attest.name", said(valueString="Nora Quillfeather")),
            item("attest.date", said(valueDate="2026-05-31")),
        ],
    )
    service, visit = opened(form(attest))

    assert [answered(service, visit, f"attest.{name}") for name in ("statement", "name", "date")] == [[]] * 3


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (disease(item("unresectable", said(valueString="yes"))), "none that this form can hold"),
        (
            disease(item("stage.group", said(valueCoding={"system": "https://other.example", "code": "IV"}))),
            "none that this form can hold",
        ),
        (disease(item("surgeon.says", said(valueBoolean=True))), "no question of this form"),
        (item("unresectable", said(valueBoolean=True)), "no question of this form, or not at this place"),
    ],
    ids=["another type", "a code of another system", "an unknown question", "at another place"],
)
def test_an_answer_that_does_not_fit_is_not_taken_and_said(wrong, why):
    service, visit = opened(form(wrong))

    (taken,) = told(service, visit)
    assert taken.labels == ()
    assert why in taken.left[0]
    assert not taken.is_whole


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"questionnaire": CANONICAL.replace("|", "|9.")}, "version 9."),
        ({"questionnaire": CANONICAL.partition("|")[0]}, "an unknown version"),
        ({"subject": None}, "does not say that it is about this patient"),
        ({"item": [{"answer": [{"valueBoolean": True}]}]}, "no valid FHIR"),
    ],
    ids=["another version", "no version", "no subject", "no FHIR"],
)
def test_a_form_that_may_be_missed_is_not_gone_on_with_and_says_why(changed, why):
    service, visit = opened(form(UNRESECTABLE, **changed))

    assert answered(service, visit, "unresectable") == []
    assert why in told(service, visit)[0].why_not
    assert "not-taken-over" in [line.what for line in service.reviews.view(visit).audit]


@pytest.mark.parametrize(
    "changed",
    [
        {"subject": {"reference": "Patient/q"}},
        {"status": "entered-in-error"},
        {"status": "stopped"},
        {"order": "MedicationRequest/o9"},
        {"questionnaire": "https://other.example/fhir/Questionnaire/x|1"},
    ],
    ids=["another patient", "entered in error", "stopped", "another order", "another questionnaire"],
)
@pytest.mark.parametrize("is_named", [False, True])
def test_a_form_that_is_not_for_this_request_gives_nothing_and_is_told_only_to_whoever_named_it(
    changed, is_named
):
    named = ["QuestionnaireResponse/other", "MedicationRequest/o1"] if is_named else ()
    service, visit = opened(form(UNRESECTABLE, **changed), named=named)

    assert answered(service, visit, "unresectable") == []
    assert outcome(service, visit) == "unknown"
    whys = [one.why_not for one in told(service, visit)]
    assert len(whys) == (1 if is_named or changed.get("subject") else 0)


def test_a_completed_form_is_evidence_as_it_stands_and_no_draft_to_go_on_with():
    service, visit = opened(form(UNRESECTABLE, status="completed"))

    view = service.reviews.view(visit)
    met = next(c for c in view.review.determination.criteria if c.id == "advanced")
    assert answered(service, visit, "unresectable") == []
    assert (str(met.answer), met.evidence[0].reference) == ("met", "QuestionnaireResponse/other")


def test_where_both_answered_ours_stands_and_the_criterion_is_open_with_both_shown():
    no = disease(item("unresectable", said(valueBoolean=False)))
    service, visit = opened()
    service.reviews.save(
        visit, service.form(visit, {k: COMPLETE[k] for k in ("unresectable", "unresectable.why")}, token="1")
    )
    assert outcome(service, visit) == "met"

    visit = service.reviews.arrived(visit, facts(*CHART, form(no)))

    view = service.reviews.view(visit)
    assert answered(service, visit, "unresectable") == [(True, "manual", "Dr. Ada Example")]
    assert [(e.field, "Nora Quillfeather answered “No”" in e.text) for e in view.errors] == [
        ("unresectable", True)
    ]
    assert told(service, visit)[0].conflicts == ("Is the melanoma unresectable?",)
    criterion = next(c for c in view.review.determination.criteria if c.id == "advanced")
    shown = {e.reference for e in (*criterion.evidence, *criterion.uncertain)}
    assert str(criterion.answer) == "unknown"
    assert {"QuestionnaireResponse/other", f"QuestionnaireResponse/{visit.work}"} <= shown


def test_what_was_taken_out_here_stays_out():
    sex = {"system": "https://smartapp.example/fhir/CodeSystem/form-answer", "code": "male"}
    male = item(
        "administrative",
        item=[item("patient.demog", item=[item("patient.sex", said("override", valueCoding=sex))])],
    )
    service, visit = opened()
    service.reviews.save(visit, service.form(visit, {"patient.sex": ("",)}, token="1"))

    visit = service.reviews.arrived(visit, facts(*CHART, form(male)))

    assert answered(service, visit, "patient.sex") == []
    assert told(service, visit)[0].conflicts == ("Sex",)


def test_once_taken_the_other_form_is_no_second_witness_against_a_later_change():
    service, visit = opened(form(UNRESECTABLE))

    service.reviews.save(visit, service.form(visit, {"unresectable": ("false",)}, token="1"))

    assert answered(service, visit, "unresectable") == [(False, "manual", "Dr. Ada Example")]
    criterion = next(
        c for c in service.reviews.view(visit).review.determination.criteria if c.id == "advanced"
    )
    shown = {e.reference for e in (*criterion.evidence, *criterion.uncertain)}
    assert "QuestionnaireResponse/other" not in shown


def test_the_same_form_is_taken_once():
    service, visit = opened(form(UNRESECTABLE))
    service.reviews.save(visit, service.form(visit, {"unresectable": ("",)}, token="1"))

    visit = service.reviews.arrived(visit, service.chart)

    assert answered(service, visit, "unresectable") == []
    assert len(told(service, visit)) == 1


@pytest.mark.parametrize(
    "later",
    [
        form(disease(item("unresectable", said(valueBoolean=False)))),
        form(UNRESECTABLE, status="entered-in-error"),
    ],
    ids=["answered otherwise", "entered in error"],
)
def test_what_its_author_took_back_does_not_stay_here(later):
    service, visit = opened(form(UNRESECTABLE))
    assert outcome(service, visit) == "met"

    visit = service.reviews.arrived(visit, facts(*CHART, later))

    assert [value for value, _, _ in answered(service, visit, "unresectable")] in ([False], [])
    assert outcome(service, visit) != "met"


def test_a_form_that_was_completed_otherwise_than_it_was_taken_in_is_a_witness_again():
    """Its new answer would be lost: the draft holds the earlier one, and a completed form is not gone on with."""
    service, visit = opened(form(UNRESECTABLE))
    assert outcome(service, visit) == "met"

    no = disease(item("unresectable", said(valueBoolean=False)))
    visit = service.reviews.arrived(visit, facts(*CHART, form(no, status="completed")))

    criterion = next(
        c for c in service.reviews.view(visit).review.determination.criteria if c.id == "advanced"
    )
    assert str(criterion.answer) == "unknown"
    assert "QuestionnaireResponse/other" in {doubt.reference for doubt in criterion.uncertain}


def test_what_was_changed_here_since_is_not_taken_back_with_it():
    service, visit = opened(form(UNRESECTABLE))
    service.reviews.save(visit, service.form(visit, {"unresectable.why": ("Wraps the aorta",)}, token="1"))

    visit = service.reviews.arrived(visit, facts(*CHART, form(UNRESECTABLE, status="entered-in-error")))

    assert answered(service, visit, "unresectable") == []
    assert [v for v, _, _ in answered(service, visit, "unresectable.why")] == ["Wraps the aorta"]


def test_of_several_the_one_begun_last_is_gone_on_with_and_the_other_is_told():
    old = form(
        disease(item("unresectable", said(valueBoolean=False))),
        ident="older",
        authored="2026-05-01T08:00:00Z",
    )
    service, visit = opened(old, form(UNRESECTABLE))

    assert [v for v, _, _ in answered(service, visit, "unresectable")] == [True]
    assert {(f.reference, f.why_not) for f in told(service, visit)} == {
        ("QuestionnaireResponse/other", ""),
        ("QuestionnaireResponse/older", "another one was begun later"),
    }
    assert outcome(service, visit) == "unknown"  # the two do not agree


def test_the_one_that_the_launch_names_goes_before_a_later_one():
    named = form(UNRESECTABLE, ident="older", authored="2026-05-01T08:00:00Z")
    other = form(disease(item("unresectable", said(valueBoolean=False))))
    service, visit = opened(named, other, named=["QuestionnaireResponse/older"])

    assert [v for v, _, _ in answered(service, visit, "unresectable")] == [True]


def test_a_form_that_the_launch_names_and_that_cannot_be_read_is_told():
    service, visit = opened(named=["QuestionnaireResponse/gone"])

    assert [(f.reference, "could not be read" in f.why_not) for f in told(service, visit)] == [
        ("QuestionnaireResponse/gone", True)
    ]


@pytest.mark.parametrize("is_named", [True, False])
def test_the_signed_form_takes_the_place_of_the_one_that_the_launch_named_and_of_no_other(is_named):
    named = ["QuestionnaireResponse/other"] if is_named else ()
    service, visit = opened(form(UNRESECTABLE), named=named)
    service.reviews.sign(visit, service.form(visit, COMPLETE, token="1"))
    writer = FakeWriter(updates=True)

    submit(service.reviews, visit, writer=writer, packet=lambda: b"%PDF")

    written = next(r for r in writer.taken.values() if r["resourceType"] == "QuestionnaireResponse")
    assert written["status"] == "completed"
    assert (written.get("id"), written["meta"].get("versionId") if "meta" in written else None) == (
        ("other", "7") if is_named else (None, None)
    )


def test_a_form_that_a_later_launch_names_is_replaced_too():
    service, visit = opened(form(UNRESECTABLE))
    named = [{"reference": "QuestionnaireResponse/other"}]
    visit = service.reviews.arrived(visit, service.chart, fhir_context=named)
    service.reviews.sign(visit, service.form(visit, COMPLETE, token="1"))
    writer = FakeWriter(updates=True)

    submit(service.reviews, visit, writer=writer, packet=lambda: b"%PDF")

    written = next(r for r in writer.taken.values() if r["resourceType"] == "QuestionnaireResponse")
    assert (written.get("id"), written["meta"]["versionId"]) == ("other", "7")
    assert len(told(service, visit)) == 1


def line(*answers):
    return item("treatment", item=[item("pd1.lines", item=list(answers))])


def drugs(service, visit):
    rows = [i for i in _items(service.reviews.view(visit).draft) if i["linkId"] == "pd1.lines"]
    return [
        {
            i["linkId"]: next(v for k, v in i["answer"][0].items() if k.startswith("value"))
            for i in row["item"]
        }
        for row in rows
    ]


def _items(node):
    return [found for one in node.get("item", ()) for found in (one, *_items(one))]


def test_a_line_of_treatment_that_a_person_entered_is_one_more_line():
    service, visit = opened(
        form(
            line(
                item("pd1.drug", said(valueString="cemiplimab")), item("pd1.first", said(valueDate="2023-02"))
            )
        )
    )

    assert {"pd1.drug": "cemiplimab", "pd1.first": "2023-02"} in drugs(service, visit)
    assert len(drugs(service, visit)) == 3


def test_a_line_that_the_chart_has_too_takes_what_a_person_added_to_it():
    before = drugs(*opened())
    nivolumab = next(row for row in before if "nivolumab" in row["pd1.drug"].lower())
    filled = [item(link, said("auto", **_typed(value))) for link, value in nivolumab.items()]
    setting = said(
        valueCoding={
            "system": next(
                o["system"] for i in policy_items() if i.link_id == "pd1.setting" for o in i.shown.options
            ),
            "code": "adjuvant",
        }
    )

    service, visit = opened(form(line(*filled, item("pd1.setting", setting))))

    assert len(drugs(service, visit)) == len(before)
    changed = next(row for row in drugs(service, visit) if "nivolumab" in row["pd1.drug"].lower())
    assert changed["pd1.setting"]["code"] == "adjuvant"
    assert told(service, visit)[0].is_whole


def test_a_line_of_which_it_is_not_clear_what_it_is_about_is_not_taken_and_said():
    service, visit = opened(
        form(
            line(
                item("pd1.drug", said("auto", valueString="nowhere on record")),
                item("pd1.last", said(valueDate="2026-01-01")),
            )
        )
    )

    assert drugs(service, visit) == drugs(*opened())
    assert "not clear which of the lines" in told(service, visit)[0].left[0]


def test_a_line_of_which_nobody_says_whose_it_is_is_not_taken_and_said():
    service, visit = opened(form(line(item("pd1.drug", said(None, valueString="cemiplimab")))))

    assert drugs(service, visit) == drugs(*opened())
    assert "does not say who answered" in told(service, visit)[0].left[0]


_ORIGINS = st.sampled_from(["manual", "override", "auto", "auto-server", None, "someone"])
_VALUES = {
    "boolean": st.booleans().map(lambda v: {"valueBoolean": v}),
    "date": st.sampled_from(["2024", "2024-02", "2024-02-30"]).map(lambda v: {"valueDate": v}),
    "integer": st.integers(-5, 200).map(lambda v: {"valueInteger": v}),
    "string": st.text(max_size=5).map(lambda v: {"valueString": v or "x"}),
}


@st.composite
def _foreign(draw, items):
    """Some items of our form, answered as another app might, right or wrong."""
    made = []
    for one in items:
        if not draw(st.booleans()):
            continue
        for _ in range(2 if one.shown.repeats else 1):
            if one.type == "group":
                below = draw(_foreign(one.items))
                made += [item(one.link_id, item=below)] if below else []
            else:
                kind = draw(st.sampled_from(sorted(_VALUES)))
                value = draw(_VALUES.get(one.type, _VALUES[kind]))
                coding = [{"valueCoding": dict(option)} for option in one.shown.options]
                value = draw(st.sampled_from(coding)) if coding and draw(st.booleans()) else value
                made.append(item(one.link_id, said(draw(_ORIGINS), **value)))
    return made


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given_(theirs=_foreign(policy().form))
def test_whatever_another_app_holds_ours_stands_and_what_is_taken_fits_and_has_its_author(theirs):
    service, visit = opened()
    sent = {k: v for k, v in COMPLETE.items() if not k.startswith("attest")}
    service.reviews.save(visit, service.form(visit, sent, token="1"))
    own = {name: answered(service, visit, name) for name in sent}

    visit = service.reviews.arrived(visit, facts(*CHART, form(*theirs)))

    view = service.reviews.view(visit)
    assert {name: answered(service, visit, name) for name in sent} == own
    assert list(misfits(policy().form, view.response.get("item", ()))) == []
    whose = [(origin(a), author(a)) for i in _items(view.draft) for a in i.get("answer", ())]
    assert {o for o, _ in whose} <= {"auto", "manual", "override"}
    assert all(who for o, who in whose if o != "auto")
    assert not answered(service, visit, "attest.statement")


def test_a_form_that_was_refused_fills_in_nothing():
    """Story: its answers came as if from the chart, below the sentence that it was not gone on with."""
    status = next(one for one in policy_items() if one.link_id == "braf.status")
    positive = next(dict(option) for option in status.shown.options if option["code"] == "v600-positive")
    on = item("braf.detail", item=[item("braf.date", said(valueDate="2024-02-30"))])
    treatment = item("treatment", item=[item("braf.status", said(valueCoding=positive)), on])
    service, visit = opened(form(treatment))

    view = service.reviews.view(visit)

    assert [taken.why_not for taken in view.forms] == ["it is no valid FHIR"]
    assert answered(service, visit, "braf.status") == []


def test_no_answer_of_a_clinician_here_is_lost_whatever_the_other_form_holds():
    service, visit = opened()
    sent = {k: v for k, v in COMPLETE.items() if not k.startswith("attest")}
    service.reviews.save(visit, service.form(visit, sent, token="1"))
    before = copy.deepcopy(service.reviews.view(visit).draft["item"])
    opposite = disease(
        item("unresectable", said(valueBoolean=False)),
        item("unresectable.why", said(valueString="")),
        item("metastatic", said("override", valueBoolean=True)),
    )

    visit = service.reviews.arrived(visit, facts(*CHART, form(opposite)))

    assert service.reviews.view(visit).draft["item"] == before


def policy_items():
    def below(items):
        for one in items:
            yield one
            yield from below(one.items)

    return list(below(policy().form))


def _typed(value):
    kind = {bool: "valueBoolean", int: "valueInteger", dict: "valueCoding"}.get(type(value))
    dated = isinstance(value, str) and value[:2] in ("19", "20")
    return {kind or ("valueDate" if dated else "valueString"): value}


@pytest.mark.parametrize(
    "who",
    [
        {"reference": "Patient/p", "display": "Ann Example"},
        {"reference": "https://other.example/fhir/Patient/p"},
        {"reference": "Person/x1"},
        {"type": "RelatedPerson", "display": "Ann Example"},
        {"reference": "urn:uuid:0c0b1a1e-0000-4000-8000-000000000001"},
        {"reference": "Device/robot"},
    ],
)
def test_what_nobody_known_to_be_a_clinician_answered_there_counts_once_a_clinician_has_signed(who):
    """Story: an address before "Patient/p" was enough for the patient's answer to count as a clinician's."""
    theirs = disease(
        item("unresectable", said(valueBoolean=True, who=who)),
        item("unresectable.why", said(valueString="They said so", who=who)),
    )
    service, visit = opened(form(theirs, author=None))
    before = (outcome(service, visit), len(service.reviews.view(visit).waiting))

    left = {name: texts for name, texts in COMPLETE.items() if not name.startswith("unresectable")}
    service.reviews.sign(visit, service.form(visit, left, token="t1"))

    assert before == ("unknown", 2)
    assert service.reviews.view(visit).signature is not None
    assert outcome(service, visit) == "met"


@pytest.mark.parametrize(
    "who",
    [
        {"reference": "https://other.example/fhir/Practitioner/n1"},
        {"reference": "Practitioner/n1/_history/2"},
        {"reference": "PractitionerRole/r1"},
        {"display": "Nora Quillfeather"},
    ],
)
def test_what_a_clinician_answered_there_counts_at_once(who):
    service, visit = opened(form(disease(item("unresectable", said(valueBoolean=True, who=who)))))

    assert (outcome(service, visit), service.reviews.view(visit).waiting) == ("met", ())


@pytest.mark.parametrize(
    ("named", "counts"),
    [
        ({"reference": "Patient/p"}, "unknown"),
        ({"reference": "#1"}, "unknown"),
        (NURSE, "met"),
        (None, "met"),
    ],
)
def test_an_answer_without_an_author_is_of_who_began_the_form(named, counts):
    person = {"resourceType": "Patient", "id": "1"}
    inside = {"contained": [person]} if named == {"reference": "#1"} else {}

    service, visit = opened(
        form(disease(item("unresectable", said(valueBoolean=True, who=None))), author=named, **inside)
    )

    assert outcome(service, visit) == counts
    assert '"#1"' not in str(service.reviews.view(visit).draft).replace("'", '"')


def test_a_question_answered_otherwise_here_and_there_has_one_message_not_two():
    service, visit = opened()
    service.reviews.save(visit, service.form(visit, {"ecog": ("1",)}, token="t1"))
    service.reviews.save(visit, service.form(visit, {"ecog": ("nine",)}, token="t2"))
    before = [error.field for error in service.reviews.view(visit).errors]
    where = next(group for group in policy().form if any(one.link_id == "ecog" for one in group.items))

    theirs = form(item(where.link_id, item=[item("ecog", said(valueInteger=2))]))
    service.reviews.arrived(visit, facts(*CHART, theirs))

    (error,) = service.reviews.view(visit).errors
    assert before == ["ecog"]
    assert error.field == "ecog"
    assert "in another app" in error.text
