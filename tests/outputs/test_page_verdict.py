"""The verdict of the page: what an oncologist sees in twenty seconds."""

import re

import pytest
from outputs.page_reviews import (
    COVERAGE,
    LUNG,
    MELANOMA,
    NIVOLUMAB,
    PATIENT,
    WHOLE,
    WILD_TYPE,
    Seat,
    drawn,
    reviewed,
    without,
)
from spec import fhir

from smartapp.elm import DefineError
from smartapp.facts import Gap, Unread
from smartapp.outputs.page import page
from smartapp.outputs.page.view import Fact, Link, Mark

YOUNG = {**PATIENT, "birthDate": "2010-03-04"}
DEAD = {**PATIENT, "deceasedBoolean": True}
OTHER_PRODUCT = fhir.request("LN-145 TIL infusion", id="order")


def test_a_record_that_shows_everything_looks_met_and_has_no_gap():
    verdict = drawn(reviewed(*WHOLE)).verdict

    assert (verdict.mark, verdict.word) == (Mark.MET, "Published criteria look met")
    assert (verdict.counted, verdict.reason, verdict.gaps) == ("5 of 5 criteria met", "", ())


def test_what_is_missing_is_a_gap_with_a_link_to_the_question_that_settles_it():
    verdict = drawn(reviewed(*without(NIVOLUMAB))).verdict

    (gap,) = verdict.gaps
    assert (verdict.mark, verdict.word) == (Mark.OPEN, "More information needed")
    assert verdict.counted == "4 of 5 criteria met, 1 open"
    assert (gap.mark, gap.word) == (Mark.OPEN, "Open")
    assert gap.title == Link(href="#criterion-anti-pd1", text="Previous anti-PD-1 treatment")
    assert gap.said.startswith("No anti-PD-1 antibody was found in administrations")
    assert gap.action == Link(
        href="#item-pd1.received",
        text="State whether an anti-PD-1 antibody was received, here or elsewhere, and when.",
    )


def test_a_gap_says_what_was_found_and_why_that_does_not_settle_it():
    ordered = fhir.request("nivolumab 480 mg", id="nivo", status="active", on="2025-02-03")

    (gap,) = drawn(reviewed(*without(NIVOLUMAB), ordered)).verdict.gaps

    assert gap.said.startswith("nivolumab 480 mg, 2025-02-03: ordered; the record does not show that it was")


def test_of_a_long_name_of_a_test_the_result_stays_whole():
    long_name = "BRAF gene mutations found in blood or tissue by a molecular genetics method of great length"
    unclear = fhir.observation(long_name, says="quantity not sufficient", id="braf")

    (gap,) = drawn(reviewed(*without(WILD_TYPE), unclear)).verdict.gaps

    assert re.match(r"BRAF gene mutations found in .*…: quantity not sufficient, 2025-02-03: ", gap.said)


def test_one_unmet_criterion_decides_and_stands_first():
    verdict = drawn(reviewed(YOUNG, *without(PATIENT, NIVOLUMAB))).verdict

    assert (verdict.mark, verdict.word) == (Mark.UNMET, "Published criteria not met")
    assert verdict.counted == "3 of 5 criteria met, 1 open, 1 not met"
    assert [(gap.word, gap.title.text) for gap in verdict.gaps] == [
        ("Not met", "Adult"),
        ("Open", "Previous anti-PD-1 treatment"),
    ]
    assert verdict.gaps[0].action == Link(
        href="#item-patient.birthDate", text="If this is wrong, correct it in the form."
    )


@pytest.mark.parametrize(
    ("resources", "order", "word", "reason"),
    [
        ((DEAD, *without(PATIENT)), None, "Policy does not apply", "deceased"),
        (WHOLE, OTHER_PRODUCT, "Investigational under the policy", "not lifileucel"),
    ],
)
def test_where_something_else_decides_the_page_says_so_and_asks_for_nothing(resources, order, word, reason):
    verdict = drawn(reviewed(*resources, order=order)).verdict

    assert (verdict.word, verdict.gaps) == (word, ())
    assert reason in verdict.reason
    assert verdict.aside == "The criteria are shown for completeness; they are not what decides here."


def test_an_order_that_no_policy_covers_is_said_to_be_so():
    bare_code = fhir.service("hcpcs:S2107", id="order")

    drawing = drawn(reviewed(PATIENT, COVERAGE, order=bare_code))

    assert (drawing.verdict.mark, drawing.verdict.word) == (Mark.OTHER, "No policy covers this order")
    assert (drawing.criteria, drawing.verdict.counted, drawing.verdict.aside) == ((), "", "")


def test_each_criterion_is_there_at_a_glance_in_the_order_of_the_policy():
    verdict = drawn(reviewed(*without(WILD_TYPE))).verdict

    assert [(cell.word, cell.title.text, cell.title.href) for cell in verdict.cells] == [
        ("Met", "Age", "#criterion-adult"),
        ("Met", "Melanoma diagnosis", "#criterion-melanoma"),
        ("Met", "Unresectable or metastatic disease", "#criterion-advanced"),
        ("Met", "Prior anti-PD-1", "#criterion-anti-pd1"),
        ("Open", "BRAF V600 or BRAF inhibitor", "#criterion-braf"),
    ]


def test_a_type_that_was_not_read_names_the_criteria_that_it_touches():
    refused = Unread(type="Procedure", gap=Gap.NOT_GRANTED, text="The EHR refused access to Procedure (403).")

    (unread,) = drawn(reviewed(*WHOLE, unread=[refused])).unread

    assert unread.text == "The EHR refused access to Procedure (403)."
    assert [link.text for link in unread.touches] == ["Previous anti-PD-1 treatment"]


class Broken:
    """A run in which one define fails."""

    def __init__(self, run, name):
        self._run, self._name = run, name

    def __getattr__(self, name):
        return getattr(self._run, name)

    def trace(self, name):
        if name == self._name:
            raise DefineError(name, "KeyError")
        return self._run.trace(name)


def test_a_rule_that_failed_is_told_as_failed():
    seen = reviewed(*WHOLE)

    drawing = page(seen.policy, seen.determination, seen.facts, Broken(seen.run, "BRAF"), sitting=Seat())

    (rule,) = next(one.rules for one in drawing.criteria if one.anchor == "criterion-braf")
    assert (rule.said, rule.lines) == ("failed on this record", ())


def test_the_facts_beside_the_verdict_name_therapy_order_coverage_and_policy():
    facts = drawn(reviewed(*WHOLE)).facts

    assert facts == (
        Fact(label="Therapy", text="lifileucel (TIL therapy)"),
        Fact(label="Order", text="Amtagvi, 2026-06-01, draft"),
        Fact(label="Coverage on record", text="Commercial PPO, Example Health Plan"),
        Fact(
            label="Policy",
            text="05.01.051-001, effective 2026-02-23, Highmark, Wyoming book",
            href=reviewed(*WHOLE).policy.source,
        ),
    )


@pytest.mark.parametrize(
    ("resources", "unread", "said"),
    [
        ((PATIENT, MELANOMA, LUNG), (), "none active on record"),
        (
            (PATIENT,),
            (Unread(type="Coverage", gap=Gap.FAILED, text="Coverage failed."),),
            "could not be read",
        ),
        ((PATIENT, fhir.coverage("HMO", status="cancelled")), (), "none active on record"),
    ],
)
def test_a_coverage_that_is_not_there_and_one_that_was_not_read_are_told_apart(resources, unread, said):
    facts = {fact.label: fact.text for fact in drawn(reviewed(*resources, unread=unread)).facts}

    assert facts["Coverage on record"] == said


def test_without_an_order_the_page_says_that_it_is_asked_as_if():
    facts = {fact.label: fact.text for fact in drawn(reviewed(*WHOLE, order=None)).facts}

    assert facts["Order"] == "none: asked as if the therapy were ordered"
