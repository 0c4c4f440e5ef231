"""The picture of the therapy history: inline SVG under a strict CSP, in greyscale, with words for every shape."""

from dataclasses import replace
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st
from outputs.charts import NIVOLUMAB, told
from spec import fhir

from smartapp.outputs.timeline import WIDTH, svg

SVG = "{http://www.w3.org/2000/svg}"


def drawn(*resources):
    return ET.fromstring(svg(told(*resources)))


def classes(root):
    return [element.get("class") for element in root.iter() if element.get("class")]


def texts(root):
    return [element.text for element in root.iter(f"{SVG}text")]


def test_nothing_with_a_date_is_no_picture():
    assert svg(told(fhir.administration(NIVOLUMAB, on=None))) == ""


def test_it_has_a_title_and_says_everything_that_it_draws():
    root = drawn(
        fhir.administration(NIVOLUMAB, on="2025-02"),
        fhir.observation("loinc:53844-7", value="snomed:260415000|Not detected", on="2025-01-20"),
    )

    title, said = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert root.get("aria-labelledby") == f"{title.get('id')} {said.get('id')}"
    assert (root.get("role"), title.text) == ("img", "Therapy history")
    assert said.text == ("nivolumab, anti-PD-1 antibody: given, 2025-02. BRAF V600 not detected: 2025-01-20.")


def test_it_uses_presentation_attributes_only():
    root = drawn(fhir.administration(NIVOLUMAB), fhir.request("ipilimumab", status="active", on="2025-03-01"))

    names = {name for element in root.iter() for name in element.attrib}
    assert not [name for name in names if name == "style" or name.startswith("on") or "href" in name]
    assert root.get("fill") == "currentColor"


def test_a_full_date_is_solid_and_a_partial_one_pale_over_all_its_days():
    full = drawn(fhir.administration(NIVOLUMAB, on="2025-02-03"))
    partial = drawn(fhir.administration(NIVOLUMAB, on="2024"), fhir.observation("loinc:1", on="2025-02-03"))

    assert [c for c in classes(full) if c in ("tl-bar", "tl-pale")] == ["tl-bar"]
    assert [c for c in classes(partial) if c in ("tl-bar", "tl-pale")] == ["tl-pale"]
    width = float(partial.find(f"{SVG}rect").get("width"))
    days = 366 / WIDTH
    assert width > days


def test_what_is_in_doubt_is_outlined_and_not_filled():
    root = drawn(fhir.request(NIVOLUMAB, status="active", on="2025-02-03"))

    (box,) = root.iter(f"{SVG}rect")
    assert (box.get("class"), box.get("fill")) == ("tl-doubt", "none")


def test_an_event_in_doubt_says_so_beside_its_hollow_mark():
    root = drawn(
        fhir.observation(
            "loinc:53844-7", value="snomed:260415000|Not detected", status="preliminary", on="2025-02"
        )
    )

    assert "BRAF V600 not detected (in doubt) · 2025-02" in texts(root)
    assert "tl-mark-doubt" in classes(root)


def test_labels_of_events_on_one_day_do_not_meet():
    results = [
        fhir.observation("loinc:97509-4", value="snomed:271299001|Worsened", on="2025-09-12"),
        fhir.observation("loinc:53844-7", value="snomed:260415000|Not detected", on="2025-09-12"),
    ]

    labels = [e for e in drawn(*results).iter(f"{SVG}text") if "2025-09-12" in (e.text or "")]

    assert len({label.get("y") for label in labels}) == 2


def test_nothing_leaves_the_picture():
    root = drawn(
        fhir.administration(NIVOLUMAB, on="1999"),
        fhir.statement(NIVOLUMAB, status="active", start="2026-05"),
        fhir.observation("loinc:97509-4", value="snomed:271299001|Worsened", on="2026-05-30"),
    )

    height = float(root.get("height"))
    for element in root.iter():
        assert 0 <= float(element.get("x", 0)) <= WIDTH
        assert 0 <= float(element.get("y", 0)) <= height


def test_a_long_history_is_drawn_in_part_and_says_how_much_is_left_out():
    found = told(*(fhir.administration(NIVOLUMAB, on=f"{year}-01-01") for year in range(1999, 2025)))

    root = ET.fromstring(svg(found))

    assert len(list(root.iter(f"{SVG}rect"))) == 14
    assert "12 more are in the table only." in texts(root)


def test_text_from_the_chart_stays_text():
    hostile = '</text><script>alert("1")</script>\x00'
    found = told(fhir.administration(NIVOLUMAB))
    therapies = tuple(replace(t, agent=hostile) for t in found.therapies)

    picture = svg(replace(found, therapies=therapies))

    assert "<script" not in picture
    assert "\x00" not in picture
    assert ET.fromstring(picture).tag == f"{SVG}svg"


def test_the_same_history_gives_the_same_picture():
    found = told(fhir.administration(NIVOLUMAB))

    assert svg(found) == svg(found)


def test_no_line_runs_through_the_label_of_another_event():
    root = drawn(
        fhir.administration(NIVOLUMAB, on="2023-01-01"),
        fhir.observation("loinc:97509-4", value="snomed:271299001|Worsened", on="2026-03-01"),
        fhir.observation("loinc:53844-7", value="snomed:260415000|Not detected", on="2026-05-01"),
    )

    progression, braf = root.findall(f"{SVG}g[@class='tl-event']")
    label = braf.find(f"{SVG}text")
    guides = [(float(g.get("y1")), float(g.get("y2"))) for g in progression.iter(f"{SVG}line")]
    assert label.get("text-anchor") == "end"
    assert not [pair for pair in guides if pair[0] < float(label.get("y")) - 4 < pair[1]]


def test_a_day_of_another_age_is_at_the_edge_and_does_not_squeeze_the_rest():
    end_of_time = {"effectivePeriod": {"start": "2025-02-03", "end": "9999-12-31"}}
    root = drawn(
        fhir.statement(NIVOLUMAB, status="active", fhir={**end_of_time, "effectiveDateTime": ""}),
        fhir.administration("rxnorm:1547545|pembrolizumab", on="0001-01-01"),
    )

    boxes = [(float(box.get("x")), float(box.get("width"))) for box in root.iter(f"{SVG}rect")]
    assert all(x >= 0 and x + width <= WIDTH for x, width in boxes)


@given(
    agent=st.text(max_size=40),
    days=st.lists(st.dates().map(str) | st.sampled_from(["2024", "2025-02", "9999", "0001-12"]), max_size=4),
)
def test_any_words_and_any_days_give_a_sound_picture(agent, days):
    found = told(fhir.administration(NIVOLUMAB))
    (model,) = found.therapies
    therapies = tuple(replace(model, agent=agent, start=day, stop=day, days=(day, day, day)) for day in days)

    picture = svg(replace(found, therapies=therapies))

    assert picture == "" or ET.fromstring(picture).tag == f"{SVG}svg"
