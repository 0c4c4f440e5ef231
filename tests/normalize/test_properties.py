"""What holds for any input: nothing raises, nothing sent is changed, order and duplicates do not matter."""

import copy
import json
import random

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from normalize.build import component, concept, condition, normalized, observation, resource, terms
from spec.cases import load
from spec.mutate import plausible, wild

from smartapp.normalize import normalize
from smartapp.normalize.readable import ELEMENTS

CASES = [*load("vignettes"), *load("decisions"), *load("dialects")]
PATIENT = resource("Patient", id="p1", birthDate="1960-05-06", identifier=[{"system": "urn:m", "value": "1"}])
OURS = {"reference": "Patient/p1"}
RECORD = [
    PATIENT,
    condition(
        "icd10cm|C43.59|Malignant melanoma",
        "Metastatic melanoma",
        id="c1",
        subject=OURS,
        clinicalStatus=concept("http://terminology.hl7.org/CodeSystem/condition-clinical|active"),
        stage=[{"summary": concept("Stage IV"), "assessment": [{"reference": "Observation/s1"}]}],
        note=[{"text": "unresectable"}],
        onsetPeriod={"start": "2024-01-02", "end": "2025"},
        extension=[{"url": "u", "valueReference": {"reference": "Condition/c2"}}],
    ),
    observation("loinc|21907-1", "cM1c", id="s1", subject=OURS, focus=[{"reference": "Condition/c1"}]),
    observation(
        "loinc|69548-6",
        "loinc|LA9633-4",
        id="b1",
        component=[
            component("loinc|48018-6", "hgnc|HGNC:1097"),
            component("loinc|48005-3", "hgvs|p.Val600Glu"),
        ],
        interpretation=[concept("interpretation|POS")],
        note=[{"text": "BRAF V600E"}],
        hasMember=[{"reference": "Observation/s1"}],
    ),
    resource(
        "DiagnosticReport",
        id="d1",
        code=concept("loinc|97025-1"),
        conclusion="BRAF V600E not detected",
        contained=[observation("loinc|97025-1", "Detected", id="in")],
    ),
    resource(
        "MedicationAdministration",
        id="m1",
        status="completed",
        medicationReference={"reference": "Medication/med"},
        effectiveDateTime="2025-02-03",
        reasonReference=[{"reference": "Condition/c1"}],
        request={"reference": "MedicationRequest/r1"},
    ),
    resource("Medication", id="med", ingredient=[{"itemCodeableConcept": concept("nivolumab")}]),
    resource(
        "MedicationRequest",
        id="r1",
        status="active",
        intent="order",
        medicationCodeableConcept=concept("ndc|6302602"),
        dosageInstruction=[
            {"timing": {"event": ["2025-01-01"], "repeat": {"boundsPeriod": {"start": "2025"}}}}
        ],
        reasonCode=[concept("Melanoma")],
    ),
    resource(
        "Procedure",
        id="x1",
        status="completed",
        code=concept("hcpcs|J9271", "adjuvant, pembrolizumab not given"),
        usedCode=[concept("Opdivo")],
    ),
    resource(
        "Coverage",
        id="k1",
        status="active",
        type=concept("Medicare"),
        payor=[{"reference": "Organization/o"}],
    ),
    resource("Organization", id="o", name="Medicaid"),
    resource(
        "QuestionnaireResponse",
        id="q1",
        status="completed",
        item=[{"linkId": "1", "answer": [{"valueBoolean": True}], "item": [{"linkId": "2"}]}],
    ),
]
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=8)
    | st.just("2025-01-01"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["coding", "text", "code", "system", "reference", "display"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)


def _places(node, path=()):
    """The path to every value in a JSON tree."""
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield (*path, key)
        yield from _places(value, (*path, key))


PLACES = list(_places(RECORD))


def _with(tree, path, value):
    changed = copy.deepcopy(tree)
    holder = changed
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    return changed


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(place=st.sampled_from(PLACES), value=JSON)
def test_any_value_anywhere_neither_raises_nor_changes_what_was_sent(place, value):
    record = _with(RECORD, place, value)
    before = json.dumps(record)

    normalized(*record)

    assert json.dumps(record) == before


KINDS = sorted({*ELEMENTS, "Device", "Encounter"})
NAMES = sorted(
    {name for shapes in ELEMENTS.values() for name in shapes}
    | {"clinicalStatus", "verificationStatus", "taken", "notGiven", "wasNotTaken", "doNotPerform"}
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(kind=st.sampled_from(KINDS), name=st.sampled_from(NAMES), value=JSON)
@example(kind="MedicationStatement", name="taken", value=["n"])
@example(kind="Encounter", name="subject", value="Patient/p1")
@example(kind="Coverage", name="patient", value={"reference": True})
@example(kind="Device", name="patient", value={"reference": True})
@example(kind="Device", name="effectivePeriod", value="2024")
@example(kind="Condition", name="verificationStatus", value=None)
def test_any_element_on_any_resource_is_survived(kind, name, value):
    # An Encounter whose subject was a text, which no criterion reads, made the whole answer an error.
    known = next((r for r in RECORD if r["resourceType"] == kind), resource(kind))

    once = normalized(*RECORD, {**known, "id": "odd", name: value})

    assert normalize(once, terms()) == once


@settings(max_examples=100, deadline=None)
@given(entries=st.lists(JSON, max_size=3))
def test_anything_as_a_resource_is_survived(entries):
    normalized(*entries)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_the_order_of_resources_changes_nothing_but_the_order(seed):
    shuffled = random.Random(seed).sample(RECORD, len(RECORD))

    result = {json.dumps(r, sort_keys=True) for r in normalized(*shuffled).resources}

    assert result == {json.dumps(r, sort_keys=True) for r in normalized(*RECORD).resources}


def test_duplicates_count_once():
    assert normalized(*RECORD, *copy.deepcopy(RECORD)).resources == normalized(*RECORD).resources


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(place=st.sampled_from(PLACES), value=JSON)
@example(place=(1, "code"), value={"coding": None})
@example(place=(1, "code"), value=None)  # a Condition with notes only: its code is then all our own
def test_normalising_again_changes_nothing_whatever_was_sent(place, value):
    once = normalized(*_with(RECORD, place, value))

    assert normalize(once, terms()) == once


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(case=st.sampled_from(CASES), seed=st.integers(0, 2**32), mutated=st.sampled_from([plausible, wild]))
def test_normalising_again_changes_nothing_in_any_case(case, seed, mutated):
    once = normalized(*mutated(list(case.resources), random.Random(seed)), patient="patient")

    assert normalize(once, terms()) == once


def test_what_needs_nothing_stays_the_very_same_object():
    plain = [
        PATIENT,
        observation("loinc|718-7|Hemoglobin", subject=OURS, valueQuantity={"value": 13.1, "unit": "g/dL"}),
        condition("snomed|38341003|Hypertensive disorder", subject=OURS),
    ]

    assert all(a is b for a, b in zip(normalized(*plain).resources, plain, strict=True))
