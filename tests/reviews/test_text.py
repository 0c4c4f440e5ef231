"""What is typed, as an answer: numbers, words, codes."""

import pytest

from smartapp.errors import BadInput
from smartapp.outputs.form.text import coding_label, is_same, parse
from smartapp.policies.form import read_form


def item(kind, **more):
    return read_form({"item": [{"linkId": "x", "type": kind, **more}]})[0]


def limits(low, high):
    url = "http://hl7.org/fhir/StructureDefinition/"
    return [{"url": f"{url}minValue", "valueDecimal": low}, {"url": f"{url}maxValue", "valueDecimal": high}]


@pytest.mark.parametrize(("text", "number"), [("2.5", 2.5), ("-1", -1.0), ("+0.25", 0.25), (" 3 ", 3.0)])
def test_a_number_may_have_decimals_and_a_sign(text, number):
    assert parse(item("decimal"), text, held=()) == {"valueDecimal": number}


@pytest.mark.parametrize("text", ["2,5", "1e3", ".5", "NaN", "Infinity", "\u0663", "0x1f", "1 000"])
def test_what_is_no_plain_number_is_refused(text):
    with pytest.raises(BadInput, match="Enter a number"):
        parse(item("decimal"), text, held=())


def test_a_number_outside_its_limits_is_refused_with_the_limit():
    ldh = item("decimal", extension=limits(0.5, 9.5))

    with pytest.raises(BadInput, match=r"not below 0\.5"):
        parse(ldh, "0.4", held=())
    with pytest.raises(BadInput, match=r"not above 9\.5"):
        parse(ldh, "9.6", held=())


def test_words_keep_their_lines_and_lose_the_spaces_around_them():
    assert parse(item("text"), " one\r\ntwo ", held=()) == {"valueString": "one\ntwo"}


def test_a_text_longer_than_its_question_allows_is_refused():
    with pytest.raises(BadInput, match="has 4 letters; at most 3"):
        parse(item("string", maxLength=3), "four", held=())


def test_an_answer_that_the_chart_gave_may_be_chosen_again():
    coding = {"system": "http://example.org/sites", "code": "toe", "display": "Toe"}

    assert parse(item("choice"), "toe", held=[{"valueCoding": coding}]) == {"valueCoding": coding}


def test_our_own_codes_are_not_shown_and_others_are():
    ours = {
        "system": "https://smartapp.example/fhir/CodeSystem/form-answer",
        "code": "IV",
        "display": "Stage IV",
    }
    icd = {"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "C43.9", "display": "Melanoma"}

    assert (coding_label(ours), coding_label(icd)) == ("Stage IV", "C43.9 Melanoma")


def test_spaces_and_line_ends_are_no_difference_and_letters_are():
    assert is_same(["a\r\nb"], ["a\nb"])
    assert is_same([" a  b "], ["a b"])
    assert not is_same(["a"], ["A"])
    assert not is_same([], ["a"])
