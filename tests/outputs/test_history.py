"""The therapy history: only what the record shows, in the precision in which it shows it."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from outputs.charts import NIVOLUMAB, told
from spec import fhir

from smartapp.elm import DefineError
from smartapp.errors import BadPolicy
from smartapp.facts import Facts, Gap, Unread
from smartapp.flow import review
from smartapp.outputs.form.answers import ORIGIN, SOURCE
from smartapp.outputs.history import history
from smartapp.policies import load_catalog
from smartapp.policies.catalog import DEFAULT_FOLDER
from smartapp.policies.history import read_history

KEYTRUDA_BY_NDC = "ndc:00006508301"


def brief(found):
    return [(t.agent, t.start, t.stop, t.said) for t in found.therapies]


def test_doses_that_follow_each_other_are_one_row_with_every_source():
    found = told(*(fhir.administration(NIVOLUMAB, on=f"2025-0{month}-03") for month in (2, 3, 4)))

    (row,) = found.therapies
    assert (row.agent, row.kind, row.start, row.stop) == (
        "nivolumab",
        "anti-PD-1 antibody",
        "2025-02-03",
        "2025-04-03",
    )
    assert row.said == "given, 3 doses on record"
    assert row.last_said == "2025-04-03 (last on record)"
    assert row.references == tuple(f"MedicationAdministration/r{n}" for n in range(3))


@pytest.mark.parametrize(
    "drug", [None, "", "nivolumab", 1.5, ["x", None], {"coding": "x"}, {"coding": [None]}]
)
def test_a_treatment_whose_drug_is_no_concept_costs_no_other(drug):
    odd = {**fhir.administration(NIVOLUMAB, on="2025-03-03"), "medicationCodeableConcept": drug}

    found = told(fhir.administration(NIVOLUMAB, on="2025-02-03"), odd)

    assert brief(found) == [("nivolumab", "2025-02-03", "2025-02-03", "given")]


def test_a_long_pause_is_two_rows_because_one_bar_would_claim_treatment_in_between():
    found = told(
        fhir.administration(NIVOLUMAB, on="2021-02-03"), fhir.administration(NIVOLUMAB, on="2025-02-03")
    )

    assert brief(found) == [
        ("nivolumab", "2021-02-03", "2021-02-03", "given"),
        ("nivolumab", "2025-02-03", "2025-02-03", "given"),
    ]


@pytest.mark.parametrize(("last", "rows"), [("2025-05-01", 1), ("2025-05-02", 2), ("2025-05", 1)])
def test_a_pause_is_long_after_120_days(last, rows):
    found = told(fhir.administration(NIVOLUMAB, on="2025-01-01"), fhir.administration(NIVOLUMAB, on=last))

    assert len(found.therapies) == rows


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_one_dose_with_a_date_and_one_without_stand_beside_each_other(order):
    """Sorting a date against "no date" once took the whole page down."""
    doses = [fhir.administration(NIVOLUMAB, on="2025-02-03"), fhir.administration(NIVOLUMAB, on=None)]

    found = told(*(doses[n] for n in order))

    assert brief(found) == [
        ("nivolumab", "2025-02-03", "2025-02-03", "given"),
        ("nivolumab", None, None, "given"),
    ]


def test_what_was_only_ordered_is_said_to_be_only_ordered():
    found = told(fhir.request(NIVOLUMAB, status="active", on="2025-02-03"))

    (row,) = found.therapies
    assert (row.ordered_only, row.caution) == (True, "")
    assert row.said == "ordered; the record does not show that it was given"


def test_an_order_that_was_followed_by_the_drug_is_told_with_it():
    found = told(
        fhir.request(NIVOLUMAB, status="completed", on="2025-02-01"),
        fhir.administration(NIVOLUMAB, on="2025-02-03"),
    )

    (row,) = found.therapies
    assert row.said == "given; also ordered"
    assert row.also_ordered == ("MedicationRequest/r0",)


def test_an_order_of_the_last_day_is_told_with_the_drug():
    found = told(
        fhir.administration(NIVOLUMAB, on="2025-02-03"),
        fhir.request(NIVOLUMAB, status="completed", on="2025-02-03"),
    )

    assert [row.said for row in found.therapies] == ["given; also ordered"]


def test_an_order_is_not_told_with_what_leaves_open_whether_the_drug_was_given():
    found = told(
        fhir.request(NIVOLUMAB, status="completed", on="2025-02-01"),
        fhir.administration(NIVOLUMAB, status="unknown", on="2025-02-03"),
    )

    assert [(row.ordered_only, row.also_ordered) for row in found.therapies] == [(True, ()), (False, ())]


def test_an_order_after_the_last_dose_is_a_row_of_its_own():
    found = told(
        fhir.administration(NIVOLUMAB, on="2025-02-03"),
        fhir.request(NIVOLUMAB, status="active", on="2025-03-03"),
    )

    assert [row.ordered_only for row in found.therapies] == [False, True]


def test_the_order_under_review_is_no_therapy():
    assert told().therapies == ()


def test_dates_keep_their_precision_and_undated_rows_come_last():
    found = told(
        fhir.administration("rxnorm:1425098|trametinib", on=None),
        fhir.administration(NIVOLUMAB, on="2024"),
        fhir.administration("rxnorm:1547545|pembrolizumab", on="2023-07"),
    )

    assert brief(found) == [
        ("pembrolizumab", "2023-07", "2023-07", "given"),
        ("nivolumab", "2024", "2024", "given"),
        ("trametinib", None, None, "given"),
    ]


def test_a_code_without_a_display_still_names_its_drug():
    found = told(fhir.administration(KEYTRUDA_BY_NDC))

    assert found.therapies[0].agent == "pembrolizumab"


def test_a_drug_that_is_not_identified_is_told_as_it_was_recorded():
    found = told(fhir.administration("pembro 200 mg q3w"))

    (row,) = found.therapies
    assert (row.agent, row.kind) == ("pembro 200 mg q3w", "possible anti-PD-1 antibody")
    assert row.doubt == "it is open whether this is a drug that the policy means"


def test_a_name_beside_an_abbreviation_identifies_the_drug():
    found = told(fhir.administration("ipi-nivo (nivolumab 3 mg/kg)"))

    (row,) = found.therapies
    assert (row.agent.split(" + ")[0], row.doubt) == ("nivolumab", None)


def test_a_combination_is_of_every_class_that_it_holds():
    found = told(fhir.administration("dabrafenib and trametinib"))

    (row,) = found.therapies
    assert (row.agent, row.kind) == ("dabrafenib + trametinib", "BRAF inhibitor + MEK inhibitor")


def test_a_period_gives_an_end_and_the_recorded_reason():
    found = told(
        fhir.statement(
            NIVOLUMAB, status="stopped", start="2025-02-03", end="2025-08-01", because=["progression"]
        )
    )

    (row,) = found.therapies
    assert (row.ended, row.last_said) == (True, "2025-08-01")
    assert row.said == "taken, then stopped; recorded reason: progression"


def test_an_active_statement_is_recorded_as_ongoing():
    found = told(fhir.statement(NIVOLUMAB, status="active", start="2025-02-03"))

    assert found.therapies[0].last_said == "ongoing, as recorded"


def test_adjuvant_and_later_treatment_are_kept_apart():
    found = told(
        fhir.administration(NIVOLUMAB, on="2025-02-03", note="adjuvant"),
        fhir.administration(NIVOLUMAB, on="2025-03-03"),
    )

    assert [(row.start, row.adjuvant) for row in found.therapies] == [
        ("2025-02-03", True),
        ("2025-03-03", False),
    ]


def test_a_treatment_after_the_planned_date_is_in_doubt():
    found = told(fhir.administration(NIVOLUMAB, on="2027-01-01"))

    assert found.therapies[0].doubt == "dated after the planned date or the day of asking"


def test_a_medicine_of_no_shown_class_is_left_out_and_the_note_says_so():
    found = told(fhir.statement("metformin 500 mg"))

    assert found.therapies == ()
    assert "not listed" in found.note


def test_braf_results_stage_and_course_of_disease_are_events_by_date():
    found = told(
        fhir.condition("icd10cm:C43.59"),
        fhir.observation("loinc:97509-4", value="snomed:271299001|Worsened", on="2025-09-12"),
        fhir.observation("loinc:21907-1", value="snomed:1229910003|cM1c", on="2025-01"),
        fhir.observation("loinc:53844-7", value="snomed:260415000|Not detected", on="2025-01-20"),
    )

    assert [(e.kind, e.text, e.on, e.doubt) for e in found.events] == [
        ("metastasis", "cM1c", "2025-01", None),
        ("braf", "BRAF V600 not detected", "2025-01-20", None),
        ("status", "Progression", "2025-09-12", None),
    ]


def test_a_result_that_is_not_final_is_in_doubt():
    found = told(
        fhir.observation("loinc:53844-7", value="snomed:260415000|Not detected", status="preliminary")
    )

    assert [(e.text, e.doubt) for e in found.events] == [("BRAF V600 not detected", "not a final result")]


def line(drug, first, *, origin):
    told_by = {"url": fhir.DTR + "/information-origin", "extension": [{"url": "source", "valueCode": origin}]}
    return {
        "linkId": "pd1.lines",
        "item": [
            {"linkId": "pd1.drug", "answer": [{"valueString": drug, "extension": [told_by]}]},
            {"linkId": "pd1.first", "answer": [{"valueDate": first, "extension": [told_by]}]},
        ],
    }


def test_a_line_that_a_clinician_entered_is_a_row_and_one_that_the_chart_filled_is_not():
    items = [
        line("Keytruda", "2024-03-01", origin="manual"),
        line("an experimental drug", "2024-05-01", origin="override"),
        line("nivolumab", "2025-02-03", origin="auto"),
    ]

    found = told(fhir.answers({}, fhir={"item": items}))

    assert [(t.agent, t.kind, t.start, t.said) for t in found.therapies] == [
        ("pembrolizumab", "anti-PD-1 antibody", "2024-03-01", "as answered in the form"),
        ("an experimental drug", "class not known", "2024-05-01", "as answered in the form"),
    ]


def test_answers_on_braf_and_outcome_are_events():
    found = told(
        fhir.answers(
            {
                "pd1.outcome": "progression-on",
                "pd1.outcome.date": {"valueDate": "2025-09-12"},
                "braf.status": "v600-positive",
            }
        )
    )

    assert [(e.text, e.on, e.answered) for e in found.events] == [
        ("Progression on anti-PD-1", "2025-09-12", True),
        ("BRAF V600 positive", None, True),
    ]


def test_what_could_not_be_read_is_said_because_its_rows_may_be_missing():
    refused = Unread(type="MedicationAdministration", gap=Gap.NOT_GRANTED, text="The EHR refused it.")
    other = Unread(type="Coverage", gap=Gap.FAILED, text="Coverage failed.")

    assert told(unread=(refused, other)).gaps == ("The EHR refused it.",)


class Failing:
    """An evaluation in which every define fails."""

    today = "2026-06-01"

    def also(self, _):
        return self

    def value(self, name):
        raise DefineError(name, "failed")


def test_a_define_that_fails_leaves_its_rows_out_and_is_told():
    policy = load_catalog().policy("TILMelanoma")

    found = history(policy, Facts(patient_id="p", resources=()), Failing())

    assert (found.therapies, found.events) == ((), ())
    assert [gap.split('"')[1] for gap in found.gaps] == list(policy.history.defines)


def test_a_policy_without_a_history_offers_none():
    policy = load_catalog(DEFAULT_FOLDER, Path("tests/policies/second").absolute()).policy("NivolumabKidney")
    facts = Facts(patient_id="k", resources=({"resourceType": "Patient", "id": "k"},))
    seen = review(policy, facts, order=None, now=datetime(2026, 6, 1, tzinfo=UTC))

    assert history(policy, seen.facts, seen.run).offered is False


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"treatment": "X"}, "history.treatment"),
        ({"class": [{"label": "x", "names": ["aspirin"]}]}, "aspirin"),
        ({"class": [{"label": "x", "drugs": ["no-such-set"]}]}, "no-such-set"),
    ],
)
def test_a_history_that_names_something_unknown_is_refused_when_it_is_loaded(change, named):
    policy = load_catalog().policy("TILMelanoma")
    text = {"treatments": "Therapy History", "class": [], **change}

    with pytest.raises(KeyError, match=named):
        read_history(text, value_sets={}, labels={}, terms=policy.terms)


def test_a_define_that_the_form_library_does_not_have_is_refused_when_it_is_loaded(tmp_path):
    for path in DEFAULT_FOLDER.rglob("*.json"):
        if "node_modules" not in path.parts and "translate" not in path.parts:
            copy = tmp_path / path.relative_to(DEFAULT_FOLDER)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    text = (DEFAULT_FOLDER / "TILMelanoma.toml").read_text("utf-8")
    (tmp_path / "TILMelanoma.toml").write_text(text.replace('"History Events"', '"No Such Define"'), "utf-8")

    with pytest.raises(BadPolicy, match="No Such Define"):
        load_catalog(tmp_path)


def test_the_history_is_plain_data_that_a_template_can_show():
    found = told(fhir.administration(NIVOLUMAB))

    assert json.dumps([t.references for t in found.therapies])


def test_a_source_says_one_thing_of_a_kind():
    found = told(
        fhir.condition("icd10cm:C43.59"), fhir.condition("icd10cm:C78.01|Lung metastasis of melanoma")
    )

    assert [(e.kind, e.text) for e in found.events] == [("metastasis", "Metastatic melanoma")]


def test_a_name_is_remarked_only_where_a_code_could_have_said_it():
    found = told(fhir.administration("Opdivo"), fhir.administration("ipilimumab"))

    assert [(t.agent, t.by_name) for t in found.therapies] == [("ipilimumab", False), ("nivolumab", True)]


def test_one_dose_with_a_code_is_enough_not_to_remark_the_name():
    found = told(
        fhir.administration("Opdivo", on="2025-02-03"), fhir.administration(NIVOLUMAB, on="2025-03-03")
    )

    assert [(len(t.references), t.by_name) for t in found.therapies] == [(2, False)]


def test_a_line_that_a_clinician_changed_stands_in_place_of_the_doses_that_had_filled_it_in():
    """After an override of one date in a line, nivolumab stood there twice."""
    doses = [fhir.administration(NIVOLUMAB, on=f"2025-0{month}-03") for month in (2, 3)]
    line = _line("nivolumab", "2025-02-03", "2025-04-30", sources=("r0", "r1"))

    found = told(*doses, line)

    (row,) = found.therapies
    assert (row.agent, row.start, row.stop, row.answered) == ("nivolumab", "2025-02-03", "2025-04-30", True)
    assert row.said == "as answered in the form; on record: nivolumab 2025-02-03 to 2025-03-03"
    assert set(row.references) == {
        "QuestionnaireResponse/r2",
        "MedicationAdministration/r0",
        "MedicationAdministration/r1",
    }


def test_a_dose_that_the_changed_line_does_not_stand_for_keeps_its_row():
    doses = [fhir.administration(NIVOLUMAB, on=day) for day in ("2021-02-03", "2025-02-03")]

    found = told(*doses, _line("nivolumab", "2025-02-03", "2025-04-30", sources=("r1",)))

    assert [(row.start, row.answered) for row in found.therapies] == [
        ("2021-02-03", False),
        ("2025-02-03", True),
    ]


def test_an_answer_that_repeats_a_result_is_no_second_result():
    result = fhir.observation(
        "loinc:53844-7|BRAF gene mutations", value="snomed:260415000|Not detected", on="2025-01-20"
    )
    same, other = (_answered("braf.status", code) for code in ("v600-not-detected", "v600-positive"))

    found = [[event.text for event in told(result, form).events] for form in (same, other)]

    assert found == [
        ["BRAF V600 not detected"],
        ["BRAF V600 not detected", "BRAF V600 positive"],
    ]


def _line(drug, first, last, *, sources):
    """A line of therapy with its last date changed by a clinician."""
    filled = [_source(name) for name in sources]
    return _form(
        {
            "linkId": "pd1.lines",
            "item": [
                {"linkId": "pd1.drug", "answer": [{"valueString": drug, "extension": filled}]},
                {"linkId": "pd1.first", "answer": [{"valueDate": first, "extension": filled}]},
                {"linkId": "pd1.last", "answer": [{"valueDate": last, "extension": [_OVERRIDE, *filled]}]},
            ],
        }
    )


def _answered(link_id, code):
    return _form(
        {"linkId": link_id, "answer": [{"valueCoding": {"code": code}, "extension": [_OVERRIDE]}]},
    )


def _form(item):
    return {
        "resourceType": "QuestionnaireResponse",
        "id": "f",
        "status": "in-progress",
        "subject": {"reference": "Patient/patient"},
        "item": [item],
    }


def _source(name):
    return {"url": SOURCE, "valueReference": {"reference": f"MedicationAdministration/{name}"}}


_OVERRIDE = {"url": ORIGIN, "extension": [{"url": "source", "valueCode": "override"}]}
