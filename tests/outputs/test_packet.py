"""The packet: a tagged PDF in which a payer's reviewer finds verdict, criteria and evidence, and who the patient is."""

import io
import subprocess
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pypdf
import pytest
from outputs.charts import NIVOLUMAB, ORDER, PERSON, reviewed, whole
from spec import fhir

from smartapp.facts import Facts, Gap, Unread, reference_of
from smartapp.flow import review
from smartapp.outputs.history import history
from smartapp.outputs.packet import pdf
from smartapp.policies import load_catalog
from smartapp.policies.catalog import DEFAULT_FOLDER

CRITERIA = (
    "Adult",
    "Melanoma",
    "Unresectable or metastatic",
    "Previous anti-PD-1 treatment",
    "BRAF V600, and a BRAF inhibitor if positive",
)
HOSTILE = '#strong[x] $a$ *b* _c_ `raw` <label> @ref = \\ // /* "q" #panic("no") \x01 \u202e'


@dataclass(frozen=True)
class Signature:
    who: str = "Dr Olivia Onco"
    at: datetime = datetime(2026, 6, 1, 13, 5, tzinfo=UTC)
    method: str = "signed in smartapp by the user whom the EHR named"


def packet(seen, *, response=None, signature=None, **more):
    return pdf(
        policy=seen.policy,
        determination=seen.determination,
        facts=seen.facts,
        response=seen.response() if response is None else response,
        history=history(seen.policy, seen.facts, seen.run),
        signature=signature,
        audit_id="review-7",
        now=seen.now,
        **more,
    )


def opened(made):
    return pypdf.PdfReader(io.BytesIO(made))


def pages(made):
    """The text of each page, its lines joined as a reader reads them."""
    return [" ".join(page.extract_text().split()) for page in opened(made).pages]


@cache
def whole_packet():
    return packet(whole())


def fonts(reader):
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():
            yield font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()


def test_the_first_page_has_the_verdict_and_every_criterion_with_its_evidence_and_date():
    first = pages(whole_packet())[0]

    assert "Published criteria look met 5 of 5 criteria met" in first
    assert "Policy 05.01.051-001, version 2026-02-23, effective 2026-02-23" in first
    for title in CRITERIA:
        assert title in first
    assert "Secondary malignant neoplasm of right lung (C78.01)" in first
    assert "nivolumab (7 records)" in first
    assert "2025-02-03 to 2025-08-03" in first


def test_every_page_names_the_patient_the_policy_the_packet_and_its_number():
    found = pages(whole_packet())

    identifier = found[0].split("packet ")[1].split()[0]
    assert len(identifier) == 12
    for number, text in enumerate(found, 1):
        assert "Jane Q. Invented born 1961-03-14 MRN-4471" in text
        assert "Policy 05.01.051-001, version 2026-02-23" in text
        assert f"packet {identifier} page {number} of {len(found)}" in text


def test_it_is_tagged_pdf_ua_1_in_english_with_a_title():
    reader = opened(whole_packet())

    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] is True or root["/MarkInfo"]["/Marked"].value is True
    assert "/StructTreeRoot" in root
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata.title == "Prior authorization request: lifileucel (TIL therapy)"
    assert b"pdfuaid:part>1<" in root["/Metadata"].get_data()


def test_every_font_is_inside():
    descriptors = list(fonts(opened(whole_packet())))

    assert descriptors
    assert all(any(f"/FontFile{kind}" in d for kind in ("", "2", "3")) for d in descriptors)


def test_it_is_on_letter_paper():
    assert {tuple(page.mediabox[2:]) for page in opened(whole_packet()).pages} == {(612, 792)}


def test_the_picture_has_its_words_for_who_cannot_see_it():
    assert "nivolumab, anti-PD-1 antibody: given, 2025-02-03 to 2025-08-03" in alternative_texts(
        whole_packet()
    )


def alternative_texts(made):
    reader = opened(made)
    objects = (
        reader.get_object(number) for number in range(1, len(reader.xref_objStm) + len(reader.xref[0]) + 1)
    )
    return " ".join(
        str(o["/Alt"]) for o in objects if isinstance(o, pypdf.generic.DictionaryObject) and "/Alt" in o
    )


def test_the_therapy_history_is_there_as_a_table():
    text = " ".join(pages(whole_packet()))

    assert "pembrolizumab anti-PD-1 antibody, adjuvant or neoadjuvant 2023-07" in text
    assert "ordered; the record does not show that it was given" in text
    assert "BRAF V600 not detected" in text
    assert "Progression" in text


def test_every_answer_says_its_origin_and_its_source_is_listed():
    text = " ".join(pages(whole_packet()))

    assert "Is the histology melanoma? Yes from the chart condition [3]" in text
    assert "3 Condition/r0 Malignant melanoma of other part of trunk (C43.59) 2023-05-04" in text


def answered(value, source, *, author=None, link="unresectable"):
    who = {"url": "practitioner", "valueReference": {"display": author}}
    told = [
        {"url": "source", "valueCode": source},
        *([{"url": "author", "extension": [who]}] if author else []),
    ]
    mark = {"url": f"{fhir.DTR}/information-origin", "extension": told}
    return {"linkId": link, "answer": [{**value, "extension": [mark]}]}


def test_an_answer_of_a_clinician_is_told_with_its_author_and_is_the_evidence():
    seen = reviewed(fhir.condition("icd10cm:C43.59"), fhir.answers({"unresectable": True}))
    response = {
        "item": [
            {
                "linkId": "disease",
                "item": [
                    answered({"valueBoolean": True}, "manual", author="Dr Olivia Onco"),
                    answered({"valueBoolean": False}, "override", link="metastatic"),
                ],
            }
        ]
    }

    text = " ".join(pages(packet(seen, response=response)))

    assert "Is the melanoma unresectable? Yes entered by Dr Olivia Onco" in text
    assert "Is there distant metastasis? No changed by a clinician" in text
    assert "Is the melanoma unresectable? Yes; Is there distant metastasis? No a clinician's answer" in text


def test_a_draft_says_that_it_is_not_signed_on_every_page():
    found = pages(whole_packet())

    assert all("DRAFT, not signed" in text for text in found)
    assert any("Not signed: draft." in text for text in found)


def test_a_signed_packet_says_who_signed_when_and_how():
    text = " ".join(pages(packet(whole(), signature=Signature(), number=2)))

    assert "Signed by Dr Olivia Onco on 2026-06-01 13:05 UTC" in text
    assert "signed in smartapp by the user whom the EHR named" in text
    assert "version 2 page 1" in text
    assert "DRAFT" not in text


def test_an_open_criterion_says_what_was_looked_for_and_what_is_needed():
    refused = Unread(
        type="Observation", gap=Gap.NOT_GRANTED, text="The EHR refused access to Observation (403)."
    )

    first = pages(packet(reviewed(unread=(refused,))))[0]

    assert "More information needed 1 of 5 criteria met" in first
    assert "Needed: State whether an anti-PD-1 antibody was received, here or elsewhere, and when." in first
    assert "Could not be read: The EHR refused access to Observation (403)." in first


def test_required_questions_without_an_answer_are_listed():
    text = " ".join(pages(packet(reviewed())))

    assert "Required and not answered • Primary diagnosis (ICD-10-CM)" in text


def test_what_the_patient_s_record_lacks_is_said():
    patient = {"name": [], "birthDate": ""}

    first = pages(packet(reviewed(person=patient)))[0]

    assert "Name not on record born no birth date on record no MRN on record" in first


def test_it_says_policy_chart_date_sources_and_audit_trail():
    read_at = datetime(2026, 6, 1, 11, 30, tzinfo=UTC)

    text = " ".join(pages(packet(whole(), read_at=read_at)))

    assert "Published by Highmark, Wyoming book" in text
    assert "Chart data as of 2026-06-01 11:30 UTC" in text
    assert "Packet made 2026-06-01 12:00 UTC" in text
    assert "Audit trail review review-7" in text
    assert "Decision support, not a coverage decision" in text


def test_each_source_names_its_place_only_where_there_is_more_than_one():
    seen = whole()
    names = [reference_of(resource) for resource in seen.facts.resources]
    here, there = "https://a.ex", "https://b.ex"

    def told(origins):
        return " ".join(pages(packet(replace(seen, facts=replace(seen.facts, origins=origins)))))

    one = told(dict.fromkeys(names, here))
    two = told({**dict.fromkeys(names, here), names[1]: there})
    gap = told(dict.fromkeys(names[1:], here))

    assert [text.count(here) for text in (one, two, gap)] == [1, len(names), len(names)]
    assert [text.count(there) for text in (one, two, gap)] == [0, 2, 0]


def test_a_number_that_does_not_say_what_it_is_is_told_as_one():
    first = pages(packet(reviewed(person={"identifier": [{**PERSON["identifier"][0], "value": "4471"}]})))[0]

    assert "born 1961-03-14 MRN: 4471" in first


def test_text_from_the_chart_is_never_markup():
    seen = reviewed(
        fhir.condition(f"icd10cm:C43.59|{HOSTILE}"), person={"name": [{"text": HOSTILE}], "identifier": []}
    )

    text = " ".join(pages(packet(seen)))

    shown = '#strong[x] $a$ *b* _c_ `raw` <label> @ref = \\ // /* "q" #panic("no")'
    assert text.count(shown) >= 3


@pytest.mark.parametrize("name", ["Nguyễn Thị Ánh", "Ωμέγα Жанна", "张伟", "مرحبا", "👩‍⚕️ Ann", "नमस्ते"])
def test_a_name_in_any_writing_does_not_break_it(name):
    made = packet(reviewed(person={"name": [{"text": name}]}))

    assert b"pdfuaid:part>1<" in opened(made).trailer["/Root"]["/Metadata"].get_data()


def test_a_character_that_no_font_has_is_spelled_and_explained():
    text = " ".join(pages(packet(reviewed(person={"name": [{"text": "Ann \U0001fae8"}]}))))

    assert "Ann [U+1FAE8]" in text
    assert "stands for a character that no font of the server has" in text


def test_long_words_and_many_rows_do_not_push_the_criteria_off_the_first_page():
    doses = [f"{year}-{month:02}-01" for year in range(2014, 2026) for month in (1, 4, 7, 10)]
    result = fhir.observation("loinc:53844-7|" + "long name " * 40, value="snomed:260415000|Not detected")
    seen = reviewed(
        fhir.condition("icd10cm:C43.59|" + "W" * 400),
        *[fhir.administration(NIVOLUMAB, on=day) for day in doses],
        *[result] * 20,
        person={"name": [{"text": "A" * 300}]},
    )

    found = pages(packet(seen))

    assert all(title in found[0] for title in CRITERIA)
    assert "long name: Not detected (20 records)" in found[0]
    assert len(found) < 15


def test_the_same_arguments_give_the_same_bytes():
    assert packet(whole()) == packet(whole())


def test_another_answer_is_another_packet_id():
    seen = whole()
    other = {**seen.response(), "item": []}

    identifiers = [
        pages(made)[0].split("packet ")[1][:12] for made in (packet(seen), packet(seen, response=other))
    ]

    assert identifiers[0] != identifiers[1]


def test_an_order_that_no_policy_covers_has_a_packet_that_says_so():
    seen = whole()
    nothing = replace(seen.determination, outcome=None, criteria=(), reason="The order names no product.")

    first = pages(packet(replace(seen, determination=nothing)))[0]

    assert "No policy covers the order The order names no product." in first


def test_a_policy_with_another_form_and_no_history_has_a_packet():
    catalog = load_catalog(DEFAULT_FOLDER, Path(__file__).parent.parent / "policies" / "second")
    policy = catalog.policy("NivolumabKidney")
    patient = {"resourceType": "Patient", "id": "k", "birthDate": "1970-05-04"}
    seen = review(policy, Facts(patient_id="k", resources=(patient,)), order=None, now=whole().now)

    text = " ".join(pages(packet(seen)))

    assert "Prior authorization request: nivolumab" in text
    assert "Therapy history" not in text


def test_typst_is_loaded_only_when_a_packet_is_made():
    code = "import sys, smartapp.outputs.packet; sys.exit('typst' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_order_under_review_is_on_the_first_page():
    assert f"lifileucel, draft, {ORDER['authoredOn']}, medication order [1]" in pages(whole_packet())[0]
