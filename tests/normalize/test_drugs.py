"""Drugs by name. decisions.md 4 `anti-pd1`, 5; clinical.md 1: whole words, biologic suffixes, never PD-L1."""

import pytest
from normalize.build import terms

from smartapp.normalize.circumstances import is_adjuvant, is_blinded
from smartapp.normalize.drugs import left_open, named, takes_back


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nivolumab 480 mg", ["nivolumab"]),
        ("NIVOLUMAB", ["nivolumab"]),
        ("Nivolumab-nvhy 600 mg", ["nivolumab"]),
        ("pembrolizumab-abcd", ["pembrolizumab"]),
        ("KEYTRUDA® 100 mg/4 mL", ["pembrolizumab"]),
        ("Keytruda(R)", ["pembrolizumab"]),
        ("Keytruda Qlex", ["pembrolizumab"]),
        ("Opdivo™ 240 mg", ["nivolumab"]),
        ("Opdivo Qvantig", ["nivolumab"]),
        ("Opdualag", ["nivolumab"]),
        ("relatlimab/nivolumab", ["nivolumab", "relatlimab"]),
        ("nivolumab and relatlimab-rmbw", ["nivolumab", "relatlimab"]),
        ("cemiplimab-rwlc", ["cemiplimab"]),
        ("Libtayo", ["cemiplimab"]),
        ("dostarlimab-gxly", ["dostarlimab"]),
        ("retifanlimab-dlwr (Zynyz)", ["retifanlimab"]),
        ("toripalimab-tpzi", ["toripalimab"]),
        ("tislelizumab-jsgr", ["tislelizumab"]),
        ("penpulimab-kcqx", ["penpulimab"]),
        ("sintilimab", ["sintilimab"]),
        ("Nivolumabe", ["nivolumab"]),
        ("Pembrolizumab 50 mg Plv z Herst e Inf-Lsg", ["pembrolizumab"]),
        ("vemurafenib 240 MG Oral Tablet", ["vemurafenib"]),
        ("vemurafénib", ["vemurafenib"]),
        ("Tafinlar / Mekinist", ["dabrafenib", "trametinib"]),
        ("Dabrafenib 75 mg + Trametinib 2 mg", ["dabrafenib", "trametinib"]),
        ("lifileucel", ["lifileucel"]),
        ("lifelucel", ["lifileucel"]),
        ("Lifileuecel", ["lifileucel"]),
        ("AMTAGVI", ["lifileucel"]),
        ("LN-144", ["lifileucel"]),
        ("LN144", ["lifileucel"]),
        ("TIL therapy", ["til-therapy"]),
        ("tumor-infiltrating lymphocytes", ["til-therapy"]),
        ("Tumour infiltrating lymphocyte therapy", ["til-therapy"]),
        ("pembro 200 mg q3w", ["anti-pd1-abbreviation"]),
        ("ipi/nivo", ["anti-pd1-abbreviation"]),
        ("ipi + nivo x4", ["anti-pd1-abbreviation", "ipilimumab"]),
        ("anti-PD-1 immunotherapy", ["anti-pd1-class"]),
        ("anti-PD1", ["anti-pd1-class"]),
        ("PD-1 inhibitor", ["anti-pd1-class"]),
        ("anti-PD1 antibody", ["anti-pd1-class"]),
        ("immune checkpoint inhibitor", ["anti-pd1-class"]),
        ("ivonescimab", ["pd1-bispecific"]),
        ("BRAF inhibitor", ["braf-class-or-abbreviation"]),
        ("dab/tram", ["braf-class-or-abbreviation"]),
        ("tovorafenib", ["tovorafenib"]),
        ("ipilimumab (Yervoy)", ["ipilimumab"]),
        ("atezolizumab (Tecentriq)", ["atezolizumab"]),
        ("anti-PD-L1", ["anti-pdl1-class"]),
        ("PD-L1 inhibitor durvalumab", ["anti-pdl1-class", "durvalumab"]),
        ("PD-L1 stain", []),
        ("PD-1 expression", []),
        ("cyclophosphamide 60 mg/kg", ["cyclophosphamide"]),
        ("fludarabine phosphate", ["fludarabine"]),
        ("interleukin-2", ["aldesleukin"]),
        ("aspirin", []),
        ("until further notice", []),
        ("Prior nivolumab, progressed", ["nivolumab"]),
        ("s/p nivolumab x 6", ["nivolumab"]),
        ("nivolumab discontinued for colitis", ["nivolumab"]),
        ("pembrolizumab (not ipilimumab)", ["pembrolizumab"]),
    ],
)
def test_a_text_names_drugs_as_whole_words(text, expected):
    assert list(named(terms(), text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "no prior nivolumab",
        "never received pembrolizumab",
        "patient declined nivolumab",
        "nivolumab declined",
        "nivolumab: not given",
        "Nivolumab - never started",
        "nivolumab naive",
        "pembrolizumab-naive",
        "allergy to nivolumab",
        "nivolumab allergy",
        "No nivolumab, pembrolizumab or ipilimumab",
        "without pembrolizumab",
        "candidate for nivolumab",
        "consider pembrolizumab",
        "nivolumab planned",
        "education about nivolumab",
        "anti-nivolumab antibody",
        "nivolumab level",
        "nivolumab antibodies detected",
        "kein Nivolumab",
        "Nivolumab abgelehnt",
        "alternatives to pembrolizumab",
        "nivolumab non somministrato",
        "scheduling of pembrolizumab",
        "telephone call about pembrolizumab",
        "hasn't had Opdivo",
        "nivolumab: none",
        "nivolumab not dispensed",
        "nivolumab pas encore débuté",
        "nivolumab pendiente",
        "avoid pembrolizumab",
        "wife's dabrafenib",
        "dog received pembrolizumab",
    ],
)
def test_a_drug_that_was_not_given_is_not_named(text):
    assert named(terms(), text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "possible nivolumab",
        "?nivolumab",
        "nivolumab?",
        "ipilimumab or nivolumab",
        "nivolumab, ipilimumab or chemotherapy",
        "nivolumab vs ipilimumab",
        "unknown if nivolumab was given",
        "patient unsure whether nivolumab",
        "nivolumab prior authorization",
        "nivolumab requested",
        "interested in nivolumab",
        "nivolumab trial, arm unknown",
        "Baseline labs before nivolumab",
        "nivolumab returned to stock",
        "nivolumab (entered in error)",
        "nivolumab infusion, no show",
        "PD-L1 28-8 pharmDx, nivolumab",
        "allergy to nivolumab",
    ],
)
def test_a_drug_that_may_not_have_been_given_is_left_open(text):
    assert named(terms(), text) == ()
    assert "nivolumab" in left_open(terms(), text)


@pytest.mark.parametrize(
    "text",
    [
        "nivolumab 240 mg or 480 mg",
        "nivolumab before surgery",
        "nivolumab, PET showed a response",
        "nivolumab, wife drove him",
        "Ipilimumab didn't work, then nivolumab",
        "nivolumab discontinued, likely pneumonitis",
        "Children's Hospital: nivolumab",
        "nivolumab, PD-L1 TPS 50%",
        "nivolumab; wasted 50 mg",
    ],
)
def test_what_is_open_about_something_else_leaves_the_drug_given(text):
    assert "nivolumab" in named(terms(), text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nivolumab not given", True),
        ("Nivolumab - declined by patient", True),
        ("kein Nivolumab", True),
        ("nivolumab, cycle 3 of 12 planned", False),  # a plan is no denial
        ("nivolumab without ipilimumab", False),
        ("nivolumab 480 mg", False),
        ("infusion not given", False),  # of what?
    ],
)
def test_a_text_that_names_a_drug_only_to_deny_it_takes_it_back(text, expected):
    assert takes_back(terms(), text) is expected


def test_an_order_may_say_that_its_drug_is_planned():
    assert named(terms(), "Referral for lifileucel, planned for June", ordered=True) == ("lifileucel",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nivolumab or placebo", True),
        ("Study drug, double-blind", True),
        ("blinded study medication", True),
        ("unblinded pembrolizumab", False),
        ("open-label nivolumab", False),
        ("nivolumab", False),
    ],
)
def test_a_blinded_drug_is_recognised(text, expected):
    assert is_blinded(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("adjuvant nivolumab", True),
        ("neoadjuvant", True),
        ("Adjuvante Therapie", True),
        ("Adjuvant - intent", True),
        ("non-adjuvant", False),
        ("palliative", False),
    ],
)
def test_an_adjuvant_setting_is_recognised(text, expected):
    assert is_adjuvant(text) is expected
