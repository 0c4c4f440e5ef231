"""The checks that a page must pass in every state, width and theme."""

import pytest

PATIENTS = ["quillmere", "lanternby", "pellwick"]


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (1280, True), (400, False), (320, False)])
@pytest.mark.parametrize("patient", PATIENTS)
def test_no_rule_of_accessibility_is_broken(review, patient, width, dark):
    watched = review(patient, width=width, dark=dark)
    assert (watched.accessibility(), watched.errors, watched.strayed, watched.overflow()) == ([], [], [], 0)
