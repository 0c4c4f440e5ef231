"""A review on paper: everything is open, and the patient and the policy are on it."""

import io

from pypdf import PdfReader


def test_paper_has_the_patient_the_policy_and_every_criterion(review):
    page = review("quillmere").page
    text = " ".join(p.extract_text() for p in PdfReader(io.BytesIO(page.pdf(format="Letter"))).pages)
    words = " ".join(text.split())
    for wanted in (
        "Quillmere",
        "05.01.051-001",
        "Adult",
        "Melanoma",
        "anti-PD-1",
        "BRAF",
        "not a coverage decision",
    ):
        assert wanted in words, wanted
