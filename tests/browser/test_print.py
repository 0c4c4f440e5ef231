"""A review on paper: everything is open, and the patient and the policy are on it."""

import io
from unicodedata import normalize

from pypdf import PdfReader

from smartapp.policies import load_catalog


def test_paper_has_the_patient_the_policy_and_every_criterion(review):
    page = review("quillmere").page
    text = " ".join(p.extract_text() for p in PdfReader(io.BytesIO(page.pdf(format="Letter"))).pages)
    words = " ".join(normalize("NFKC", text).split())  # a font may join letters: "ﬀ"
    for wanted in (
        "Quillmere, Ines",
        "05.01.051-001, effective 2026-02-23",
        *(criterion.title for criterion in load_catalog().policies[0].criteria),
        "not a coverage decision",
    ):
        assert wanted in words, wanted
    assert "The rule behind it" not in words


def test_a_rule_that_was_opened_is_on_paper(review):
    page = review("quillmere").page
    page.locator("#criterion-braf").locator("xpath=..").evaluate("e => { e.open = true }")
    page.locator("#criterion-braf details").evaluate("e => { e.open = true }")

    text = " ".join(p.extract_text() for p in PdfReader(io.BytesIO(page.pdf(format="Letter"))).pages)

    assert " ".join(text.split()).count("The rule behind it") == 1
