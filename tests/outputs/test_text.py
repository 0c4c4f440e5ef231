"""The answer in a terminal: every piece of evidence says how it was found."""

from dataclasses import replace

from outputs.page_reviews import WHOLE, reviewed

from smartapp.determination import Criterion, Evidence
from smartapp.outputs.text import render


def lines(**evidence):
    told = reviewed(*WHOLE).determination
    found = Evidence(**{"reference": "Condition/c", "text": "melanoma", "date": None, **evidence})
    first: Criterion = replace(told.criteria[0], evidence=(found,))
    return render(replace(told, criteria=(first,))).splitlines()


def test_what_was_matched_by_its_name_says_so():
    assert "    - melanoma, 2024-05, matched by name [Condition/c]" in lines(
        origin="name-match", date="2024-05"
    )


def test_what_was_found_by_its_code_or_answered_does_not():
    for origin in ("record", "attested"):
        assert "    - melanoma [Condition/c]" in lines(origin=origin)
