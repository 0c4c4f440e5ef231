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
