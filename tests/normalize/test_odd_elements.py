"""Whatever an element holds, and whatever stands inside it, the record is read."""

import pytest
from normalize.build import facts, terms
from odd import ODD

from smartapp.normalize import normalize
from smartapp.normalize.readable import ELEMENTS

INNER = (
    *(
        "coding",
        "text",
        "value",
        "comparator",
        "reference",
        "display",
        "identifier",
        "extension",
        "url",
        "start",
    ),
    *(
        "valueReference",
        "valueCodeableConcept",
        "valueQuantity",
        "dose",
        "doseQuantity",
        "doseAndRate",
        "timing",
    ),
    *(
        "itemReference",
        "itemCodeableConcept",
        "summary",
        "code",
        "contained",
        "type",
        "other",
        "resourceType",
    ),
)
FURTHER = {
    "Condition": ("stage", "evidence", "extension", "contained"),
    "Observation": ("focus", "hasMember", "derivedFrom", "partOf", "contained", "extension"),
    "DiagnosticReport": ("result", "specimen", "contained"),
    "BodyStructure": ("extension", "identifier"),
}
"""Elements that are looked at besides those that have a shape of their own."""


def inside():
    """Each odd value in each member, in an object, a list of one, and one object deeper."""
    for name in INNER:
        for odd in ODD:
            yield {name: odd}
            yield [{name: odd}]
            yield [{name: [{name: odd}, odd]}]


def written(kind, element, value):
    about = {"reference": "Patient/p1"}
    sound = {"status": "completed", "subject": about, "patient": about, "code": {"text": "BRAF V600E"}}
    return {
        "resourceType": kind,
        "id": "odd",
        **sound,
        "medicationCodeableConcept": {"text": "nivolumab"},
        element: value,
    }


PLACES = [
    (kind, element)
    for kind, shapes in ELEMENTS.items()
    for element in dict.fromkeys((*shapes, *FURTHER.get(kind, ())))
]


@pytest.mark.parametrize(("kind", "element"), PLACES)
def test_whatever_stands_in_an_element_the_others_are_read(kind, element):
    sound = {"resourceType": "Condition", "id": "sound", "subject": {"reference": "Patient/p1"}}
    result = {**sound, "resourceType": "Observation", "id": "result", "focus": [{"reference": f"{kind}/odd"}]}

    for value in (*ODD, *inside()):
        read = normalize(facts(written(kind, element, value), sound, result), terms())

        assert "sound" in {resource["id"] for resource in read.resources}, value
