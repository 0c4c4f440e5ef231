"""The criteria of the page: every part that a person needs to follow an answer."""

from outputs.page_reviews import NIVOLUMAB, PATIENT, WHOLE, WILD_TYPE, drawn, reviewed, without
from spec import fhir

from smartapp.facts import Gap, Unread
from smartapp.outputs.page import rule_page
from smartapp.outputs.page.view import Found, Link, Mark, RuleToken

ORDERED = fhir.request("rxnorm:1597876|nivolumab", id="nivo", status="active", on="2025-02-03")


def criterion(page, name):
    return next(one for one in page.criteria if one.anchor == f"criterion-{name}")


def test_what_stands_in_the_way_comes_first_and_is_expanded():
    young = {**PATIENT, "birthDate": "2010-03-04"}

    drawing = drawn(reviewed(young, *without(PATIENT, WILD_TYPE)))

    assert [(one.number, one.word, one.mark, one.is_expanded) for one in drawing.criteria] == [
        (1, "Not met", Mark.UNMET, True),
        (5, "Open", Mark.OPEN, True),
        (2, "Met", Mark.MET, False),
        (3, "Met", Mark.MET, False),
        (4, "Met", Mark.MET, False),
    ]


def test_evidence_has_value_date_source_and_how_it_was_matched():
    one = criterion(drawn(reviewed(*WHOLE)), "anti-pd1")

    assert one.evidence.rows == (
        Found(
            text="nivolumab",
            answers=(),
            date="2025-02-03",
            kind="administration",
            reference="MedicationAdministration/nivolumab",
            how="by code or value",
        ),
    )
    assert (one.brief, one.reason) == ("nivolumab, 2025-02-03", "An anti-PD-1 antibody was received.")
    assert one.asks.startswith("Treated before with an anti-PD-1 antibody.")


def test_evidence_that_only_a_name_identified_is_to_be_checked():
    named = fhir.administration("Opdivo infusion", id="named")

    one = criterion(drawn(reviewed(*without(NIVOLUMAB), named)), "anti-pd1")

    assert [found.how for found in one.evidence.rows] == ["by its name in text: please check"]


def test_an_answer_of_a_clinician_is_told_as_question_and_answer():
    answered = fhir.answers({"pd1.received": True}, id="form")

    one = criterion(drawn(reviewed(*without(NIVOLUMAB), answered)), "anti-pd1")

    assert (one.word, one.brief) == ("Met", "Has the patient received an anti-PD-1 antibody? Yes, 2026-06-01")
    assert [(f.answers, f.how, f.kind) for f in one.evidence.rows] == [
        (("Has the patient received an anti-PD-1 antibody? Yes",), "answered by a clinician", "form")
    ]


def test_a_doubt_says_why_and_the_search_what_there_was():
    one = criterion(drawn(reviewed(*without(NIVOLUMAB), ORDERED)), "anti-pd1")

    assert [(d.text, d.date, d.reference) for d in one.doubts.rows] == [
        ("nivolumab", "2025-02-03", "MedicationRequest/nivo")
    ]
    assert one.doubts.rows[0].how.startswith("ordered; the record does not show that it was given")
    assert one.searched == (
        "Looked through: 2 medication orders; no administrations, medication statements, dispenses or procedures."
    )
    assert one.how == "State whether an anti-PD-1 antibody was received, here or elsewhere, and when."


def test_an_answer_that_leaves_a_doubt_is_told_as_answered():
    answered = fhir.answers({"pd1.received": False}, id="form")

    one = criterion(drawn(reviewed(*WHOLE, answered)), "anti-pd1")

    assert one.word == "Open"
    assert any(
        doubt.answers == ("Has the patient received an anti-PD-1 antibody? No",) for doubt in one.doubts.rows
    )


def test_only_questions_that_are_asked_now_are_linked():
    one = criterion(drawn(reviewed(*without(NIVOLUMAB))), "anti-pd1")

    assert one.actions == (
        Link(href="#item-pd1.received", text="Has the patient received an anti-PD-1 antibody?"),
    )


def test_a_type_that_was_not_read_is_not_said_to_hold_nothing():
    failed = Unread(type="Procedure", gap=Gap.FAILED, text="Procedure could not be read.")

    one = criterion(drawn(reviewed(*without(NIVOLUMAB), unread=[failed])), "anti-pd1")

    assert "procedures" not in one.searched
    assert "Procedure could not be read." in one.brief


def test_a_record_that_was_not_read_at_all_is_not_said_to_hold_nothing():
    failed = Unread(type="*", gap=Gap.FAILED, text="The record could not be read.")

    one = criterion(drawn(reviewed(PATIENT, unread=[failed])), "anti-pd1")

    assert one.searched == "Looked through: 1 medication order."


def test_what_could_not_be_read_is_told_beside_a_doubt_too():
    failed = Unread(type="Procedure", gap=Gap.FAILED, text="Procedure could not be read.")

    one = criterion(drawn(reviewed(*without(NIVOLUMAB), ORDERED, unread=[failed])), "anti-pd1")

    assert one.reason == "Procedure could not be read."


def test_the_rule_tells_line_by_line_what_was_and_which_line_decided():
    (rule,) = criterion(drawn(reviewed(*WHOLE)), "braf").rules

    comment, cql = rule.lines[:2], rule.lines[2:]
    assert all(line.tokens[0].text.startswith("// ") for line in comment)
    assert [(line.indent, line.said, line.decided) for line in cql] == [
        (0, "", False),
        (1, "", False),
        (2, "false", False),
        (2, "true", True),
        (2, "not reached", False),
        (2, "", False),
        (1, "", False),
    ]
    assert cql[3].tokens == (
        RuleToken(text="when ", said=""),
        RuleToken(text='"V600"', said="false"),
        RuleToken(text=" is false then true", said=""),
    )
    assert (rule.name, rule.said) == ("BRAF", "true")


def test_the_lines_of_a_rule_are_the_cql_word_by_word():
    seen = reviewed(*without(NIVOLUMAB))

    for one in drawn(seen).criteria:
        (rule,) = one.rules
        shown = "\n".join("  " * line.indent + "".join(t.text for t in line.tokens) for line in rule.lines)
        told = str(seen.run.trace(rule.name)).split("\n")
        assert shown == "\n".join(line for line in told if line and not line.startswith("// ==="))


def test_where_nothing_decided_the_last_line_did():
    (rule,) = criterion(drawn(reviewed(*without(WILD_TYPE))), "braf").rules

    decided = [line for line in rule.lines if line.decided]
    assert ["".join(token.text for token in line.tokens) for line in decided] == ["else null"]
    assert rule.said == "not known"


def whole_rule(seen, name):
    return rule_page(seen.policy, seen.determination, seen.run, criterion=name)


def test_the_whole_rule_holds_every_definition_that_the_criterion_uses():
    whole = whole_rule(reviewed(*WHOLE), "anti-pd1")

    assert [(rule.name, rule.said) for rule in whole.rules] == [
        ("Anti-PD-1", "true"),
        ("Anti-PD-1 No", "nothing found"),
        ("Anti-PD-1 Yes", "nothing found"),
        ("Anti-PD-1 Received", "1 found"),
        ("Anti-PD-1 Not For Melanoma", "nothing found"),
        ("Attested Answers", "nothing found"),
        ("Anti-PD-1 Treatments", "1 found"),
        ("Responses", "nothing found"),
        ("Earlier Treatments", "1 found"),
        ("Treatments", "2 found"),
        ("Administrations", "1 found"),
        ("Statements", "nothing found"),
        ("Dispenses", "nothing found"),
        ("Procedures", "nothing found"),
        ("Prescriptions", "1 found"),
    ]
    assert (whole.title, whole.word, whole.anchor) == (
        "Previous anti-PD-1 treatment",
        "Met",
        "criterion-anti-pd1",
    )


def test_a_question_that_is_asked_of_each_row_tells_whether_it_was_true_for_some():
    rules = {rule.name: rule for rule in whole_rule(reviewed(*WHOLE), "anti-pd1").rules}

    assert [line.said for line in rules["Anti-PD-1 Received"].lines] == ["", "", "true for some"]
    assert [line.said for line in rules["Anti-PD-1 No"].lines] == ["", "", "not reached"]


def test_only_a_definition_that_is_one_case_has_a_line_that_decided():
    rules = {rule.name: rule for rule in whole_rule(reviewed(*WHOLE), "braf").rules}

    decided = {name for name, rule in rules.items() if any(line.decided for line in rule.lines)}
    assert decided == {"BRAF", "BRAF Inhibitor", "V600"}


def test_there_is_no_rule_of_a_criterion_that_is_none():
    assert whole_rule(reviewed(*WHOLE), "age") is None
